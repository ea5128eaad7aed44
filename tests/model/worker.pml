/* The worker of one instance. Each inline bears the name of the function that carries it out, under the file in which
 * that stands (tests/model/names checks it). An instance that exits or is killed is started again by its supervisor. */

inline m_clean(i, p)
{
	phase[X(i, p)] = NONE; base[X(i, p)] = 0; mark[X(i, p)] = 0; coff[X(i, p)] = 0; cseq[X(i, p)] = 0;
	take[X(i, p)] = 0; made[X(i, p)] = 0;
#ifdef M_NOPOS
	pos[X(i, p)] = 0;
#endif
#ifdef REDIS
	m_disown(i, p);
#endif
}

/* == assignment.c */

inline hub_runtime_drop_partitions(i)
{
	m_clean(i, 0);
#if P > 1
	m_clean(i, 1);
#endif
#ifdef TIMERS
	hw[i] = 0;
#endif
#ifdef REDIS
	snumber[i] = 0; skeys[i] = 0; sfirst[i] = 0; spart[i] = 0;
#endif
}

/* A new producer: the open transaction of its predecessor is aborted, and its epoch is fenced. */
inline hub_runtime_start(i)
{
	d_step { endtxn[i] = 0; okep[i] = 0; if :: ts[i] == ONGOING -> decide_abort(i) :: else fi };
	d_step { ts[i] == IDLE -> okep[i] = 1 }
}

/* With the metadata of the group as of this callback. (Revoked and lost end the same here: nothing is open.) */
inline hub_runtime_on_assign(i)
{
	hub_runtime_drop_partitions(i);
	seen[i] = gen;
	if :: owner[0] == i -> phase[X(i, 0)] = RESTORING :: else fi;
#if P > 1
	if :: owner[1] == i -> phase[X(i, 1)] = RESTORING :: else fi;
#endif
}

inline m_found(i, p)
{
	if :: phase[X(i, p)] != NONE -> coff[X(i, p)] = log[p].coff; cseq[X(i, p)] = log[p].cseq :: else fi
}

#ifdef M_UNSTABLE
#define STABLE(i) 1 /* mutant: without waiting for open transactions */
#elif P == 1
#define STABLE(i) (!PENDING(0))
#else
#define STABLE(i) ((phase[X(i, 0)] == NONE || !PENDING(0)) && (phase[X(i, 1)] == NONE || !PENDING(1)))
#endif
inline ask_committed(i)
{
	atomic { if
	:: STABLE(i) -> d_step { m_found(i, 0);
#if P > 1
		m_found(i, 1);
#endif
		skip }
	:: MOVED(i) -> goto idle
	fi }
}

#ifdef M_LSO
#define HIGH(p) LSO(p) /* mutant: the end as a handle is told that reads committed records */
#else
#define HIGH(p) log[p].n
#endif
inline ask_ends(i, p)
{
	if :: phase[X(i, p)] != NONE -> mark[X(i, p)] = HIGH(p) :: else fi
}

inline hub_runtime_ask_positions(i)
{
#ifndef M_OFFLATE
	ask_committed(i);
#endif
	d_step { ask_ends(i, 0) };
#if P > 1
	d_step { ask_ends(i, 1) };
#endif
}

/* == restore.c */

/* An EOF at or past the high watermark: everything before it is decided; what is aborted was never read. */
inline hub_runtime_on_state_eof(i, p)
{
	atomic { if
	:: phase[X(i, p)] == NONE || LSO(p) >= mark[X(i, p)] -> d_step {
		if
		:: phase[X(i, p)] != NONE ->
			j = LSO(p);
			do :: log[p].st[j] == ABORTED -> j-- :: else -> break od;
			base[X(i, p)] = j
		:: else
		fi;
		mark[X(i, p)] = 0 }
	:: MOVED(i) -> goto idle
	fi }
}

