#include "instance.h"
#include "world.h"

#include "base/check.h"
#include "records/referral_accepted.h"
#include "referral-router/referral_core.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

enum { FOLLOW_WAIT_US = 500 * 1000, SWITCH_IN = 6, START_AFTER_US = 3000 * 1000 };

/* Whose coroutine runs: the two functions of pthread below are called by the product, without a user. */
static struct instance *present;

/* ---- the two coroutines */

static void run_worker(void *user)
{
	struct instance *instance = user;
	struct hub_error error = { 0 };
	int r = 0;
	while (!instance->stopping && !instance->dead &&
	        (r = hub_runtime_step(instance->runtime, &error)) == 0) {
	}
	if (instance->dead)
		return;
	if (r < 0) {
		world_tell(instance->world, "instance %d exits: %s", instance->id, error.text);
		if (r != HUB_E_FATAL && r != HUB_E_UNKNOWN)
			check_failed(instance->world, "step() answers what is neither FATAL nor UNKNOWN: %s",
			        error.text);
	}
	hub_runtime_finish(instance->runtime, 3 * 1000 * 1000);
	if (!instance->dead)
		client_close(&instance->client, true);
	instance->dead = true;
}

static void run_follower(void *user)
{
	struct instance *instance = user;
	while (!instance->dead)
		hub_runtime_follow(instance->runtime, FOLLOW_WAIT_US);
}

/* ---- an event that crashes whoever decides it */

/* "poison-always", "poison-once-7" */
static bool crashes(struct world *world, const struct hub_input *input)
{
	if (input->schema != &hub_referral_accepted_schema)
		return false;
	struct hub_str id = ((const struct hub_referral_accepted *)input->record)->referral_id;
	if (hub_str_is(id, "poison-always"))
		return true;
	if (!hub_str_starts_with(id, HUB_STR("poison-once")) || hub_map_get(world->poison_taken, id))
		return false;
	hub_map_put(world->poison_taken, hub_arena_copy(world->arena, id), world);
	return true;
}

/* The process ends here, as by a signal of its worker. */
static void decide(
        struct hub_table *table, const void *policy, const struct hub_input *input, struct hub_effects *out)
{
	struct instance *instance = present;
	if (crashes(instance->world, input)) {
		world_tell(instance->world, "instance %d crashes at input %lld of partition %d", instance->id,
		        (long long)input->offset, input->partition);
		instance->crash_file.signal = SIGSEGV;
		instance->dead = instance->crashed = true;
		fiber_yield(instance->running->fiber);
	}
	referral_router_core.decide(table, policy, input, out);
}

void instance_wrap_core(struct hub_core *core)
{
	*core = referral_router_core;
	core->decide = decide;
}

bool instance_can_run(const struct strand *strand)
{
	const struct instance *instance = strand->instance;
	if (!strand->fiber || fiber_is_done(strand->fiber) || instance->crashed)
		return false;
	return instance->dead || (instance->world->now_us >= instance->paused_until_us &&
	                                 instance->world->now_us >= strand->wake_us);
}

void instance_run(struct strand *strand)
{
	struct instance *instance = strand->instance;
	present = instance;
	instance->running = strand;
	fiber_resume(strand->fiber);
	instance->running = NULL;
	present = NULL;
}

static void yield(struct instance *instance, int64_t until_us)
{
	struct strand *strand = instance->running;
	strand->wake_us = until_us;
	fiber_yield(strand->fiber);
}

bool instance_sleep(struct instance *instance, int64_t us)
{
	if (!instance->dead)
		yield(instance, instance->world->now_us + us);
	return !instance->dead;
}

bool instance_enter(struct instance *instance)
{
	struct world *world = instance->world;
	if (instance->dead)
		return false;
	world->steps++;
	if (instance->kill_in && --instance->kill_in == 0) {
		instance_kill(instance);
		return false;
	}
	if (instance->pause_in && --instance->pause_in == 0) {
		world_tell(world, "instance %d is paused", instance->id);
		instance->paused_until_us = world->now_us + instance->pause_us;
		yield(instance, 0);
	} else if (one_in(&instance->dice, SWITCH_IN)) {
		yield(instance, 0);
	}
	return !instance->dead;
}

/* ---- waiting for the other thread, which is no port: the simulator's executable has these instead of the library's */

int pthread_cond_clockwait(
        pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	struct instance *instance = present;
	(void)cond;
	(void)clock;
	hub_check(instance != NULL);
	int64_t until_us = until->tv_sec * INT64_C(1000000) + until->tv_nsec / 1000;
	if (instance->dead || instance->world->now_us >= until_us)
		return ETIMEDOUT;
	struct strand *strand = instance->running;
	pthread_mutex_unlock(mutex);
	strand->waits = true;
	yield(instance, until_us);
	strand->waits = false;
	pthread_mutex_lock(mutex);
	return instance->dead || instance->world->now_us >= until_us ? ETIMEDOUT : 0;
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
	(void)cond;
	if (present && present->worker.waits)
		present->worker.wake_us = 0;
	if (present && present->follower.waits)
		present->follower.wake_us = 0;
	return 0;
}

/* ---- its clock */

static int64_t clock_wall(void *user)
{
	const struct instance *instance = user;
	return world_broker_ms(instance->world) + instance->wall_offset_ms;
}

