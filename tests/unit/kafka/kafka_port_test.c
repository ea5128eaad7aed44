/* common/kafka against a real broker: kafka_port_test BOOTSTRAP (or HUB_TEST_KAFKA). Each test works on
 * topics of its own. */
#include "base/check.h"
#include "kafka/kafka.h"
#include "kafka/pool.h"
#include "kafka/reader.h"
#include "kafka/topics.h"
#include "kafka/writer.h"
#include "records/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { INPUT, OUTPUT, STATE, TOPICS, PARTITIONS = 4 };

static const char *bootstrap;

struct world {
	char prefix[64];
	char names[TOPICS][128];
	const char *topics[TOPICS];
	struct hub_kafka_property items[3];
	struct hub_kafka_properties properties;
	struct hub_arena *arena;
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void must(int code, const struct hub_error *error)
{
	if (code)
		print_error("%s %s: %s\n", hub_code_name((enum hub_code)code), error->place, error->text);
	assert_int_equal(code, 0);
}

static void fail_on_trouble(void *user, const char *topic, enum hub_topic_state state, const char *text)
{
	(void)user;
	if (state != HUB_TOPIC_CREATED && state != HUB_TOPIC_OK)
		print_error("%s: state %d %s\n", topic, state, text);
}

static const struct hub_topic_setting compacted[] = { { "cleanup.policy", "compact" },
	{ "message.timestamp.type", "LogAppendTime" } };
static const struct hub_topic_spec specs[TOPICS] = {
	{ .name = "input", .partitions = PARTITIONS },
	{ .name = "output", .partitions = PARTITIONS },
	{ .name = "state", .partitions = PARTITIONS, .settings = compacted, .setting_count = 2 },
};

static uint32_t run_topics(struct world *world, bool create, int32_t partitions)
{
	struct hub_topics_options options = { .properties = world->properties,
		.specs = specs,
		.count = TOPICS,
		.prefix = world->prefix,
		.partitions = partitions,
		.replication_factor = 1,
		.create = create,
		.report = fail_on_trouble };
	struct hub_error error;
	uint32_t wrong = 99;
	must(hub_kafka_topics(&options, &wrong, &error), &error);
	return wrong;
}

static int setup(void **state)
{
	static int number;
	struct world *world = calloc(1, sizeof(*world));
	hub_check(world);
	snprintf(world->prefix, sizeof(world->prefix), "t%d.%d.%lld.", (int)getpid(), ++number,
	        (long long)now_ms());
	for (int i = 0; i < TOPICS; i++) {
		snprintf(world->names[i], sizeof(world->names[i]), "%s%s", world->prefix, specs[i].name);
		world->topics[i] = world->names[i];
	}
	world->items[0] = (struct hub_kafka_property){ "bootstrap.servers", bootstrap };
	world->properties = (struct hub_kafka_properties){ .items = world->items, .count = 1 };
	world->arena = hub_arena_new(1 << 20);
	assert_int_equal(run_topics(world, true, 0), 0);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	hub_arena_free(world->arena);
	free(world);
	return 0;
}

static struct hub_kafka *open_outside(struct world *world, const char *instance)
{
	char group[128], id[160];
	snprintf(group, sizeof(group), "%sgroup", world->prefix);
	snprintf(id, sizeof(id), "%s%s", world->prefix, instance);
	struct hub_kafka_options options = { .properties = world->properties,
		.group = group,
		.transactional_id = id,
		.topics = world->topics,
		.topic_count = TOPICS };
	struct hub_kafka *kafka;
	struct hub_error error;
	must(hub_kafka_open(&options, &kafka, &error), &error);
	return kafka;
}

static struct hub_kafka *open_member(struct world *world, const char *instance)
{
	struct hub_kafka *kafka = open_outside(world, instance);
	struct hub_error error;
	must(hub_kafka_port(kafka)->join(hub_kafka_port(kafka)->user, &error), &error);
	return kafka;
}

static void write_numbers(struct world *world, int first, int count, int32_t partition)
{
	struct hub_kafka_writer *writer;
	struct hub_error error;
	must(hub_kafka_writer_open(&world->properties, NULL, 10000, &writer, &error), &error);
	for (int i = first; i < first + count; i++) {
		char text[16];
		int len = snprintf(text, sizeof(text), "%d", i);
		const struct hub_header header = { HUB_STR("ce_id"), { text, (uint32_t)len } };
		const struct hub_kafka_message message = { .topic = world->topics[INPUT],
			.partition = partition,
			.key = HUB_STR("330281"),
			.has_key = true,
			.value = { text, (uint32_t)len },
			.has_value = true,
			.headers = &header,
			.header_count = 1 };
		must(hub_kafka_writer_send(writer, &message, &error), &error);
	}
	must(hub_kafka_writer_flush(writer, 10000, &error), &error);
	assert_int_equal(hub_kafka_writer_acknowledged(writer), count);
	hub_kafka_writer_close(writer);
}

/* Polls until an event of kind comes; others are passed over. */
static void await(
        const struct hub_kafka_port *port, enum hub_kafka_event_kind kind, struct hub_kafka_event *event)
{
	struct hub_error error;
	for (int64_t end = now_ms() + 20000; now_ms() < end;) {
		must(port->poll(port->user, 100000, event, &error), &error);
		if (event->kind == kind)
			return;
		if (event->kind == HUB_KAFKA_ERROR)
			print_message("note: %s\n", event->error.text);
	}
	fail_msg("event %d did not come", kind);
}

static uint32_t assign_from(
        const struct hub_kafka_port *port, const struct hub_kafka_event *event, int64_t next)
{
	struct hub_kafka_offset from[PARTITIONS];
	struct hub_error error;
	uint32_t count = event->partition_count;
	for (uint32_t i = 0; i < count; i++)
		from[i] = (struct hub_kafka_offset){ { INPUT, event->partitions[i] }, next, { NULL, 0 } };
	must(port->assign(port->user, from, count, &error), &error);
	return count;
}

static void take_all(const struct hub_kafka_port *port)
{
	struct hub_kafka_event event;
	struct hub_error error;
	await(port, HUB_KAFKA_ASSIGN, &event);
	must(port->take_group_metadata(port->user, &error), &error);
	assert_true(assign_from(port, &event, 0) > 0);
}

static void init_transactions(const struct hub_kafka_port *port)
{
	struct hub_error error;
	int code = HUB_E_RETRY;
	for (int i = 0; i < 20 && code == HUB_E_RETRY; i++)
		code = port->init_transactions(port->user, &error);
	must(code, &error);
}

/* One transaction: value to OUTPUT and STATE of partition, offset next of INPUT. */
static int transact(const struct hub_kafka_port *port, int32_t partition, const char *value, int64_t next,
        struct hub_error *error)
{
	must(port->begin(port->user, error), error);
	for (int32_t topic = OUTPUT; topic <= STATE; topic++) {
		const struct hub_kafka_record record = { .to = { topic, partition },
			.key = HUB_STR("k"),
			.has_key = true,
			.value = hub_str_from(value),
			.has_value = true };
		must(port->produce(port->user, &record, error), error);
	}
	const struct hub_kafka_offset offset = { { INPUT, partition }, next, HUB_STR("batch 7") };
	return port->send_offsets(port->user, &offset, 1, error);
}

static int count_records(struct world *world, int32_t topic, bool uncommitted)
{
	struct hub_kafka_reader_options options = { .properties = world->properties,
		.topics = &world->topics[topic],
		.topic_count = 1,
		.partition = -1,
		.uncommitted = uncommitted };
	struct hub_kafka_reader *reader;
	struct hub_error error;
	must(hub_kafka_reader_open(&options, &reader, &error), &error);
	int count = 0;
	for (struct hub_kafka_event event = { 0 }; event.kind != HUB_KAFKA_EOF;) {
		must(hub_kafka_reader_next(reader, 1000, &event, &error), &error);
		count += event.kind == HUB_KAFKA_RECORD;
	}
	hub_kafka_reader_close(reader);
	return count;
}

static void topics_are_checked(void **state)
{
	struct world *world = *state;
	assert_int_equal(run_topics(world, false, 0), 0);
	assert_int_equal(run_topics(world, true, 0), 0);
	assert_int_equal(run_topics(world, true, 8), TOPICS); /* refused: keys would move */
	snprintf(world->prefix, sizeof(world->prefix), "nowhere.");
	assert_int_equal(run_topics(world, false, 0), TOPICS);
}

static void records_come_whole_and_in_order(void **state)
{
	struct world *world = *state;
	write_numbers(world, 0, 100, 1);
	struct hub_kafka *kafka = open_member(world, "a");
	const struct hub_kafka_port *port = hub_kafka_port(kafka);
	struct hub_kafka_event event;
	struct hub_error error;
	take_all(port);
	for (int i = 0; i < 100; i++) {
		await(port, HUB_KAFKA_RECORD, &event);
		assert_int_equal(event.at.topic, INPUT);
		assert_int_equal(event.at.partition, 1);
		assert_int_equal(event.offset, i);
		assert_int_equal(atoi(event.headers[0].value.data), i);
		assert_true(hub_str_is(event.headers[0].name, "ce_id"));
		assert_true(hub_str_is(event.key, "330281"));
	}
	do
		await(port, HUB_KAFKA_EOF, &event);
	while (event.at.partition != 1);
	assert_int_equal(event.offset, 100);
	assert_int_equal(port->known_high(port->user, event.at), 100);
	int64_t low, high;
	must(port->watermarks(port->user, event.at, &low, &high, &error), &error);
	assert_int_equal(low, 0);
	assert_int_equal(high, 100);
	hub_kafka_close(kafka, 3000);
}

/* What the transactions of the next test leave behind. */
static void tools_see_it(struct world *world, const char *group)
{
	struct hub_group_position *positions;
	uint32_t count;
	struct hub_error error;
	assert_int_equal(count_records(world, OUTPUT, false), 1);
	assert_int_equal(count_records(world, OUTPUT, true), 2);
	for (int with_group = 0; with_group < 2; with_group++) {
		must(hub_kafka_group_positions(&world->properties, with_group ? group : NULL,
		             world->topics[INPUT], 10000, world->arena, &positions, &count, &error),
		        &error);
		assert_int_equal(count, PARTITIONS);
		assert_int_equal(positions[2].committed, with_group ? 4 : HUB_OFFSET_NONE);
		assert_int_equal(positions[2].high, 10);
	}
}

static void transactions_commit_and_abort(void **state)
{
	struct world *world = *state;
	write_numbers(world, 0, 10, 2);
	struct hub_kafka *kafka = open_member(world, "a");
	const struct hub_kafka_port *port = hub_kafka_port(kafka);
	struct hub_error error;
	take_all(port);
	init_transactions(port);

	must(transact(port, 2, "one", 4, &error), &error);
	must(port->commit(port->user, &error), &error);
	int64_t offset, timestamp;
	must(port->produced_offset(port->user, (struct hub_topic_partition){ STATE, 2 }, &offset, &timestamp),
	        &error);
	assert_int_equal(offset, 0);
	assert_true(timestamp > 1700000000000);

	must(transact(port, 2, "two", 9, &error), &error);
	must(port->abort(port->user, &error), &error);

	struct hub_kafka_offset committed[] = { { .at = { INPUT, 2 } }, { .at = { INPUT, 3 } } };
	must(port->committed_stable(port->user, committed, 2, world->arena, &error), &error);
	assert_int_equal(committed[0].next, 4);
	assert_true(hub_str_is(committed[0].metadata, "batch 7"));
	assert_int_equal(committed[1].next, HUB_OFFSET_NONE);
	hub_kafka_close(kafka, 3000);

	char group[128];
	snprintf(group, sizeof(group), "%sgroup", world->prefix);
	tools_see_it(world, group);
	/* The same by handles that are used again. */
	world->properties.pool = hub_kafka_pool_new(group);
	tools_see_it(world, group);
	tools_see_it(world, group);
	hub_kafka_pool_free(world->properties.pool);
	world->properties.pool = NULL;
}

/* What was fetched before an assign() must not come after it, whatever the fetchers are doing. */
static void assign_leaves_nothing_behind(void **state)
{
	struct world *world = *state;
	write_numbers(world, 0, 5000, 0);
	struct hub_kafka *kafka = open_member(world, "a");
	const struct hub_kafka_port *port = hub_kafka_port(kafka);
	struct hub_kafka_event event;
	struct hub_error error;
	take_all(port);
	srandom(7);
	for (int round = 0; round < 500; round++) {
		int64_t next = random() % 4900;
		const struct hub_kafka_offset from = { { INPUT, 0 }, next, { NULL, 0 } };
		must(port->assign(port->user, &from, 1, &error), &error);
		for (int64_t i = 0, n = random() % 60; i < n; i++) {
			await(port, HUB_KAFKA_RECORD, &event);
			assert_int_equal(event.offset, next + i);
		}
	}
	hub_kafka_close(kafka, 3000);
}

/* Polls both members, answering rebalances, until both own what they should. */
static void settle(
        const struct hub_kafka_port *a, const struct hub_kafka_port *b, uint32_t *owned_a, uint32_t *owned_b)
{
	const struct hub_kafka_port *ports[] = { a, b };
	uint32_t *owned[] = { owned_a, owned_b };
	struct hub_kafka_event event;
	struct hub_error error;
	for (int64_t end = now_ms() + 20000; now_ms() < end && (*owned_a != 2 || *owned_b != 2);)
		for (int i = 0; i < 2; i++) {
			must(ports[i]->poll(ports[i]->user, 20000, &event, &error), &error);
			if (event.kind == HUB_KAFKA_REVOKE) {
				assert_false(event.lost);
				must(ports[i]->assign(ports[i]->user, NULL, 0, &error), &error);
				*owned[i] = 0;
			} else if (event.kind == HUB_KAFKA_ASSIGN) {
				*owned[i] = assign_from(ports[i], &event, 0);
			}
		}
	assert_int_equal(*owned_a, 2);
	assert_int_equal(*owned_b, 2);
}

static void stale_member_is_refused(void **state)
{
	struct world *world = *state;
	struct hub_kafka *first = open_member(world, "a");
	const struct hub_kafka_port *a = hub_kafka_port(first);
	struct hub_error error;
	take_all(a);
	init_transactions(a);
	must(transact(a, 0, "mine", 0, &error), &error);
	must(a->commit(a->user, &error), &error);

	struct hub_kafka *second = open_member(world, "b");
	uint32_t owned_a = PARTITIONS, owned_b = 0;
	settle(a, hub_kafka_port(second), &owned_a, &owned_b);

	/* a never took the new generation's metadata: what it decided belongs to the old one. */
	assert_int_equal(transact(a, 3, "late", 0, &error), HUB_E_REFUSED);
	must(a->abort(a->user, &error), &error);
	must(a->take_group_metadata(a->user, &error), &error);
	must(transact(a, 0, "mine again", 0, &error), &error);
	must(a->commit(a->user, &error), &error);
	assert_int_equal(count_records(world, OUTPUT, false), 2);
	hub_kafka_close(first, 3000);

	/* Leaving gives the rest to the other at once. */
	struct hub_kafka_event event;
	await(hub_kafka_port(second), HUB_KAFKA_REVOKE, &event);
	await(hub_kafka_port(second), HUB_KAFKA_ASSIGN,
	        &event); /* unanswered events are answered by "nothing" */
	assert_int_equal(event.partition_count, PARTITIONS);
	hub_kafka_close(second, 3000);
}

/* Who has nothing to read, or finds its membership gone, answers so; it has to hear of the next rebalance all the same, or the
 * whole group would wait for it until max.poll.interval.ms. */
static void nothing_is_an_answer_too(void **state)
{
	struct world *world = *state;
	struct hub_kafka *first = open_member(world, "a");
	const struct hub_kafka_port *a = hub_kafka_port(first);
	struct hub_kafka_event event;
	struct hub_error error;
	await(a, HUB_KAFKA_ASSIGN, &event);
	must(a->assign(a->user, NULL, 0, &error), &error);
	struct hub_kafka *second = open_member(world, "b");
	uint32_t owned_a = 0, owned_b = 0;
	settle(a, hub_kafka_port(second), &owned_a, &owned_b);
	hub_kafka_close(first, 3000);
	hub_kafka_close(second, 3000);
}

/* Who cannot do its share yet takes none. */
static void nobody_is_a_member_before_it_joins(void **state)
{
	struct world *world = *state;
	struct hub_kafka *first = open_member(world, "a"), *second = open_outside(world, "b");
	const struct hub_kafka_port *a = hub_kafka_port(first), *b = hub_kafka_port(second);
	struct hub_kafka_event event;
	struct hub_error error;
	take_all(a);
	for (int64_t end = now_ms() + 5000; now_ms() < end;) {
		must(a->poll(a->user, 50000, &event, &error), &error);
		assert_int_not_equal(event.kind, HUB_KAFKA_REVOKE);
		must(b->poll(b->user, 50000, &event, &error), &error);
		assert_int_equal(event.kind, HUB_KAFKA_NOTHING);
	}
	must(b->join(b->user, &error), &error);
	uint32_t owned_a = PARTITIONS, owned_b = 0;
	settle(a, b, &owned_a, &owned_b);
	hub_kafka_close(first, 3000);
	hub_kafka_close(second, 3000);
}

static void same_transactional_id_is_fenced(void **state)
{
	struct world *world = *state;
	struct hub_kafka *first = open_member(world, "a");
	const struct hub_kafka_port *a = hub_kafka_port(first);
	struct hub_error error;
	take_all(a);
	init_transactions(a);
	must(transact(a, 0, "one", 0, &error), &error);
	struct hub_kafka *second = open_member(world, "a");
	init_transactions(hub_kafka_port(second));
	assert_int_equal(a->commit(a->user, &error), HUB_E_FATAL);
	assert_int_equal(count_records(world, OUTPUT, false), 0);
	struct hub_kafka_event event = { 0 };
	await(a, HUB_KAFKA_ERROR, &event);
	assert_int_equal(event.error.code, HUB_E_FATAL);
	hub_kafka_close(first, 1000);
	hub_kafka_close(second, 3000);
}

/* A member that does not poll for too long: its partitions go to another one, what it still tries is refused,
 * and it is told that it has lost them. */
static void sleeper_is_refused_and_told(void **state)
{
	struct world *world = *state;
	world->items[1] = (struct hub_kafka_property){ "session.timeout.ms", "6000" };
	world->items[2] = (struct hub_kafka_property){ "max.poll.interval.ms", "6000" };
	world->properties.count = 3;
	struct hub_kafka *first = open_member(world, "a");
	const struct hub_kafka_port *a = hub_kafka_port(first);
	struct hub_kafka_event event;
	struct hub_error error;
	take_all(a);
	init_transactions(a);
	must(transact(a, 0, "awake", 0, &error), &error);
	must(a->commit(a->user, &error), &error);

	struct hub_kafka *second = open_member(world, "b");
	await(hub_kafka_port(second), HUB_KAFKA_ASSIGN, &event); /* a sleeps while b polls */
	assert_int_equal(event.partition_count, PARTITIONS);
	assert_int_equal(transact(a, 0, "asleep", 0, &error), HUB_E_REFUSED);
	must(a->abort(a->user, &error), &error);
	sleep(3); /* a heartbeat later its client knows it too */
	await(a, HUB_KAFKA_REVOKE, &event);
	assert_true(event.lost);
	assert_int_equal(count_records(world, OUTPUT, false), 1);
	hub_kafka_close(first, 1000);
	hub_kafka_close(second, 3000);
}

static void lost_inputs_are_told(void **state)
{
	struct world *world = *state;
	struct hub_kafka *kafka = open_member(world, "a");
	const struct hub_kafka_port *port = hub_kafka_port(kafka);
	struct hub_kafka_event event;
	struct hub_error error;
	take_all(port);
	const struct hub_kafka_offset beyond = { { INPUT, 0 }, 1000, { NULL, 0 } };
	must(port->assign(port->user, &beyond, 1, &error), &error);
	await(port, HUB_KAFKA_ERROR, &event);
	assert_int_equal(event.error.code, HUB_E_NOT_FOUND);
	assert_int_equal(event.at.partition, 0);
	hub_kafka_close(kafka, 3000);
}

static void reader_starts_where_told(void **state)
{
	struct world *world = *state;
	write_numbers(world, 0, 50, 0);
	write_numbers(world, 50, 50, 1);
	const struct {
		enum hub_read_from from;
		int64_t value;
		int32_t partition;
		int expected;
	} cases[] = {
		{ HUB_READ_BEGINNING, 0, -1, 100 },
		{ HUB_READ_BEGINNING, 0, 1, 50 },
		{ HUB_READ_END, 0, -1, 0 },
		{ HUB_READ_LAST, 10, -1, 20 },
		{ HUB_READ_OFFSET, 45, 0, 5 },
		{ HUB_READ_TIME, 0, -1, 100 },
		{ HUB_READ_TIME, INT64_C(4000000000000), -1, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hub_kafka_reader_options options = { .properties = world->properties,
			.topics = world->topics,
			.topic_count = 1,
			.partition = cases[i].partition,
			.from = cases[i].from,
			.from_value = cases[i].value };
		struct hub_kafka_reader *reader;
		struct hub_error error;
		must(hub_kafka_reader_open(&options, &reader, &error), &error);
		int count = 0;
		for (struct hub_kafka_event event = { 0 }; event.kind != HUB_KAFKA_EOF;) {
			must(hub_kafka_reader_next(reader, 1000, &event, &error), &error);
			count += event.kind == HUB_KAFKA_RECORD;
		}
		hub_kafka_reader_close(reader);
		assert_int_equal(count, cases[i].expected);
	}
}

int main(int argc, char **argv)
{
	bootstrap = argc > 1 ? argv[1] : getenv("HUB_TEST_KAFKA");
	if (!bootstrap || !*bootstrap) {
		fputs("usage: kafka_port_test BOOTSTRAP (or HUB_TEST_KAFKA): a broker that may be written "
		      "to\n",
		        stderr);
		return 64;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(topics_are_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(records_come_whole_and_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(transactions_commit_and_abort, setup, teardown),
		cmocka_unit_test_setup_teardown(assign_leaves_nothing_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(stale_member_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_an_answer_too, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_is_a_member_before_it_joins, setup, teardown),
		cmocka_unit_test_setup_teardown(same_transactional_id_is_fenced, setup, teardown),
		cmocka_unit_test_setup_teardown(sleeper_is_refused_and_told, setup, teardown),
		cmocka_unit_test_setup_teardown(lost_inputs_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(reader_starts_where_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