/* With position.c, hub_position_check. */
#define AGREE(i, p) (base[X(i, p)] == 0 -> coff[X(i, p)] == 0 : coff[X(i, p)] == 0 || (coff[X(i, p)] - 1 == log[p].next[base[X(i, p)]] && cseq[X(i, p)] == log[p].seq[base[X(i, p)]]))
inline check(i, p)
{
	if
	:: phase[X(i, p)] == RESTORING && AGREE(i, p) -> phase[X(i, p)] = RESTORED
	:: phase[X(i, p)] == RESTORING && !AGREE(i, p) ->
#ifdef M_NOPOS
		phase[X(i, p)] = RESTORED
#else
		phase[X(i, p)] = STOPPED
#endif
	:: else
	fi;
#ifdef M_NOPOS
	pos[X(i, p)] = (coff[X(i, p)] == 0 -> log[p].next[base[X(i, p)]] : coff[X(i, p)] - 1);
#endif
	coff[X(i, p)] = 0; cseq[X(i, p)] = 0
}

inline hub_runtime_restored(i)
{
	d_step { check(i, 0);
#if P > 1
		check(i, 1);
#endif
		skip }
}

/* == decide.c */

inline hub_partition_touch(i, p)
{
	if :: phase[X(i, p)] == RESTORED -> take[X(i, p)] = OPENING :: else fi
}

/* The first transaction of an assignment touches every restored partition and changes nothing. */
inline hub_runtime_open(i)
{
	d_step { hub_partition_touch(i, 0);
#if P > 1
		hub_partition_touch(i, 1);
#endif
		skip }
}

#define READY(i, p) (phase[X(i, p)] == RESTORED && NEXT(i, p) < nin[p])
/* Any inputs that are there, of one partition or of both; or the timer. */
inline hub_runtime_decide(i)
{
	if
	:: READY(i, 0) -> take[X(i, 0)] = INPUT
#if P > 1
	:: READY(i, 1) -> take[X(i, 1)] = INPUT
	:: READY(i, 0) && READY(i, 1) -> take[X(i, 0)] = INPUT; take[X(i, 1)] = INPUT
#endif
#ifdef TIMERS
	:: FIRES(i) -> take[X(i, 0)] = FIRED
#if P > 1
	:: FIRES(i) && READY(i, 1) -> take[X(i, 0)] = FIRED; take[X(i, 1)] = INPUT
#endif
#endif
	fi
}

/* == timers.c */

#ifdef TIMERS
inline hub_runtime_ask_marks(i)
{
	DUE(i) && ASKS && hw[i] == 0 -> hw[i] = nin[0] + 1
}
#endif

/* == commit.c */

/* What the core decided, by the state of base, and the position. */
inline produce_partition(i, p)
{
	atomic { if
	:: take[X(i, p)] == 0
	:: take[X(i, p)] != 0 && !okep[i] -> goto fatal
	:: take[X(i, p)] != 0 && okep[i] -> d_step {
		ts[i] = ONGOING;
		log[p].n++; j = log[p].n;
		assert(j < LEN);
		cur[X(i, p)] = j; made[X(i, p)] = j;
		q = base[X(i, p)];
		log[p].st[j] = OPEN; log[p].base[j] = q; log[p].what[j] = take[X(i, p)];
		log[p].next[j] = NEXT(i, p) + (take[X(i, p)] == INPUT -> 1 : 0);
		log[p].seq[j] = log[p].seq[q] + 1;
		log[p].sold[j] = log[p].sold[q];
#ifdef TIMERS
		log[p].tmr[j] = log[p].tmr[q];
#endif
#ifdef REDIS
		log[p].k0[j] = log[p].k0[q]; log[p].k1[j] = log[p].k1[q];
#endif
		if
		:: take[X(i, p)] == INPUT -> m_apply(p, input[3 * p + NEXT(i, p)])
#ifdef TIMERS
		:: take[X(i, p)] == FIRED -> log[p].tmr[j] = OVER; log[p].sold[j] = 0
#endif
		:: else
		fi }
	fi }
}

/* Not ours: the rules, as small as can be. */
inline m_apply(p, event)
{
	if
	:: event == REQUEST && !log[p].sold[q] ->
		log[p].took[j] = 1; log[p].sold[j] = 1;
#ifdef TIMERS
		if :: p == 0 && log[p].tmr[q] == 0 -> log[p].tmr[j] = ARMED :: else fi
#endif
#ifdef TIMERS
	:: event == ANSWER && log[p].tmr[q] == ARMED -> log[p].tmr[j] = MET
#endif
#ifdef REDIS
	:: event == SET0 -> log[p].k0[j] = j
	:: event == SET1 -> log[p].k1[j] = j
	:: event == DEL0 -> log[p].k0[j] = 0
#endif
	:: else
	fi
}

