/* One instance of the daemon: the product's runtime with the router's rules, its worker and its follower as coroutines,
 * its clients of the simulated Kafka and Redis, its clock. Every call of a port is a place where another instance may go
 * on, where it may be paused, or where it dies: then every call has no effect and answers FATAL until both coroutines
 * have returned. */
#ifndef SIM_INSTANCE_H
#define SIM_INSTANCE_H

#include "fiber.h"
#include "kafka.h"
#include "redis.h"

#include "port/clock_port.h"
#include "runtime/runtime.h"

struct strand {
	struct instance *instance;
	struct fiber *fiber; /* NULL: none */
	int64_t wake_us;
	bool waits; /* for the other one: pthread_cond_clockwait */
};

struct instance {
	struct world *world;
	int id;
	struct hub_runtime *runtime; /* NULL: not running */
	struct hub_runtime_options options;
	struct client client;
	struct connection connection;
	struct hub_clock_port clock;
	struct hub_observer observer;
	struct strand worker, follower;
	struct strand *running;
	struct dice dice;
	bool dead, stopping;
	bool crashed;                     /* in the middle of a decision: its worker never goes on */
	struct hub_crash_file crash_file; /* outlives the process */
	uint32_t kill_in, pause_in;       /* port calls; 0: no */
	int64_t pause_us, paused_until_us;
	int64_t start_at_us; /* not running: the supervisor starts it then */
	int64_t wall_offset_ms;
	uint32_t started;
	bool ready;
};

/* The router's rules, but for events that crash whoever decides them. */
void instance_wrap_core(struct hub_core *core);

void instance_init(struct instance *instance, struct world *world, int id);
void instance_done(struct instance *instance);

/* Port calls: false: it is dead. sleep also when the sleep ended early. */
bool instance_enter(struct instance *instance);
bool instance_sleep(struct instance *instance, int64_t us);

/* The world: what can run now, and when the next can. */
void instance_supervise(struct instance *instance); /* starts what is due, clears away what has ended */
bool instance_can_run(const struct strand *strand);
void instance_run(struct strand *strand);
int64_t instance_next_us(const struct instance *instance);
void instance_kill(struct instance *instance);

#endif
