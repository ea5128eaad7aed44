/* Two copies of a daemon in one group, driven at random: rebalances that one of them has not heard of yet,
 * kill -9, events that crash whoever decides them, commits without an answer, aborts, timers, a Redis that is emptied, put back, lost, and a step of
 * the other copy in the middle of one's own commit or write. In the end every input is decided once or, if it
 * crashed, dead-lettered once, every timer fired once, and the hot state is the fold. A failing seed is named; `runtime_random_test SEED` runs
 * it alone. */
#include "toy.h"

#include "records/catalogue.h"
#include "records/referral_expired.h"

#include <stdio.h>
#include <stdlib.h>

enum { COPIES = 2, TURNS = 400, COUNTERS = 9 };

struct copy {
	struct world *world;
	struct member *member; /* NULL: not started */
	struct hub_runtime *runtime;
	struct connection connection;
	int heard_in; /* turns until it hears that it lost its partitions; -1: nothing to hear */
	bool owner;
	uint32_t started;
	struct hub_crash_file crash_file; /* outlives the copy's runtimes */
};

struct world {
	struct toy toy; /* topics, broker and Redis of it */
	struct copy copies[COPIES];
	struct member members[512];
	struct redis before; /* Redis as it was some time ago */
	uint32_t dice;
	bool inside; /* a step within a step */
	bool peace;
	int events[2];
	bool poison[2][TURNS]; /* by partition and offset */
	uint32_t poisons, crashes;
};

static uint32_t roll(struct world *world, uint32_t sides)
{
	world->dice = world->dice * 1664525 + 1013904223;
	return (world->dice >> 8) % sides;
}

static void copy_step(struct copy *copy);

/* In the middle of something that copy does, the other one goes on. */
static void meanwhile(void *user)
{
	struct copy *copy = user;
	struct world *world = copy->world;
	if (world->inside || world->peace || roll(world, 8) != 0)
		return;
	world->inside = true;
	struct copy *other = &world->copies[copy == &world->copies[0]];
	for (uint32_t n = roll(world, 6); n > 0; n--)
		copy_step(other);
	if (roll(world, 6) == 0)
		redis_flush(&world->toy.redis);
	world->inside = false;
}

static void start(struct copy *copy)
{
	struct world *world = copy->world;
	struct hub_runtime_options options = { .core = &toy_core,
		.core_options = &world->toy.policies,
		.topics = &world->toy.topics,
		.store = &copy->connection.port,
		.follow_inline = true,
		.snapshot_records = 1,
		.crash_file = &copy->crash_file,
		.version = "1" };
	struct member *former = copy->member;
	hub_runtime_free(copy->runtime);
	copy->member = &world->members[world->toy.broker.member_count];
	member_init(copy->member, &world->toy.broker);
	copy->member->predecessor = former;
	copy->member->before_commit = meanwhile;
	copy->member->user = copy;
	connection_init(&copy->connection, &world->toy.redis);
	copy->connection.before_exec = meanwhile;
	copy->connection.user = copy;
	copy->heard_in = -1;
	copy->owner = false;
	options.kafka = &copy->member->port;
	options.clock = &copy->member->clock;
	copy->runtime = hub_runtime_new(&options);
	copy->started++;
}

static void copy_step(struct copy *copy)
{
	struct hub_error error = { 0 };
	if (copy->heard_in == 0)
		member_revoke(copy->member, true);
	copy->heard_in -= copy->heard_in >= 0;
	int r = toy_step(copy->runtime, &copy->crash_file, &error);
	if (r == 0)
		return;
	if (r != HUB_E_UNKNOWN && r != TOY_CRASHED)
		fail_msg("%s", error.text);
	copy->world->crashes += r == TOY_CRASHED;
	start(copy);
	/* Its session is gone with it: whoever is left gets the partitions, or itself when it joins. */
	int32_t both[] = { 0, 1 };
	broker_assign(&copy->world->toy.broker, copy->member, both, 2);
	copy->owner = true;
	struct copy *other = &copy->world->copies[copy == &copy->world->copies[0]];
	if (other->owner) {
		other->owner = false;
		other->heard_in = (int)roll(copy->world, 10);
	}
}

