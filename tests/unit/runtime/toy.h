/* A core small enough to see through, and everything that a runtime needs around it. An event PatientArrived
 * counts its referral_id; what its org_id says: "after 500" sets the counter's timer 500 ms from now, "dead"
 * is a dead letter, "many 7" seven decisions, "crash" the end of the process: the step that decided it does not
 * return, toy_run does. A timer that fires counts 100; one of a counter "crash..." crashes. Each decision is a
 * ReferralExpired whose org_id is the count. */
#ifndef TEST_TOY_H
#define TEST_TOY_H

#include "broker.h"
#include "redis.h"

#include "runtime/runtime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { EVENTS, REGISTRY, STATE, DECISIONS, DEAD_LETTERS };

extern const struct hub_core toy_core;

struct toy {
	struct hub_topics topics;
	struct broker broker;
	struct redis redis;
	struct member members[32];
	struct connection connection;
	struct hub_observer observer;
	struct hub_runtime_options options;
	struct hub_runtime *runtime; /* of the newest member */
	struct member *member;
	struct hub_error error;
	int events_sent;
	_Atomic uint32_t notices[64]; /* by code */
	uint32_t decided, dead, committed, aborted, timers;
	double latest_timer; /* seconds late */
	uint32_t policies;   /* views of the registry made */
	char ready_reason[256];
	bool ready;
	int32_t restored[PARTITIONS];
	int restored_count;
};

/* Two partitions, an empty registry. */
void toy_init(struct toy *toy);
void toy_done(struct toy *toy);

/* A new runtime on a new member (the former is gone as by kill -9), and what it owns: partitions "01" or "0".
 */
void toy_start(struct toy *toy, const char *partitions);
void toy_start_on(
        struct toy *toy, const char *partitions, const struct hub_clock_port *clock); /* NULL: the broker's */
void toy_load_registry(struct toy *toy);
void toy_start_ready(struct toy *toy, const char *partitions); /* both, and steps until ready */

enum { TOY_CRASHED = -1000 };

/* One step of any runtime whose core is the toy's; a crash is marked in file (may be NULL). Steps may lie within steps. */
int toy_step(struct hub_runtime *runtime, struct hub_crash_file *file, struct hub_error *error);

/* Steps; the result of the last. TOY_CRASHED: only toy_start helps. */
int toy_run(struct toy *toy, int steps);

const char *toy_county(int32_t partition);
int64_t toy_event(struct toy *toy, int32_t partition, const char *counter, const char *what);
int64_t toy_event_with(struct toy *toy, int32_t partition, const char *counter, const char *what,
        const struct hub_header *headers, uint32_t count);

/* Decisions so far, as "counter=count counter=count ..." in order, of one partition. */
const char *toy_decisions(struct toy *toy, int32_t partition);
/* What Redis shows of a counter: "3", "" when absent. */
const char *toy_redis(struct toy *toy, int32_t partition, const char *counter);
const char *toy_fence(struct toy *toy, int32_t partition);
/* Redis of a partition is what the visible changelog folds to, fence at its last position. */
void toy_expect_redis_is_fold(struct toy *toy, int32_t partition);

#endif
