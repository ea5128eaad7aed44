/* The runtime that all daemons share: consume, decide, commit, follow. It is given a pure core and four
 * ports and knows nothing else of the outside: no thread of its own, no clock, no log, no globals. So a
 * simulator can run any number of runtimes in one process and stop each between two port calls.
 *
 * Threads: one worker calls step() for ever. Either it also drives the follower (options.follow_inline), or a
 * second thread calls follow() for ever. status() may be called from any thread.
 *
 *     while (!stopping)
 *         if ((r = hub_runtime_step(runtime, &error)) < 0)
 *             exit with 75 and error's line: FATAL, or UNKNOWN (the outcome of a commit is not known)
 *     hub_runtime_finish(runtime, 3 * 1000 * 1000);      worker: the hot state catches up
 *     stop and join the follower (hub_runtime_wake), close Kafka (leaves the group), hub_runtime_free
 *
 * Nothing is open between two steps: no transaction, no undecided input that would be lost. */
#ifndef HUB_RUNTIME_RUNTIME_H
#define HUB_RUNTIME_RUNTIME_H

#include "base/error.h"
#include "port/clock_port.h"
#include "port/crash_port.h"
#include "port/kafka_port.h"
#include "port/store_port.h"
#include "runtime/core.h"
#include "runtime/observer.h"

enum { HUB_OUTPUTS_MAX = 4 };

/* The topics of a core, as the port's topic numbers: the inputs from 0 on, then the others. */
struct hub_topics {
	char **names; /* owned; count full names, prefix included */
	uint32_t count;
	uint32_t input_count; /* topics 0 .. input_count - 1 */
	int32_t registry;
	int32_t state;                    /* the changelog: <core>.state */
	int32_t outputs[HUB_OUTPUTS_MAX]; /* of each of the core's outputs; some may be inputs */
	uint32_t output_count;
	int32_t dead_letters; /* <core>.dead-letters */
};

/* In place; prefix may be "". The Kafka port is made with these names. */
void hub_topics_init(struct hub_topics *topics, const struct hub_core *core, const char *prefix);
void hub_topics_done(struct hub_topics *topics);

enum hub_clock_kind {
	HUB_CLOCK_WALL,   /* now = max(previous, wall clock); timers wait for what was sent in time */
	HUB_CLOCK_STREAM, /* now = max(previous, occurred_at): trusted recordings only */
};

/* Zero means the default in brackets. Everything is borrowed for the runtime's life, but the struct itself.
 */
struct hub_runtime_options {
	const struct hub_core *core;
	const void *core_options; /* for core->policy_new; may be NULL */
	const struct hub_topics *topics;
	const struct hub_kafka_port *kafka;
	const struct hub_clock_port *clock;
	const struct hub_store_port *store;  /* used by the follower only; NULL: no hot state */
	struct hub_crash_file *crash_file;   /* as the former process left it; NULL: none (no CRASHED, I-6) */
	const struct hub_observer *observer; /* NULL: nobody listens */
	const char *version;                 /* of the program, for dead letters */
	enum hub_clock_kind clock_kind;
	bool follow_inline;        /* step() drives the follower too */
	int32_t write_version;     /* state.write_version, at most core->state_version; 0: as it is (I-9) */
	uint32_t batch_events;     /* most inputs in a transaction [20000] */
	uint32_t batch_bytes;      /* most bytes of inputs in it [32 MiB] */
	int64_t batch_us;          /* longest gathering [100 ms] */
	uint32_t batch_timers;     /* most timers of a partition in it [1000] */
	int64_t idle_us;           /* longest wait for a first input, so that step() returns [100 ms] */
	int64_t skew_ms;           /* largest difference to the broker's clock [5 min] */
	uint32_t effects_count;    /* most outputs of one input or timer [1000] */
	uint32_t effects_bytes;    /* most bytes of outputs and changes of one [8 MiB] */
	uint32_t record_bytes;     /* largest of them [900000] */
	uint32_t snapshot_records; /* most records of a snapshot's piece [10000] */
	uint32_t trace_percent;    /* so many of the traces that begin here are sampled [0] */
};

struct hub_runtime;

/* Calls no port yet. Never NULL. */
struct hub_runtime *hub_runtime_new(const struct hub_runtime_options *options);

/* After both threads have stopped. Accepts NULL. */
void hub_runtime_free(struct hub_runtime *runtime);

/* One turn: gather a batch (or serve a rebalance, restore a piece, wait out a fault), decide it, commit it,
 * hand it to the follower. HUB_E_FATAL or HUB_E_UNKNOWN: this process cannot go on. Everything else is told
 * to the observer. */
int hub_runtime_step(struct hub_runtime *runtime, struct hub_error *reterr);

/* One turn of the follower: waits at most wait_us for something to follow, else looks after the fences.
 * Faults of the store are told to the observer and healed later. */
void hub_runtime_follow(struct hub_runtime *runtime, int64_t wait_us);

/* Makes a waiting follow() return; any thread. */
void hub_runtime_wake(struct hub_runtime *runtime);

/* Worker, after its last step: waits at most wait_us until the hot state shows everything committed. */
void hub_runtime_finish(struct hub_runtime *runtime, int64_t wait_us);

struct hub_runtime_status {
	bool ready;
	char reason[256];       /* why not, in one line; "" when ready */
	char store_reason[256]; /* why the hot state is not whole; "" when it is. Does not make it unready. */
	uint32_t partitions;    /* owned */
	uint32_t restoring;
	uint32_t stopped;
	uint32_t suspects;        /* ranges that crashed a process, decided one thing at a time */
	int64_t registry_version; /* -1: none */
	int64_t step_us;          /* the clock port's monotonic time of the last step: for a watchdog */
};

/* A copy of the state as of the last step. Any thread. */
void hub_runtime_status(struct hub_runtime *runtime, struct hub_runtime_status *ret);

#endif