/* Partitions are dealt anew; who loses some hears of it later. */
static void rebalance(struct world *world)
{
	int32_t both[] = { 0, 1 };
	struct copy *to = &world->copies[roll(world, COPIES)];
	struct copy *from = &world->copies[to == &world->copies[0]];
	if (from->owner) {
		from->owner = false;
		from->heard_in = (int)roll(world, 10);
	}
	if (to->heard_in >= 0 || to->owner)
		member_revoke(to->member, roll(world, 2) == 0);
	to->heard_in = -1;
	to->owner = true;
	broker_assign(&world->toy.broker, to->member, both, 2);
}

static void event(struct world *world)
{
	char name[8], what[16] = "";
	int32_t partition = (int32_t)roll(world, 2);
	snprintf(name, sizeof(name), "n%u", roll(world, COUNTERS));
	if (roll(world, 4) == 0)
		snprintf(what, sizeof(what), "after %u", roll(world, 4000));
	if (roll(world, 40) == 0) {
		snprintf(what, sizeof(what), "crash");
		world->poison[partition][world->events[partition]] = true;
		world->poisons++;
	}
	toy_event(&world->toy, partition, name, what);
	world->events[partition]++;
}

static void kafka_fault(struct world *world, struct copy *copy)
{
	static const enum call calls[] = { CALL_BEGIN, CALL_PRODUCE, CALL_SEND_OFFSETS, CALL_COMMIT,
		CALL_COMMITTED, CALL_WATERMARKS };
	copy->member->fail_call = calls[roll(world, 6)];
	copy->member->fail_times = 1;
	copy->member->fail_code = HUB_E_RETRY;
	copy->member->commit_anyway = false;
	if (copy->member->fail_call == CALL_COMMIT && roll(world, 2) == 0) {
		copy->member->fail_code = HUB_E_UNKNOWN;
		copy->member->commit_anyway = roll(world, 2) == 0;
	} else if (copy->member->fail_call >= CALL_PRODUCE && copy->member->fail_call <= CALL_COMMIT &&
	           roll(world, 2) == 0) {
		copy->member->fail_code = HUB_E_ABORT;
	}
}

static void redis_fault(struct world *world, struct copy *copy)
{
	switch (roll(world, 6)) {
	case 0:
		redis_flush(&world->toy.redis);
		break;
	case 1:
		world->before = world->toy.redis;
		break;
	case 2:
		redis_put_back(&world->toy.redis, &world->before);
		break;
	case 3:
		copy->connection.fault = STORE_LOST_REPLY;
		break;
	case 4:
		copy->connection.fault = STORE_LOST_REQUEST;
		break;
	case 5:
		copy->connection.fault = copy->connection.fault == STORE_AWAY ? STORE_FINE : STORE_AWAY;
		break;
	}
}

static void turn(struct world *world)
{
	struct copy *copy = &world->copies[roll(world, COPIES)];
	uint32_t what = roll(world, 100);
	if (what < 15)
		event(world);
	else if (what < 17)
		rebalance(world);
	else if (what < 19)
		kafka_fault(world, copy);
	else if (what < 22)
		redis_fault(world, copy);
	else if (what < 23 && copy->started < 20)
		start(copy); /* kill -9 */
	else if (what < 24)
		copy->member->hold = !copy->member->hold; /* its fetches take long */
	else if (what < 27)
		world->toy.broker.now_us += roll(world, 1500) * 1000;
	else
		copy_step(copy);
}

/* A timer that was due at due_ms fired after `next` inputs: every input that lay in the log before is among
 * them. */
static void expect_nothing_overtaken(struct world *world, int32_t partition, int64_t next, int64_t due_ms)
{
	const struct topic_log *log = &world->toy.broker.logs[EVENTS][partition];
	if (next < log->count && log->records[next].timestamp_ms < due_ms)
		fail_msg("partition %d: a timer overtook the input at offset %lld", partition,
		        (long long)next);
}

/* Those that crashed leave no decision. */
static void skip_poison(const struct world *world, int64_t next[2])
{
	for (int p = 0; p < 2; p++)
		while (world->poison[p][next[p]])
			next[p]++;
}