#if defined(M_METAFRESH)
#define TAKEN_BY_GROUP(i) 1 /* mutant: metadata fetched at the commit, after rejoining */
#elif defined(M_METAEMPTY)
#define TAKEN_BY_GROUP(i) (lostmeta[i] || seen[i] == gen) /* mutant: an empty member id, which nobody checks */
#else
#define TAKEN_BY_GROUP(i) (seen[i] == gen)
#endif
#ifdef M_EMPTYOFF
#define SENDS(i, p) (take[X(i, p)] == INPUT) /* mutant: a timer or an opening moves no offset, so none is sent */
#elif defined(M_FIRSTOFF)
#define SENDS(i, p) (take[X(i, p)] != 0 && (p == 0 || take[X(i, 0)] == 0)) /* mutant: of the first one touched only */
#else
#define SENDS(i, p) (take[X(i, p)] != 0)
#endif
#if P == 1
#define SENDS_ANY(i) SENDS(i, 0)
#else
#define SENDS_ANY(i) (SENDS(i, 0) || SENDS(i, 1))
#endif
inline m_add_offset(i, p)
{
	if
	:: SENDS(i, p) ->
		pnext[X(i, p)] = 1 + NEXT(i, p) + (take[X(i, p)] == INPUT -> 1 : 0);
		pseq[X(i, p)] = log[p].seq[base[X(i, p)]] + 1
	:: else
	fi
}

/* The generation is checked now, by the group's coordinator, and not again at the end. */
inline send_offsets(i)
{
	atomic { if
	:: !okep[i] -> goto fatal
	:: okep[i] && !SENDS_ANY(i)
	:: okep[i] && SENDS_ANY(i) && !TAKEN_BY_GROUP(i) -> goto refused
	:: okep[i] && SENDS_ANY(i) && TAKEN_BY_GROUP(i) -> d_step { ts[i] = ONGOING; m_add_offset(i, 0);
#if P > 1
		m_add_offset(i, 1);
#endif
		skip }
	fi }
}

/* librdkafka sends both when it likes. Not before the markers of the last transaction are written. */
inline write_all(i)
{
	atomic { if :: !okep[i] -> goto fatal :: okep[i] && ts[i] == IDLE fi };
	if
	:: produce_partition(i, 0);
#if P > 1
		produce_partition(i, 1);
#endif
		send_offsets(i)
#ifndef COARSE
	:: send_offsets(i);
		produce_partition(i, 0);
#if P > 1
		produce_partition(i, 1)
#endif
#endif
	fi
}

inline m_forget(i, p)
{
#ifdef M_KEEPTABLE
	if :: made[X(i, p)] != 0 -> base[X(i, p)] = made[X(i, p)] :: else fi; /* mutant: the table keeps what was aborted */
#endif
	take[X(i, p)] = 0; made[X(i, p)] = 0
}

inline take_back(i)
{
	m_forget(i, 0);
#if P > 1
	m_forget(i, 1);
#endif
}

inline abort_transaction(i)
{
	atomic { if
	:: !okep[i] -> goto fatal
	:: okep[i] -> d_step { if :: ts[i] == ONGOING -> decide_abort(i) :: else fi; take_back(i) }
	fi }
}

inline settle_partition(i, p)
{
	if
	:: take[X(i, p)] != 0 ->
#ifdef M_NOPOS
		pos[X(i, p)] = log[p].next[made[X(i, p)]];
#endif
#ifdef REDIS
		if :: epoch[X(i, p)] == 0 -> hub_runtime_own(i, p) :: else fi;
		dfrom[X(i, p)] = base[X(i, p)]; fresh[X(i, p)] = 1;
#endif
		base[X(i, p)] = made[X(i, p)]; take[X(i, p)] = 0; made[X(i, p)] = 0
	:: else
	fi
}

