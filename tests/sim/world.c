#include "world.h"

#include "base/calendar.h"
#include "base/check.h"
#include "county.h"
#include "forget.h"
#include "wire/record_print.h"

#include <stdarg.h>
#include <stdlib.h>

enum {
	ARENA_LIMIT = 1 << 30,
	TURN_US = 30,
	SETTLE_US = 300 * 1000 * 1000, /* poison takes four crashes, with a rebalance each */
	TURNS_MAX = 400 * 1000,
	AWAITED_TURNS = 2000,
};

int64_t world_broker_ms(const struct world *world)
{
	/* Monday 2 March 2026, 8 o'clock in Shanghai */
	return INT64_C(1772409600000) + world->now_us / 1000;
}

void world_tell(const struct world *world, const char *format, ...)
{
	va_list args;
	if (!world->story)
		return;
	fprintf(world->story, "%12.6f  ", (double)world->now_us / 1e6);
	va_start(args, format);
	vfprintf(world->story, format, args);
	va_end(args);
	fputc('\n', world->story);
}

void world_tell_record(
        const struct world *world, const char *what, const struct hub_schema_set *set, struct hub_str value)
{
	const struct hub_schema *schema;
	struct hub_buf text;
	void *record;
	if (!world->story)
		return;
	struct hub_arena *arena = hub_arena_new(1 << 20);
	hub_buf_init(&text, 1 << 16);
	if (hub_frame_decode(set, value, arena, &schema, &record, NULL) == 0)
		hub_record_print(schema, record, true, &text);
	else
		hub_buf_text(&text, "what nobody can read");
	world_tell(world, "%s: %.*s", what, HUB_STR_ARG(hub_buf_slice(&text)));
	hub_buf_done(&text);
	hub_arena_free(arena);
}

void world_stir(struct world *world)
{
	for (int i = 0; i < INSTANCES_MAX; i++)
		if (world->instances[i].client.polling)
			world->instances[i].worker.wake_us = 0;
}

const char *world_fault_words(enum fault fault)
{
	static const char *const words[FAULTS] = { "none", "no answer", "it wants an abort",
		"the commit was done, its answer is lost", "the commit never arrived",
		"the commit will arrive later", "a copy of the commit will arrive later" };
	return words[fault];
}

/* ---- what happens */

static void open_transaction(struct world *world, const struct action *action)
{
	struct kafka *kafka = &world->kafka;
	int producer = INSTANCES_MAX + (int)(action->d % 2);
	if (kafka->producers[producer].state != PRODUCER_EMPTY)
		return;
	struct hub_topic_partition at = { 0, (int32_t)(action->a % (uint32_t)world->partitions) };
	struct hub_kafka_record record = {
		.to = at, .value = HUB_STR("from a transaction"), .has_value = true
	};
	kafka->producers[producer].epoch++;
	txn_add(kafka, producer, at);
	log_append(kafka, at, &record, producer);
	txn_end_later(kafka, producer, kafka->producers[producer].epoch, action->c == 0,
	        world->now_us + (int64_t)action->b * 1000);
}

static void look(struct world *world)
{
	int64_t at;
	for (int32_t p = 0; p < world->partitions; p++)
		check_hot(&world->check, p, &at);
}

static void on_redis(struct world *world, const struct action *action)
{
	struct redis *redis = &world->redis;
	switch (action->act) {
	case ACT_REDIS_AWAY:
		redis->away_until_us = world->now_us + (int64_t)action->b * 1000;
		break;
	case ACT_REDIS_EMPTY:
		redis_restart(redis, 0);
		break;
	case ACT_REDIS_KEEP:
		redis->kept_units = redis->unit_count;
		break;
	case ACT_REDIS_STALE:
		redis_restart(redis, redis->kept_units);
		break;
	case ACT_REDIS_CUT:
		redis_restart(redis, redis->unit_count > action->b ? redis->unit_count - action->b : 0);
		break;
	default:
		break;
	}
}

static void on_instance(struct world *world, const struct action *action, struct instance *instance)
{
	switch (action->act) {
	case ACT_KILL:
		instance->kill_in = action->b + 1;
		break;
	case ACT_STOP:
		instance->stopping = true;
		break;
	case ACT_PAUSE:
		instance->pause_in = action->b + 1;
		instance->pause_us = (int64_t)action->c * 1000;
		break;
	case ACT_KAFKA_FAULT:
		instance->client.fault_call = (enum call)action->b;
		instance->client.fault = (enum fault)action->c;
		instance->client.fault_times = action->d;
		break;
	case ACT_STALL:
		instance->client.fetch_stalled_until_us = world->now_us + (int64_t)action->b * 1000;
		break;
	case ACT_REDIS_FAULT:
		instance->connection.fault = (enum redis_fault)action->c;
		instance->connection.fault_in = action->b + 1;
		break;
	case ACT_CLOCK:
		instance->wall_offset_ms = (int32_t)action->b;
		if (instance->wall_offset_ms > world->check.wall_ahead_ms)
			world->check.wall_ahead_ms = instance->wall_offset_ms;
		break;
	default:
		break;
	}
}