static void expect_poison_set_aside(struct world *world)
{
	bool seen[2][TURNS] = { { false } };
	const struct stored *stored;
	uint32_t count = 0;
	for (int32_t p = 0; p < 2; p++)
		for (uint32_t n = 0; (stored = broker_visible(&world->toy.broker, DEAD_LETTERS, p, n)); n++) {
			struct hub_str offset = stored_header(stored, "hub_dlq_offset");
			int at = (int)strtol(offset.data, NULL, 10);
			assert_true(hub_str_is(stored_header(stored, "hub_dlq_reason"), "CRASHED"));
			assert_true(world->poison[p][at] && !seen[p][at]);
			seen[p][at] = true;
			count++;
		}
	assert_int_equal(count, world->poisons);
	assert_true(world->crashes <= 2 * COPIES * world->poisons);
	assert_true(world->crashes >= 2 * (world->poisons > 0));
}

static void expect_decided_once(struct world *world)
{
	int64_t counts[2][COUNTERS] = { { 0 } };
	int64_t next[2] = { 0 };
	uint32_t timers = 0;
	const struct stored *stored;
	int32_t at = strcmp(toy_county(1), "330281") == 0;
	for (uint32_t n = 0; (stored = broker_visible(&world->toy.broker, DECISIONS, at, n)); n++) {
		struct hub_arena *arena = hub_arena_new(1 << 16);
		const struct hub_schema *schema;
		void *record;
		char count[32];
		assert_int_equal(hub_frame_decode(&hub_referral_decision_schemas,
		                         (struct hub_str){ stored->value, stored->value_len }, arena, &schema,
		                         &record, NULL),
		        0);
		const struct hub_referral_expired *decision = record;
		const struct hub_decision_head *head = &decision->head;
		int32_t p = head->has_timer ? head->timer.partition : head->decided_from.partition;
		int64_t *counter = &counts[p][decision->referral_id.data[1] - '0'];
		*counter += head->has_timer ? 100 : 1;
		timers += head->has_timer;
		snprintf(count, sizeof(count), "%lld", (long long)*counter);
		if (!hub_str_is(decision->org_id, count))
			fail_msg("partition %d, %.*s: decided as %.*s on a state of %s", p,
			        HUB_STR_ARG(decision->referral_id), HUB_STR_ARG(decision->org_id), count);
		skip_poison(world, next);
		if (head->has_timer)
			expect_nothing_overtaken(world, p, next[p], head->timer.due_at);
		if (!head->has_timer)
			assert_int_equal(head->decided_from.offset, next[p]++);
		hub_arena_free(arena);
	}
	skip_poison(world, next);
	assert_int_equal(next[0], world->events[0]);
	assert_int_equal(next[1], world->events[1]);
}

static void settle(struct world *world)
{
	world->peace = true;
	for (int i = 0; i < COPIES; i++) {
		world->copies[i].connection.fault = STORE_FINE;
		world->copies[i].member->fail_call = CALL_NONE;
		world->copies[i].member->hold = false;
	}
	/* An owner that knows that it is one has to mend everything by itself. */
	if (!(world->copies[0].owner && world->copies[0].heard_in < 0) &&
	        !(world->copies[1].owner && world->copies[1].heard_in < 0))
		rebalance(world);
	world->toy.broker.now_us += 5000 * 1000;
	for (int n = 0; n < 400; n++)
		copy_step(&world->copies[n % 2]);
}

static void run(uint32_t seed)
{
	struct world *world = calloc(1, sizeof(*world));
	assert_non_null(world);
	toy_init(&world->toy);
	world->dice = seed;
	for (int i = 0; i < COPIES; i++) {
		world->copies[i].world = world;
		start(&world->copies[i]);
		copy_step(&world->copies[i]);
	}
	toy_load_registry(&world->toy);
	rebalance(world);
	for (int i = 0; i < TURNS; i++)
		turn(world);
	settle(world);
	expect_decided_once(world);
	expect_poison_set_aside(world);
	assert_int_equal(world->toy.redis.set_back, 0);
	toy_expect_redis_is_fold(&world->toy, 0);
	toy_expect_redis_is_fold(&world->toy, 1);
	for (int i = 0; i < COPIES; i++)
		hub_runtime_free(world->copies[i].runtime);
	toy_done(&world->toy);
	free(world);
}

static uint32_t first_seed = 1, last_seed = 300;

static void whatever_happens(void **state)
{
	(void)state;
	for (uint32_t seed = first_seed; seed <= last_seed; seed++) {
		print_message("seed %u\r", seed);
		run(seed);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		first_seed = last_seed = (uint32_t)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		last_seed = (uint32_t)strtoul(argv[2], NULL, 10);
	const struct CMUnitTest tests[] = { cmocka_unit_test(whatever_happens) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
