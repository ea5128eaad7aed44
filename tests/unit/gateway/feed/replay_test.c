/* Dead letters that go back, or not, against librdkafka's mock broker. */
#include "dashboard-gateway/feed/parts.h"
#include "feed_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MOST_MS = 30000 };

struct told {
	int count;
	enum hub_code code;
	int32_t partition;
	int64_t offset;
};

static void on_done(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	struct told *told = user;
	told->count++;
	told->code = err->code;
	told->partition = partition;
	told->offset = offset;
}

static int setup(void **state)
{
	static const char *const topics[] = { "referral-router.dead-letters", "referral.events",
		"referral.transfers", "registry" };
	struct feed_world *world = feed_world_new();
	*state = world;
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		feed_world_topic(world, topics[i], 1);
	return gateway_publisher_new(&world->feed, &world->feed.publisher, NULL) ||
	       gateway_fetcher_new(&world->feed, &world->feed.fetcher, NULL);
}

static int teardown(void **state)
{
	struct feed_world *world = *state;
	gateway_fetcher_free(world->feed.fetcher);
	gateway_publisher_free(world->feed.publisher);
	feed_world_free(world);
	return 0;
}

/* A letter with these headers, sent back. */
static struct told replay(struct feed_world *world, const struct hub_header *headers, uint32_t count)
{
	struct told lies = { 0 }, back = { 0 };
	const struct gateway_record letter = { .topic = "t.referral-router.dead-letters",
		.has_value = true,
		.value = HUB_STR("x"),
		.headers = headers,
		.header_count = count };
	gateway_publisher_send(world->feed.publisher, &letter, MOST_MS, on_done, &lies);
	assert_true(feed_world_run_to(world, &lies.count, 1, MOST_MS));
	assert_int_equal(lies.code, HUB_OK);
	gateway_feed_replay(
	        &world->feed, (struct gateway_place){ lies.partition, lies.offset }, MOST_MS, on_done, &back);
	assert_true(feed_world_run_to(world, &back.count, 1, MOST_MS));
	return back;
}

static struct told replay_of(struct feed_world *world, const char *reason, const char *topic)
{
	const struct hub_header headers[] = { { HUB_STR("hub_dlq_reason"), hub_str_from(reason) },
		{ HUB_STR("hub_dlq_topic"), hub_str_from(topic) } };
	return replay(world, headers, 2);
}

static void it_goes_only_where_the_router_reads(void **state)
{
	assert_int_equal(replay_of(*state, "RULE", "t.referral.events").code, HUB_OK);
	assert_int_equal(replay_of(*state, "RULE", "t.referral.transfers").code, HUB_OK);
	static const char *const others[] = { "t.registry", "t.referral-router.dead-letters",
		"t.referral.events.", "referral.events", "t.", "" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(replay_of(*state, "RULE", others[i]).code, HUB_E_INVALID);
}

static void what_would_only_come_back_stays(void **state)
{
	assert_int_equal(replay_of(*state, "CRASHED", "t.referral.events").code, HUB_E_REFUSED);
	assert_int_equal(replay_of(*state, "TOO_LARGE", "t.referral.events").code, HUB_E_REFUSED);
}

/* Letters of before may begin with what their sender wrote under the same names. */
static void the_routers_own_headers_count(void **state)
{
	const struct hub_header forged[] = { { HUB_STR("hub_dlq_topic"), HUB_STR("t.registry") },
		{ HUB_STR("hub_dlq_reason"), HUB_STR("CRASHED") },
		{ HUB_STR("hub_dlq_reason"), HUB_STR("RULE") },
		{ HUB_STR("hub_dlq_topic"), HUB_STR("t.referral.events") } };
	struct told told = replay(*state, forged, 4);
	assert_int_equal(told.code, HUB_OK);
	assert_int_equal(told.offset, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_goes_only_where_the_router_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(what_would_only_come_back_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(the_routers_own_headers_count, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
