/* What happens to the world in one run: a list made from the seed before it begins. A thing that happens is data of its
 * own, so a run can be tried again without some of it: that is how a failure is shrunk. */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum act {
	ACT_EVENT,            /* a publisher says something (publishers.h): a: what, b: chance */
	ACT_AGAIN,            /* ... something again; b: which */
	ACT_HOSTILE,          /* ... nonsense; a: which, b: chance */
	ACT_OPEN_TRANSACTION, /* a publisher's own transaction on a: partition, for b ms; it is aborted if c */
	ACT_REGISTRY,         /* a load of reference data */
	ACT_KILL,             /* a: instance, at its b-th port call from now */
	ACT_STOP,             /* a: instance, in order */
	ACT_PAUSE,            /* a: instance, at its b-th port call from now, for c ms */
	ACT_REBALANCE,
	ACT_KAFKA_FAULT,  /* a: instance, b: call, c: fault, d: how often */
	ACT_KAFKA_AWAY,   /* for b ms */
	ACT_SLOW_MARKERS, /* for b ms */
	ACT_STALL,        /* a: instance reads no input for b ms */
	ACT_COMPACT,      /* a: partition of the changelog */
	ACT_REDIS_AWAY,   /* for b ms */
	ACT_REDIS_FAULT,  /* a: instance, c: fault of its b-th write from now */
	ACT_REDIS_EMPTY,
	ACT_REDIS_KEEP,  /* a replica stops following */
	ACT_REDIS_STALE, /* ... and is promoted */
	ACT_REDIS_CUT,   /* restarts without its last b writes */
	ACT_CLOCK,       /* a: instance's wall clock is b ms off */
	ACT_LATER,       /* b seconds pass */
	ACT_LOOK,        /* everything is checked that can be, at any time */
	ACT_COUNTY_DEAF, /* what counties say to those of a: partition is not heard there for b seconds */
	ACTS
};

struct action {
	enum act act;
	int64_t at_us;
	uint32_t a, b, c, d;
	bool off; /* left out */
};

enum { ACTIONS_MAX = 1200 };

struct plan {
	uint64_t seed;
	struct action actions[ACTIONS_MAX];
	uint32_t count;
	uint32_t instances, partitions;
	bool follow_inline;
	uint32_t record_bytes, batch_events, batch_timers, snapshot_records;
	int64_t end_us;
};

void plan_make(struct plan *plan, uint64_t seed);

/* What is left of it: `events` events, and one thing (ACT_KILL, ACT_PAUSE) at the call-th port call of instance 0. */
void plan_make_quiet(struct plan *plan, uint64_t seed, uint32_t events, enum act act, uint32_t call);

/* "at 12.345 s: instance 1 is killed at its 7th call from then" */
void plan_print(const struct action *action, int64_t at_us, FILE *out);

/* Its a is an instance. */
bool plan_is_about_instance(enum act act);

/* What kind of thing it is, for counting. */
const char *plan_act_name(enum act act);

#endif
