/* Publishing against librdkafka's mock broker: told once, whatever happens, and never before the call has returned. */
#include "base/hash.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"
#include "feed_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
	PARTITIONS = 4,
	PRODUCE = 0 /* number of the request in Kafka's protocol */,
	LARGE = 3 << 20,
	FLIGHT = 10000
};

struct told {
	int count;
	enum hub_code code;
	int32_t partition;
	int64_t offset;
};

static int setup(void **state)
{
	struct feed_world *world = feed_world_new();
	*state = world;
	feed_world_topic(world, "a", PARTITIONS);
	return gateway_publisher_new(&world->feed, &world->feed.publisher, NULL);
}

static int teardown(void **state)
{
	struct feed_world *world = *state;
	gateway_publisher_free(world->feed.publisher);
	feed_world_free(world);
	return 0;
}

static void on_published(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	struct told *told = user;
	told->count++;
	told->code = err->code;
	told->partition = partition;
	told->offset = offset;
}

static void publish(
        struct feed_world *world, struct hub_str key, struct hub_str value, int timeout_ms, struct told *told)
{
	const struct hub_header header = { HUB_STR("h"), HUB_STR("v") };
	gateway_feed_publish(&world->feed, "a", key, value, &header, 1, timeout_ms, on_published, told);
}

static void it_is_told_where_the_record_lies(void **state)
{
	struct feed_world *world = *state;
	for (int i = 0; i < 3; i++) {
		struct told told = { 0 };
		publish(world, HUB_STR("330281"), HUB_STR("value"), 10000, &told);
		assert_int_equal(told.count, 0);
		assert_true(feed_world_run_to(world, &told.count, 1, 10000));
		assert_int_equal(told.code, HUB_OK);
		assert_int_equal(told.partition, hub_partition_of(HUB_STR("330281"), PARTITIONS));
		assert_int_equal(told.offset, i);
	}
	gateway_feed_publish(
	        &world->feed, "a", HUB_STR("k"), HUB_STR("nobody asks"), NULL, 0, 1000, NULL, NULL);
}

static void a_late_answer_is_not_told_twice(void **state)
{
	struct feed_world *world = *state;
	struct told told = { 0 }, next = { 0 };
	feed_world_broker(world, false);
	publish(world, HUB_STR("k"), HUB_STR("v"), 200, &told);
	assert_true(feed_world_run_to(world, &told.count, 1, 3000));
	assert_int_equal(told.code, HUB_E_RETRY);
	feed_world_broker(world, true);
	publish(world, HUB_STR("k"), HUB_STR("v"), 20000, &next);
	assert_true(feed_world_run_to(world, &next.count, 1, 20000));
	assert_int_equal(next.code, HUB_OK);
	assert_int_equal(next.offset, 1); /* the first one has arrived after all, and before */
	assert_int_equal(told.count, 1);
}

static void what_is_too_much_is_refused_in_the_next_turn(void **state)
{
	struct feed_world *world = *state;
	struct told many = { 0 }, one_more = { 0 };
	feed_world_broker(world, false);
	for (int i = 0; i < FLIGHT; i++)
		publish(world, HUB_STR("k"), HUB_STR("v"), 60000, &many);
	publish(world, HUB_STR("k"), HUB_STR("v"), 60000, &one_more);
	assert_int_equal(one_more.count, 0);
	assert_true(feed_world_run_to(world, &one_more.count, 1, 2000));
	assert_int_equal(one_more.code, HUB_E_RETRY);
	assert_int_equal(many.count, 0);
	feed_world_broker(world, true);
	assert_true(feed_world_run_to(world, &many.count, FLIGHT, 20000));
	assert_int_equal(many.code, HUB_OK);
}

static void too_large_is_said_at_once(void **state)
{
	struct feed_world *world = *state;
	struct told told = { 0 };
	char *bytes = calloc(1, LARGE);
	assert_non_null(bytes);
	publish(world, HUB_STR("k"), (struct hub_str){ bytes, LARGE }, 10000, &told);
	free(bytes);
	assert_true(feed_world_run_to(world, &told.count, 1, 2000));
	assert_int_equal(told.code, HUB_E_TOO_LARGE);
}

static void a_producer_that_failed_for_good_is_made_anew(void **state)
{
	struct feed_world *world = *state;
	struct told told = { 0 }, next = { 0 };
	rd_kafka_mock_push_request_errors(
	        world->cluster, PRODUCE, 1, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
	publish(world, HUB_STR("k"), HUB_STR("v"), 10000, &told);
	assert_true(feed_world_run_to(world, &told.count, 1, 15000));
	assert_int_equal(told.code, HUB_E_RETRY);
	publish(world, HUB_STR("k"), HUB_STR("v"), 10000, &next);
	assert_true(feed_world_run_to(world, &next.count, 1, 15000));
	assert_int_equal(next.code, HUB_OK);
	assert_non_null(strstr(feed_world_log(world), "made anew"));
}

static void whoever_waits_at_the_end_is_told(void **state)
{
	struct feed_world *world = *state;
	struct told told = { 0 };
	feed_world_broker(world, false);
	publish(world, HUB_STR("k"), HUB_STR("v"), 60000, &told);
	int64_t began_us = gateway_steady_us();
	gateway_publisher_free(world->feed.publisher);
	world->feed.publisher = NULL;
	assert_int_equal(told.count, 1);
	assert_int_equal(told.code, HUB_E_RETRY);
	assert_true(gateway_steady_us() - began_us < 4000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_told_where_the_record_lies, setup, teardown),
		cmocka_unit_test_setup_teardown(a_late_answer_is_not_told_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        what_is_too_much_is_refused_in_the_next_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(too_large_is_said_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        a_producer_that_failed_for_good_is_made_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(whoever_waits_at_the_end_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
