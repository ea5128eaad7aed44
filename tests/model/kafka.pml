/* The outside world: transaction coordinators with their markers, the group, the changelogs, operators and faults. */

#define IDLE 0
#define ONGOING 1
#define COMMITTING 2
#define ABORTING 3

#define OPEN 1
#define COMMITTED 2
#define ABORTED 3

#define INPUT 1
#define FIRED 2
#define OPENING 3

#define ARMED 1 /* a timer; 0: none */
#define OVER 2  /* it has fired */
#define MET 3   /* answered before */

#define NOBODY 2
#define X(i, p) ((i) * P + (p))
#define OTHER(i) (1 - (i))

/* One entry of a changelog stands for what a transaction wrote into this partition; entry 0 for its beginning. */
typedef Changelog {
	byte st[LEN];
	byte base[LEN]; /* the entry on whose state it was decided */
	byte what[LEN]; /* INPUT, FIRED, OPENING */
	byte next[LEN]; /* the position: next input */
	byte seq[LEN];  /* ... and batch_seq */
	bit took[LEN];  /* it gave away the slot */
	bit sold[LEN];  /* the state: the slot is given */
#ifdef TIMERS
	byte tmr[LEN];  /* the state: the timer */
#endif
#ifdef REDIS
	byte k0[LEN];   /* the state: two keys, each with the entry that wrote it; 0: not there */
	byte k1[LEN];
#endif
	byte n;         /* the newest entry */
	byte last;      /* the newest that is decided to be committed */
	byte coff;      /* committed offset + 1; 0: none */
	byte cseq       /* ... and its metadata */
}
Changelog log[P];

#define REQUEST 1
#define ANSWER 2 /* to the request, so that its timer does not fire */
#define SET0 3
#define SET1 4
#define DEL0 5
byte input[P * 3]; /* partition p's: 3 * p + offset */
bit intime[3];     /* came before the timer was due (partition 0) */
byte nin[P];
bit due;           /* the timer's time has come */
#define INPUTS(p) ((p) == 0 -> N0 : N1)

/* One producer an instance; its open transaction. */
byte ts[2];
bit okep[2];       /* its epoch is the newest */
bit endtxn[2];     /* a request to commit is under way that the daemon has given up */
byte cur[2 * P];   /* its entry without a marker; 0 */
byte pnext[2 * P]; /* its offsets without a marker, + 1; 0 */
byte pseq[2 * P];

byte gen = 1;
byte owner[P];
bit need;          /* a member went: the group must rebalance */
byte rb, un, ab, tm, op;
bit crash[2];
byte cr;

/* Of the instances, what the world sees. */
byte seen[2];      /* the generation of the last rebalance callback; its metadata is that of this generation */

hidden byte q;     /* inside one atomic step */
hidden byte j;

#define LSO(p) ((cur[X(0, p)] != 0 && (cur[X(1, p)] == 0 || cur[X(0, p)] < cur[X(1, p)])) -> cur[X(0, p)] - 1 : (cur[X(1, p)] != 0 -> cur[X(1, p)] - 1 : log[p].n))
#define PENDING(p) (pnext[X(0, p)] != 0 || pnext[X(1, p)] != 0)
#if P == 1
#define ANY(array, i) (array[X(i, 0)] != 0)
#else
#define ANY(array, i) (array[X(i, 0)] != 0 || array[X(i, 1)] != 0)
#endif

/* Properties ONCE, STATE, SLOT, TIMER: of a transaction at the moment when it is decided to be committed. */
inline judge(i, p)
{
	j = cur[X(i, p)];
	CHECK(STATE, log[p].base[j] == log[p].last);
	CHECK(ONCE, log[p].next[j] == log[p].next[log[p].last] + (log[p].what[j] == INPUT -> 1 : 0));
	CHECK(SLOT, !(log[p].took[j] && log[p].sold[log[p].last]));
#ifdef TIMERS
	if
	:: log[p].what[j] == FIRED ->
		CHECK(TIMER, log[p].tmr[log[p].last] == ARMED);
		q = log[p].next[j];
		do
		:: q < nin[0] -> CHECK(TIMER, !(intime[q] && input[q] == ANSWER)); q++
		:: else -> break
		od
	:: else
	fi;
#endif
	log[p].last = j;
	log[p].base[j] = 0; log[p].what[j] = 0; log[p].took[j] = 0 /* nobody asks any more: fewer states */
}

inline ended(i)
{
	if :: !ANY(cur, i) && !ANY(pnext, i) -> ts[i] = IDLE :: else fi
}

inline marker(i, p)
{
	j = cur[X(i, p)];
	if
	:: ts[i] == COMMITTING -> log[p].st[j] = COMMITTED
	:: else ->
		log[p].st[j] = ABORTED; log[p].base[j] = 0; log[p].what[j] = 0; log[p].next[j] = 0; log[p].seq[j] = 0;
		log[p].took[j] = 0; log[p].sold[j] = 0;
#ifdef TIMERS
		log[p].tmr[j] = 0;
#endif
#ifdef REDIS
		log[p].k0[j] = 0; log[p].k1[j] = 0;
#endif
	fi;
	cur[X(i, p)] = 0;
	ended(i)
}

