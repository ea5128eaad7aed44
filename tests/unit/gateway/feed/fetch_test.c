/* Records by place against librdkafka's mock broker. */
#include "dashboard-gateway/feed/parts.h"
#include "feed_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { RECORDS = 1500, WAITING = 128 };

struct found {
	int count; /* of calls */
	enum hub_code code;
	uint32_t records;
	int32_t partitions[64];
	int64_t offsets[64];
	char values[64][16];
};

static void on_published(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	(void)partition, (void)offset;
	assert_int_equal(err->code, HUB_OK);
	++*(int *)user;
}

/* In partition 1 and 2 of 3: value = offset. */
static void fill(struct feed_world *world)
{
	int sent = 0;
	for (int i = 0; i < 2 * RECORDS; i++) {
		char value[16];
		snprintf(value, sizeof(value), "%d", i / 2);
		const struct gateway_record record = { .topic = "t.log",
			.partition = 1 + i % 2,
			.has_value = true,
			.value = hub_str_from(value) };
		gateway_publisher_send(world->feed.publisher, &record, 30000, on_published, &sent);
	}
	assert_true(feed_world_run_to(world, &sent, 2 * RECORDS, 30000));
}

static int setup(void **state)
{
	struct feed_world *world = feed_world_new();
	*state = world;
	feed_world_topic(world, "log", 3);
	if (gateway_publisher_new(&world->feed, &world->feed.publisher, NULL) ||
	        gateway_fetcher_new(&world->feed, &world->feed.fetcher, NULL))
		return -1;
	fill(world);
	return 0;
}

static int teardown(void **state)
{
	struct feed_world *world = *state;
	gateway_fetcher_free(world->feed.fetcher);
	gateway_publisher_free(world->feed.publisher);
	feed_world_free(world);
	return 0;
}

static void on_fetched(
        void *user, const struct hub_kafka_event *events, uint32_t count, const struct hub_error *err)
{
	struct found *found = user;
	found->count++;
	found->code = err->code;
	found->records = count;
	for (uint32_t i = 0; i < count; i++) {
		found->partitions[i] = events[i].at.partition;
		found->offsets[i] = events[i].offset;
		snprintf(found->values[i], sizeof(found->values[i]), "%.*s", HUB_STR_ARG(events[i].value));
	}
}

static void expect(struct feed_world *world, const struct gateway_place *places, uint32_t count,
        const struct gateway_place *wanted, uint32_t wanted_count)
{
	struct found found = { 0 };
	char value[16];
	gateway_feed_fetch(&world->feed, "log", places, count, 10000, on_fetched, &found);
	assert_int_equal(found.count, 0);
	assert_true(feed_world_run_to(world, &found.count, 1, 12000));
	assert_int_equal(found.code, HUB_OK);
	assert_int_equal(found.records, wanted_count);
	for (uint32_t i = 0; i < wanted_count; i++) {
		snprintf(value, sizeof(value), "%lld", (long long)wanted[i].offset);
		assert_int_equal(found.partitions[i], wanted[i].partition);
		assert_int_equal(found.offsets[i], wanted[i].offset);
		assert_string_equal(found.values[i], value);
	}
}

static void they_come_in_the_order_asked_for(void **state)
{
	const struct gateway_place places[] = { { 2, 1499 }, { 1, 0 }, { 1, 3 }, { 1, 1250 }, { 2, 0 },
		{ 1, 2 } };
	expect(*state, places, 6, places, 6);
	expect(*state, places, 1, places, 1);
	expect(*state, NULL, 0, NULL, 0);
}

static void those_that_are_not_there_are_left_out(void **state)
{
	const struct gateway_place places[] = { { 1, 1500 }, { 1, 5 }, { 1, 1000000 }, { 0, 0 }, { 2, 7 },
		{ 1, 1499 } };
	const struct gateway_place wanted[] = { { 1, 5 }, { 2, 7 }, { 1, 1499 } };
	expect(*state, places, 6, wanted, 3);
}

static void many_requests_are_served_in_turn(void **state)
{
	struct feed_world *world = *state;
	static struct found found[WAITING + 1];
	for (int i = 0; i <= WAITING; i++) {
		const struct gateway_place places[] = { { 1, i * 4 }, { 2, i * 3 } };
		found[i] = (struct found){ 0 };
		gateway_feed_fetch(&world->feed, "log", places, 2, 60000, on_fetched, &found[i]);
	}
	assert_true(feed_world_run_to(world, &found[WAITING].count, 1, 2000));
	assert_int_equal(found[WAITING].code, HUB_E_RETRY); /* one too many */
	/* 256 runs: were each to wait for librdkafka to wake up by itself, a second, this would not do. */
	assert_true(feed_world_run_to(world, &found[WAITING - 1].count, 1, 50000));
	for (int i = 0; i < WAITING; i++) {
		assert_int_equal(found[i].count, 1);
		assert_int_equal(found[i].code, HUB_OK);
		assert_int_equal(found[i].records, 2);
		assert_int_equal(found[i].offsets[1], i * 3);
	}
}

static void no_answer_in_time_is_told_and_the_next_one_is_served(void **state)
{
	struct feed_world *world = *state;
	const struct gateway_place place = { 1, 17 };
	struct found found = { 0 };
	feed_world_broker(world, false);
	gateway_feed_fetch(&world->feed, "log", &place, 1, 300, on_fetched, &found);
	assert_true(feed_world_run_to(world, &found.count, 1, 3000));
	assert_int_equal(found.code, HUB_E_RETRY);
	feed_world_broker(world, true);
	expect(world, &place, 1, &place, 1);
}

static void whoever_waits_at_the_end_is_told(void **state)
{
	struct feed_world *world = *state;
	const struct gateway_place place = { 1, 17 };
	struct found found[2] = { { 0 }, { 0 } };
	for (int i = 0; i < 2; i++)
		gateway_feed_fetch(&world->feed, "log", &place, 1, 10000, on_fetched, &found[i]);
	gateway_fetcher_free(world->feed.fetcher);
	world->feed.fetcher = NULL;
	assert_int_equal(found[0].code, HUB_E_RETRY);
	assert_int_equal(found[1].count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_come_in_the_order_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(those_that_are_not_there_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(many_requests_are_served_in_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        no_answer_in_time_is_told_and_the_next_one_is_served, setup, teardown),
		cmocka_unit_test_setup_teardown(whoever_waits_at_the_end_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