static int64_t clock_monotonic(void *user)
{
	return ((const struct instance *)user)->world->now_us;
}

static void clock_sleep(void *user, int64_t us)
{
	instance_sleep(user, us);
}

static uint32_t clock_random(void *user)
{
	return roll(&((struct instance *)user)->dice, 1u << 30);
}

/* ---- what it says */

static void on_notice(void *user, const struct hub_notice *notice)
{
	struct instance *instance = user;
	if (instance->dead)
		return;
	world_tell(instance->world, "instance %d, partition %d: %s %lld %s", instance->id, notice->partition,
	        hub_notice_name(notice->code), (long long)notice->offset, notice->text);
	/* One that has lost the partition and not heard of it yet may find what its successor has written. */
	if (notice->code == HUB_NOTICE_STOPPED &&
	        group_owns(&instance->world->kafka, instance->client.member, notice->partition))
		check_failed(
		        instance->world, "partition %d was stopped: %s", notice->partition, notice->text);
}

static void on_ready(void *user, bool ready, const char *reason)
{
	(void)reason;
	((struct instance *)user)->ready = ready;
}

/* ---- its life */

static void start(struct instance *instance)
{
	struct world *world = instance->world;
	const struct plan *plan = world->plan;
	client_init(&instance->client, &world->kafka, instance, instance->id);
	connection_init(&instance->connection, &world->redis, instance);
	instance->dead = instance->crashed = instance->stopping = instance->ready = false;
	instance->kill_in = instance->pause_in = 0;
	instance->paused_until_us = 0;
	instance->options = (struct hub_runtime_options){ .core = &world->core,
		.topics = &world->topics,
		.kafka = &instance->client.port,
		.clock = &instance->clock,
		.store = &instance->connection.port,
		.observer = &instance->observer,
		.version = "sim",
		.crash_file = &instance->crash_file,
		.follow_inline = plan->follow_inline,
		.batch_events = plan->batch_events,
		.batch_timers = plan->batch_timers,
		.record_bytes = plan->record_bytes,
		.snapshot_records = plan->snapshot_records,
		.idle_us = FOLLOW_WAIT_US };
	instance->runtime = hub_runtime_new(&instance->options);
	instance->worker = (struct strand){ instance, fiber_new(run_worker, instance), 0, false };
	instance->follower = (struct strand){ .instance = instance };
	if (!plan->follow_inline)
		instance->follower.fiber = fiber_new(run_follower, instance);
	instance->started++;
	world_tell(world, "instance %d starts", instance->id);
}

static void clear_away(struct instance *instance)
{
	fiber_free(instance->worker.fiber);
	fiber_free(instance->follower.fiber);
	instance->worker.fiber = instance->follower.fiber = NULL;
	hub_runtime_free(instance->runtime);
	instance->runtime = NULL;
	instance->start_at_us = instance->world->now_us +
	                        roll(&instance->dice, instance->world->peace ? 100 * 1000 : START_AFTER_US);
}

static bool has_ended(const struct strand *strand)
{
	return !strand->fiber || fiber_is_done(strand->fiber);
}

/* A dead one runs to its end at once: nothing that it does has an effect. */
static void run_out(struct instance *instance)
{
	while (!instance->crashed && !has_ended(&instance->worker))
		instance_run(&instance->worker);
	while (!has_ended(&instance->follower))
		instance_run(&instance->follower);
}

void instance_supervise(struct instance *instance)
{
	if (instance->runtime && instance->dead) {
		run_out(instance);
		clear_away(instance);
	}
	if (!instance->runtime && instance->world->now_us >= instance->start_at_us)
		start(instance);
	if (instance->runtime && instance->client.member &&
	        instance->world->now_us >= instance->paused_until_us)
		group_heartbeat(&instance->world->kafka, instance->client.member);
}

int64_t instance_next_us(const struct instance *instance)
{
	if (!instance->runtime)
		return instance->start_at_us;
	int64_t next = INT64_MAX;
	const struct strand *strands[] = { &instance->worker, &instance->follower };
	for (int i = 0; i < 2; i++)
		if (!has_ended(strands[i]) && strands[i]->wake_us < next)
			next = strands[i]->wake_us;
	return next < instance->paused_until_us ? instance->paused_until_us : next;
}

void instance_kill(struct instance *instance)
{
	if (!instance->runtime || instance->dead)
		return;
	world_tell(instance->world, "instance %d is killed", instance->id);
	instance->dead = true;
}

void instance_init(struct instance *instance, struct world *world, int id)
{
	*instance = (struct instance){
		.world = world, .id = id, .dice = dice_of(world->seed, 1000 + (uint64_t)id)
	};
	instance->clock =
	        (struct hub_clock_port){ instance, clock_wall, clock_monotonic, clock_sleep, clock_random };
	instance->observer =
	        (struct hub_observer){ .user = instance, .notice = on_notice, .ready = on_ready };
	instance->worker.instance = instance->follower.instance = instance;
	instance->crash_file.layout = HUB_CRASH_LAYOUT;
}

void instance_done(struct instance *instance)
{
	instance->dead = true;
	run_out(instance);
	fiber_free(instance->worker.fiber);
	fiber_free(instance->follower.fiber);
	hub_runtime_free(instance->runtime);
}
