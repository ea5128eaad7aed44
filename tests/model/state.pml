/* What an instance knows: its worker's, and the follower's with Redis. */

#define NONE 0
#define RESTORING 1
#define RESTORED 2
#define STOPPED 3

byte phase[2 * P]; /* of its share of a partition */
byte base[2 * P];  /* the entry whose state its table holds */
byte mark[2 * P];  /* the changelog's high watermark, asked at assignment */
byte coff[2 * P];  /* the committed offset + 1 found then, and its metadata */
byte cseq[2 * P];
byte take[2 * P];  /* what the transaction in the making does in it: 0, INPUT, FIRED, OPENING */
byte made[2 * P];  /* the entry that it wrote */
#ifdef TIMERS
byte hw[2];        /* end of the input of partition 0 + 1, asked when its timer was due; 0: not asked */
#endif
#ifdef M_METAEMPTY
bit lostmeta[2];
#endif
#ifdef M_NOPOS
byte pos[2 * P];   /* mutant: the committed offset, whatever the state says */
#define NEXT(i, p) pos[X(i, p)]
#else
#define NEXT(i, p) log[p].next[base[X(i, p)]]
#endif
#define MINE(i) ANY(phase, i)
#define MOVED(i) (seen[i] != gen)

#ifdef TIMERS
#define DUE(i) (phase[X(i, 0)] == RESTORED && log[0].tmr[base[X(i, 0)]] == ARMED)
#ifdef M_TIMEREARLY
#define FIRES(i) (DUE(i) && due) /* mutant: whatever inputs are still to be read */
#else
#define FIRES(i) (DUE(i) && due && hw[i] != 0 && NEXT(i, 0) >= hw[i] - 1)
#endif
#ifdef M_HWCACHED
#define ASKS 1 /* mutant: a mark that was asked before the timer was due */
#else
#define ASKS due
#endif
#else
#define FIRES(i) 0
#endif

#ifdef REDIS
#define NOFENCE 0
#define LIVE 1
#define REBUILDING 2
#define FOREIGN (LEN + 1) /* an epoch and an offset that this changelog does not have */

byte repoch[P], rkind[P], rnumber[P];
byte rk0[P], rk1[P];
bit dirty[2 * P]; /* the fence was touched since the follower's WATCH */
byte rf, ru, dr;
bit compacted; /* tombstones are gone from the changelog */
/* an older copy */
bit kept;
byte oepoch[P], okind[P], onumber[P], ok0[P], ok1[P];

/* The share (handover.h). */
byte epoch[2 * P]; /* 0: not owned */
byte restored_at[2 * P];
bit missed[2 * P];
byte wants[2 * P], served[2 * P];
byte ask[2 * P], high[2 * P]; /* ask: 1 asked, 2 answered */
bit fresh[2 * P];  /* a commit's changes are to be delivered ... */
byte dfrom[2 * P]; /* ... from here */

/* The snapshot in the making (inside.h). */
byte snumber[2], spart[2], skeys[2];
bit sfirst[2];

/* The delivery in the follower's hands. */
bit given[2];
byte pepoch[2 * P]; /* 0: no part for this partition */
byte pfrom[2 * P], pfence[2 * P], psnap[2 * P], pkey[2 * P];
bit pfirst[2 * P], plast[2 * P];

/* The follower's own (follower.h). */
#define CLAIMING 0
#define WIPING 1
#define WRITING 2
#define WHOLE 3
#define BEHIND 4 /* STALE */
byte fepoch[2 * P], frestored[2 * P];
byte standing[2 * P];
bit rebuild[2 * P], began[2 * P];
byte wkind[2 * P], wnumber[2 * P], writes[2 * P], fsnap[2 * P];
byte foreign[2 * P], asked_for[2 * P], told[2 * P];
#endif