static void act(struct world *world, const struct action *action)
{
	struct kafka *kafka = &world->kafka;
	switch (action->act) {
	case ACT_EVENT:
	case ACT_AGAIN:
	case ACT_HOSTILE:
	case ACT_REGISTRY:
		publishers_act(&world->publishers, action);
		break;
	case ACT_OPEN_TRANSACTION:
		open_transaction(world, action);
		break;
	case ACT_REBALANCE:
		group_rebalance(kafka);
		break;
	case ACT_KAFKA_AWAY:
		kafka->away_until_us = world->now_us + (int64_t)action->b * 1000;
		break;
	case ACT_SLOW_MARKERS:
		kafka->slow_markers_until_us = world->now_us + (int64_t)action->b * 1000;
		break;
	case ACT_COMPACT:
		forget_by_compaction(world, (int32_t)(action->a % (uint32_t)world->partitions));
		break;
	case ACT_LATER:
		world->now_us += (int64_t)action->b * 1000 * 1000;
		forget_what_is_old(world);
		break;
	case ACT_LOOK:
		look(world);
		break;
	case ACT_COUNTY_DEAF:
		kafka->deaf_until_us[action->a % (uint32_t)world->partitions] =
		        world->now_us + (int64_t)action->b * 1000 * 1000;
		break;
	default:
		if (plan_is_about_instance(action->act))
			on_instance(world, action, &world->instances[action->a]);
		else
			on_redis(world, action);
		break;
	}
}

/* ---- who runs next */

static struct strand *choose(struct world *world)
{
	struct strand *ready[2 * INSTANCES_MAX];
	uint32_t count = 0;
	for (uint32_t i = 0; i < world->plan->instances; i++) {
		struct instance *instance = &world->instances[i];
		if (instance_can_run(&instance->worker))
			ready[count++] = &instance->worker;
		if (instance_can_run(&instance->follower))
			ready[count++] = &instance->follower;
	}
	return count ? ready[roll(&world->dice, count)] : NULL;
}

static int64_t next_us(const struct world *world, int64_t limit_us)
{
	int64_t next = kafka_next_us(&world->kafka);
	for (uint32_t i = 0; i < world->plan->instances; i++) {
		int64_t of_instance = instance_next_us(&world->instances[i]);
		next = of_instance < next ? of_instance : next;
	}
	return next < limit_us ? next : limit_us;
}

/* One turn: somebody runs until it yields, or time passes until somebody can. */
static void turn(struct world *world, int64_t limit_us)
{
	for (uint32_t i = 0; i < world->plan->instances; i++)
		instance_supervise(&world->instances[i]);
	kafka_tick(&world->kafka);
	struct strand *strand = choose(world);
	if (strand) {
		instance_run(strand);
		world->now_us += TURN_US;
		return;
	}
	int64_t next = next_us(world, limit_us);
	world->now_us = next > world->now_us ? next : world->now_us + TURN_US;
}

static bool in_transaction(const struct world *world)
{
	for (uint32_t i = 0; i < world->plan->instances; i++)
		if (world->instances[i].runtime && !world->instances[i].dead &&
		        world->instances[i].client.in_transaction)
			return true;
	return false;
}

/* Now and then time passes in the middle of a transaction: whatever it does, it takes that long. */
static void await_transaction(struct world *world)
{
	for (int i = 0; i < AWAITED_TURNS && !in_transaction(world); i++)
		turn(world, world->now_us + TURN_US);
}

static void play(struct world *world)
{
	uint32_t turns = 0;
	int64_t sooner_us = 0; /* time that was planned to pass and is left out */
	for (uint32_t i = 0; i < world->plan->count; i++) {
		const struct action *action = &world->plan->actions[i];
		if (action->off) {
			sooner_us += action->act == ACT_LATER ? (int64_t)action->b * 1000 * 1000 : 0;
			continue;
		}
		while (world->now_us < action->at_us - sooner_us) {
			turn(world, action->at_us - sooner_us);
			if (++turns > TURNS_MAX)
				check_failed(world, "the world does not come to rest");
		}
		if (world->story)
			plan_print(action, world->now_us, world->story);
		if (action->act == ACT_LATER && action->c % 4 == 0)
			await_transaction(world);
		act(world, action);
	}
}

