/* One simulated world: its clock, brokers, Redis, instances of the daemon, publishers and checks; and who runs next. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "check.h"
#include "instance.h"
#include "kafka.h"
#include "plan.h"
#include "publishers.h"
#include "redis.h"

#include "base/arena.h"
#include "runtime/runtime.h"

#include <stdio.h>

struct world {
	uint64_t seed;
	struct plan *plan;
	int32_t partitions;
	int64_t now_us;          /* the one clock; what everybody else shows is made from it */
	struct dice dice;        /* who runs next */
	struct hub_arena *arena; /* everything that is kept */
	struct hub_topics topics;
	struct hub_core core;
	struct hub_map *poison_taken; /* by whom it crashes once */
	struct kafka kafka;
	struct redis redis;
	struct instance instances[INSTANCES_MAX];
	struct publishers publishers;
	struct check check;
	uint64_t steps; /* port calls */
	bool peace;     /* no more faults */
	FILE *story;    /* NULL: nobody listens */
};

/* What a run did. */
struct tally {
	uint64_t steps; /* port calls */
	uint64_t commits, decisions, dead_letters, timers, looks;
};

/* Runs the plan to its end and adds to tally. Returns when nothing was violated; else check_failed() does not. */
void world_run(struct plan *plan, FILE *story, struct tally *tally);

/* Ends the run: what was promised is not kept. */
_Noreturn void world_violated(const struct world *world, const char *text);

int64_t world_broker_ms(const struct world *world);
void world_stir(struct world *world); /* who waits for something may look again */
void world_tell(const struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* ... with a framed record of set, as far as it is one. */
void world_tell_record(
        const struct world *world, const char *what, const struct hub_schema_set *set, struct hub_str value);
const char *world_fault_words(enum fault fault);

#endif