inline offsets_marker(i)
{
	q = 0;
	do
	:: q < P && pnext[X(i, q)] != 0 ->
		if :: ts[i] == COMMITTING -> log[q].coff = pnext[X(i, q)]; log[q].cseq = pseq[X(i, q)] :: else fi;
		pnext[X(i, q)] = 0; pseq[X(i, q)] = 0; q++
	:: q < P && pnext[X(i, q)] == 0 -> q++
	:: q == P -> break
	od;
	ended(i)
}

#ifdef COARSE
#define SETTLE(i) settle_now(i) /* markers at once: Redis does not see them */
#else
#define SETTLE(i) ended(i)
#endif

inline settle_now(i)
{
	if :: cur[X(i, 0)] != 0 -> marker(i, 0) :: else fi;
#if P > 1
	if :: cur[X(i, 1)] != 0 -> marker(i, 1) :: else fi;
#endif
	offsets_marker(i)
}

inline decide_commit(i)
{
	ts[i] = COMMITTING;
	if :: cur[X(i, 0)] != 0 -> judge(i, 0) :: else fi;
#if P > 1
	if :: cur[X(i, 1)] != 0 -> judge(i, 1) :: else fi;
#endif
	SETTLE(i)
}

inline decide_abort(i)
{
	ts[i] = ABORTING;
	SETTLE(i)
}

#define ENDING(i) (ts[i] == COMMITTING || ts[i] == ABORTING)

/* Markers reach the changelogs and __consumer_offsets one by one, at any time later. */
proctype Coordinator(bit i)
{
end:	do
	:: d_step { ENDING(i) && cur[X(i, 0)] != 0 -> marker(i, 0) }
#if P > 1
	:: d_step { ENDING(i) && cur[X(i, 1)] != 0 -> marker(i, 1) }
#endif
	:: d_step { ENDING(i) && ANY(pnext, i) -> offsets_marker(i) }
	:: d_step { ts[i] == ONGOING && seen[i] != gen -> okep[i] = 0; endtxn[i] = 0; decide_abort(i) }
	:: d_step { ts[i] == ONGOING && seen[i] == gen && tm < TM -> tm++; okep[i] = 0; endtxn[i] = 0; decide_abort(i) }
	:: d_step { endtxn[i] -> endtxn[i] = 0; if :: ts[i] == ONGOING -> decide_commit(i) :: else fi }
	od
}

/* Any new assignment, after a rebalance or because a member went. A member hears of it when it polls. */
proctype Group()
{
end:	do
	:: atomic { need || rb < RB ->
		if :: need -> need = 0 :: else -> rb++ fi;
		gen++;
		if :: owner[0] = 0 :: owner[0] = 1 fi;
#if P > 1
		if :: owner[1] = 0 :: owner[1] = 1 fi;
#endif
		}
	:: d_step { cr < CR && !crash[0] -> cr++; crash[0] = 1 }
	:: d_step { cr < CR && !crash[1] -> cr++; crash[1] = 1 }
	od
}

/* Requests and answers to partition 0, and the clock. Other inputs are there from the start (protocol.pml). */
proctype Publisher()
{
end:	do
	:: atomic { nin[0] < N0 ->
		if
		:: input[nin[0]] = REQUEST
#ifdef TIMERS
		:: nin[0] > 0 -> input[nin[0]] = ANSWER; intime[nin[0]] = !due
#endif
		fi;
		nin[0]++ }
#ifdef TIMERS
	:: d_step { !due -> due = 1 }
#endif
	od
}

#define ALL_OUT (owner[0] == NOBODY && owner[P - 1] == NOBODY)

/* Somebody sets an offset of partition 0 back. Then the daemons are stopped, and `hubctl repair --yes` does what
 * services/hubctl/repair.c says: stable offsets, the changelog up to its high watermark, offsets from the position;
 * then they are started again. */
proctype Operators()
{
	byte mark;
	bit done;
	d_step { log[0].coff > 1 && !PENDING(0) -> log[0].coff--; log[0].cseq = 0 };
	do
	:: d_step { !ALL_OUT -> gen++; owner[0] = NOBODY; owner[P - 1] = NOBODY }
	:: !PENDING(0) ->
		mark = log[0].n;
		LSO(0) >= mark;
		d_step { if
		:: ALL_OUT -> /* else the broker refuses, and it is tried again */
			j = LSO(0);
			do :: log[0].st[j] == ABORTED -> j-- :: else -> break od;
			log[0].coff = log[0].next[j] + 1; log[0].cseq = log[0].seq[j]; need = 1; done = 1
		:: else
		fi;
		mark = 0 };
		if :: done -> break :: else fi
	od
}