/* ---- the end: no more faults; everything must mend itself */

static void make_peace(struct world *world)
{
	world->peace = true;
	world->kafka.away_until_us = world->kafka.slow_markers_until_us = 0;
	for (int p = 0; p < PARTITIONS_MAX; p++)
		world->kafka.deaf_until_us[p] = 0;
	world->redis.away_until_us = 0;
	/* An error inside EXEC leaves its fence LIVE over a wrong content. Whoever wrote it rebuilds; but if it died or was
	 * paused before that, nobody can know. Redis alone cannot mend this, an operator empties it. */
	if (redis_is_spoilt(&world->redis))
		redis_restart(&world->redis, 0);
	publishers_flush(&world->publishers);
	for (int i = 0; i < INSTANCES_MAX; i++) {
		struct instance *instance = &world->instances[i];
		instance->client.fault = FAULT_NONE;
		instance->connection.fault = REDIS_FAULT_NONE;
		instance->client.fetch_stalled_until_us = 0;
		instance->paused_until_us = 0;
		instance->kill_in = instance->pause_in = 0;
		instance->wall_offset_ms = 0;
	}
}

static void tell_standing(const struct world *world)
{
	for (uint32_t i = 0; i < world->plan->instances; i++) {
		const struct instance *instance = &world->instances[i];
		struct hub_runtime_status status = { .reason = "not running" };
		if (instance->runtime)
			hub_runtime_status(instance->runtime, &status);
		world_tell(world,
		        "instance %u: %s %s; last step at %.6f, worker wakes at %.6f, follower at %.6f", i,
		        status.ready ? "ready" : status.reason, status.store_reason,
		        (double)status.step_us / 1e6, (double)instance->worker.wake_us / 1e6,
		        (double)instance->follower.wake_us / 1e6);
	}
}

static void settle(struct world *world)
{
	int64_t until = world->now_us + SETTLE_US;
	int64_t look_at = world->now_us + 500 * 1000;
	for (;;) {
		while (world->now_us < look_at)
			turn(world, look_at);
		if (check_is_quiet(&world->check)) {
			check_transfers(&world->check);
			return;
		}
		if (world->now_us >= until)
			tell_standing(world);
		if (world->now_us >= until)
			check_end(&world->check); /* it says what is missing */
		look_at = world->now_us + 500 * 1000;
	}
}

static void world_init(struct world *world, struct plan *plan, FILE *story)
{
	*world = (struct world){ .seed = plan->seed,
		.plan = plan,
		.partitions = (int32_t)plan->partitions,
		.now_us = 1000 * 1000,
		.dice = dice_of(plan->seed, 'W'),
		.arena = hub_arena_new(ARENA_LIMIT),
		.story = story };
	hub_check(world->arena != NULL);
	instance_wrap_core(&world->core);
	world->poison_taken = hub_map_new();
	hub_topics_init(&world->topics, &world->core, "");
	kafka_init(&world->kafka, world);
	redis_init(&world->redis, world);
	publishers_init(&world->publishers, world);
	check_init(&world->check, world);
	for (int i = 0; i < INSTANCES_MAX; i++)
		instance_init(&world->instances[i], world, i);
	county_load(world, 0);
}

static void world_done(struct world *world)
{
	for (int i = 0; i < INSTANCES_MAX; i++)
		instance_done(&world->instances[i]);
	check_done(&world->check);
	publishers_done(&world->publishers);
	redis_done(&world->redis);
	kafka_done(&world->kafka);
	hub_topics_done(&world->topics);
	hub_map_free(world->poison_taken);
	hub_arena_free(world->arena);
}

void world_run(struct plan *plan, FILE *story, struct tally *tally)
{
	static struct world world; /* large; one at a time */
	world_init(&world, plan, story);
	play(&world);
	make_peace(&world);
	settle(&world);
	/* What falls due later must happen then. */
	for (int i = 0; i < 3; i++) {
		world.now_us += (int64_t)(i + 1) * 40 * 60 * 1000 * 1000;
		settle(&world);
	}
	/* Everybody must find his place again. */
	forget_all(&world);
	for (uint32_t i = 0; i < plan->instances; i++)
		instance_kill(&world.instances[i]);
	settle(&world);
	check_end(&world.check);
	tally->steps += world.steps;
	tally->commits += world.check.commits;
	tally->decisions += world.check.decisions;
	tally->dead_letters += world.check.dead_letters;
	tally->timers += world.check.timers;
	tally->looks += world.check.looks;
	world_done(&world);
}
