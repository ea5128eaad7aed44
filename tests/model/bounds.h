/* How large the world is that is searched. tests/model/run sets what differs from these. */
#ifndef P
#define P 1 /* partitions */
#endif
#ifndef N0
#define N0 2 /* inputs of partition 0 */
#endif
#ifndef N1
#define N1 1 /* ... of partition 1 */
#endif
#ifndef RB
#define RB 1 /* rebalances */
#endif
#ifndef CR
#define CR 0 /* kills, each with the rebalance that follows */
#endif
#ifndef UN
#define UN 0 /* commits whose outcome stays unknown to the daemon */
#endif
#ifndef AB
#define AB 0 /* transactions that fail and can be aborted */
#endif
#ifndef TM
#define TM 0 /* time-outs of a healthy owner's transaction; a zombie's time out freely */
#endif
#ifndef OP
#define OP 0 /* 1: an operator moves a committed offset, another repairs it */
#endif
#ifndef RF
#define RF 0 /* losses of Redis: emptied, or an older copy put back */
#endif
#ifndef RU
#define RU 0 /* EXEC whose reply is lost */
#endif
#ifndef DR
#define DR 0 /* deliveries that the worker drops, since the follower hangs */
#endif
#ifndef FO
#define FO 0 /* 1: Redis holds the state of another changelog at first */
#endif
#ifndef LEN
#define LEN 10 /* room for transactions in a changelog; an assertion watches it */
#endif
#ifndef PROP
#define PROP 0 /* check one property only; 0: all */
#endif

#define ONCE 1  /* each input is decided once and in order */
#define STATE 2 /* ... on the last committed state */
#define SLOT 3  /* a slot is never given twice */
#define TIMER 4 /* a timer fires once, and never against an answer that came in time */
#define FOLD 5  /* Redis, when LIVE, is the fold of the committed changelog up to its fence */
#define STALE 6 /* nobody overwrites the fence of a later owner */
#define END 7   /* when nothing moves any more, all is decided, Redis is whole, no partition is stopped */

#define CHECK(which, what) assert(!(PROP == 0 || PROP == which) || (what))