inline settle(i)
{
	settle_partition(i, 0);
#if P > 1
	settle_partition(i, 1);
#endif
}

/* The last call of run_transaction: how it may end. */
inline run_transaction(i)
{
	if
	:: d_step { okep[i] && ts[i] == ONGOING -> decide_commit(i); settle(i) }
	:: d_step { okep[i] && ts[i] != ONGOING -> settle(i) } /* a belated request of ours has ended it */
	:: d_step { okep[i] && ts[i] == ONGOING && un < UN -> un++; decide_commit(i) } -> goto unknown
	:: d_step { okep[i] && ts[i] == ONGOING && un < UN -> un++; endtxn[i] = 1 } -> goto unknown
	:: d_step { okep[i] && ts[i] == ONGOING && ab < AB -> ab++ } -> goto aborted
	:: !okep[i] -> goto fatal
	fi
}

/* == loop.c */

#if P == 1
#define SOMETHING(i) (READY(i, 0) || FIRES(i))
#else
#define SOMETHING(i) (READY(i, 0) || READY(i, 1) || FIRES(i))
#endif

#ifdef COARSE
#define TOGETHER atomic
#else
#define TOGETHER
#endif

proctype hub_runtime_step(bit i)
{
	bit opened; /* this assignment's first transaction has been committed */
life:	{ skip;
	hub_runtime_start(i);

endidle: idle:	/* nothing is ours, or what was ours is lost: only a rebalance gets on */
	if
	:: atomic { MOVED(i) ->
		d_step { hub_runtime_on_assign(i) };
		if :: MINE(i) -> skip :: else -> goto idle fi }
	fi;
#ifdef M_METAEMPTY
	lostmeta[i] = MOVED(i); /* mutant: the callback came too late, and it takes what the client gives */
#endif

assigned:	skip;
	TOGETHER {
	hub_runtime_ask_positions(i);
	hub_runtime_on_state_eof(i, 0);
#if P > 1
	hub_runtime_on_state_eof(i, 1);
#endif
#ifdef M_OFFLATE
	ask_committed(i); /* mutant: only now, with the changelog read */
#endif
	hub_runtime_restored(i)
	};
opening:	skip;
	hub_runtime_open(i);
	if :: ANY(take, i) -> goto commit :: else -> goto deciding fi;

deciding:
end:	if
	:: atomic { MOVED(i) -> opened = 0; goto idle }
	:: atomic { SOMETHING(i) -> hub_runtime_decide(i) }
#ifdef TIMERS
	:: atomic { hub_runtime_ask_marks(i); goto deciding }
#endif
#ifdef REDIS
	:: atomic { WAITS(i) && !given[i] -> d_step { hub_runtime_serve_follower(i) }; goto deciding }
#endif
	fi;

commit:	/* hub_runtime_commit */
	TOGETHER {
	write_all(i);
	run_transaction(i);
	opened = 1
	};
#ifdef REDIS
	atomic { if
	:: !given[i] -> d_step { hub_runtime_serve_follower(i) }
	:: given[i] && dr < DR -> d_step { dr++; drop_filling(i) }
	fi };
#endif
	goto deciding;

aborted:	skip;
	abort_transaction(i);
	if :: opened -> goto deciding :: else -> goto opening fi;

refused: skip; /* decides nothing more until a callback says so */
	abort_transaction(i);
	opened = 0;
	goto idle;

unknown:	skip;
#ifdef M_UNKABORT
	hub_runtime_start(i); /* mutant: taken for an abort; a new producer goes on deciding */
	d_step { take_back(i) };
	goto deciding;
#endif
#ifdef M_SAMEPRODUCER
	abort_transaction(i); /* mutant: aborted and restored, but with the same epoch */
	goto assigned;
#endif
fatal:	/* exit 75 */
	goto gone
	} unless { crash[i] };
gone:	skip;
	d_step { crash[i] = 0; opened = 0;
		if :: seen[i] == gen && (owner[0] == i || owner[P - 1] == i) -> need = 1 :: else fi;
		hub_runtime_drop_partitions(i); seen[i] = 0 };
	goto life
}
