/* The hot state of a partition whose fence is LIVE is the fold of its changelog up to the fence (I-2),
 * whoever wrote what when; Redis decides nothing. */
#include "toy.h"

#include "runtime/fence.h"
#include "runtime/handover.h"

#include <stdio.h>

static struct toy toy;

static int set_up(void **state)
{
	(void)state;
	toy_init(&toy);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	toy_done(&toy);
	return 0;
}

static void some_state(void)
{
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "after 60000");
	toy_event(&toy, 0, "b", "");
	toy_event(&toy, 1, "c", "");
	assert_int_equal(toy_run(&toy, 5), 0);
}

static void pass_a_second(void)
{
	toy.broker.now_us += 1100 * 1000;
	assert_int_equal(toy_run(&toy, 6), 0);
}

static void set_fence(int32_t partition, const char *text)
{
	char key[64];
	snprintf(key, sizeof(key), "{toy.%d}:fence", partition);
	redis_set(&toy.redis, key, "", text);
}

static void texts(void **state)
{
	(void)state;
	struct hub_fence fence = { 12, true, 34, 56, -1 }, back;
	char text[HUB_FENCE_TEXT_MAX];
	hub_fence_format(&fence, text);
	assert_string_equal(text, "12 34 LIVE 56");
	assert_true(hub_fence_parse(hub_str_from(text), &back));
	assert_int_equal(back.epoch, 12);
	assert_int_equal(back.offset, 34);
	assert_true(back.live);
	fence.live = false;
	fence.write = 3;
	hub_fence_format(&fence, text);
	assert_string_equal(text, "12 - REBUILDING 56 3");
	assert_true(hub_fence_parse(hub_str_from(text), &back));
	assert_false(back.live);
	static const char *const wrong[] = { "", "x", "12", "12 34", "12 34 LIVE", "12 - LIVE 5",
		"12 34 REBUILDING 5", "12 - REBUILDING 5", "12 34 LIVE 56 7", "12 34 live 56", "-1 3 LIVE 5",
		"12 34 LIVE x", "999999999999999999999 1 LIVE 1" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(hub_fence_parse(hub_str_from(wrong[i]), &back));
}

static void it_follows(void **state)
{
	(void)state;
	some_state();
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
	assert_string_equal(toy_redis(&toy, 0, "a"), "1");
	assert_string_equal(redis_get(&toy.redis, "{toy.0}:due", "a") ? "there" : "", "there");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_string_equal(toy_redis(&toy, 0, "a"), "2");
	toy_expect_redis_is_fold(&toy, 0);
	struct hub_runtime_status status;
	hub_runtime_status(toy.runtime, &status);
	assert_true(status.ready);
	assert_string_equal(status.store_reason, "");
}

static void a_new_owner_takes_over_what_stands_at_its_position(void **state)
{
	(void)state;
	some_state();
	uint32_t rebuilt = toy.notices[HUB_NOTICE_FENCE_REBUILDING];
	toy_start_ready(&toy, "01");
	assert_int_equal(toy.notices[HUB_NOTICE_FENCE_REBUILDING], rebuilt);
	assert_int_equal(toy.notices[HUB_NOTICE_FENCE_CLAIMED], 2);
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
}

static void a_redis_that_is_behind_is_written_anew(void **state)
{
	(void)state;
	some_state();
	toy.connection.fault = STORE_AWAY;
	toy_event(&toy, 0, "a", ""); /* committed, not followed; then the process dies */
	assert_int_equal(toy_run(&toy, 3), 0);
	toy.connection.fault = STORE_FINE;
	toy_start_ready(&toy, "01");
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
	assert_int_equal(toy.notices[HUB_NOTICE_FENCE_CLAIMED], 1); /* partition 1 was not behind */
}

static void flushall_is_mended_within_seconds_without_input(void **state)
{
	(void)state;
	some_state();
	redis_flush(&toy.redis);
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
	toy_event(&toy, 0, "b", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	toy_expect_redis_is_fold(&toy, 0);
}

static void an_older_copy_put_back_is_written_anew(void **state)
{
	(void)state;
	some_state();
	struct redis copy = toy.redis;
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "z", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	redis_put_back(&toy.redis, &copy);
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
}

static void strange_keys_are_wiped(void **state)
{
	(void)state;
	some_state();
	redis_set(&toy.redis, "{toy.0}:ghost", "count", "1");
	redis_set(&toy.redis, "{other.0}:mine", "count", "1");
	set_fence(0, "rubbish");
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
	assert_non_null(redis_get(&toy.redis, "{other.0}:mine", "count"));
}

static void a_write_without_an_answer_means_to_write_anew(enum store_fault fault)
{
	some_state();
	toy.connection.fault = fault;
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_a_second();
	pass_a_second();
	assert_true(toy.notices[HUB_NOTICE_STORE_AWAY] == 1 && toy.notices[HUB_NOTICE_STORE_BACK] == 1);
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
}

static void a_lost_reply(void **state)
{
	(void)state;
	a_write_without_an_answer_means_to_write_anew(STORE_LOST_REPLY);
}

static void a_lost_request(void **state)
{
	(void)state;
	a_write_without_an_answer_means_to_write_anew(STORE_LOST_REQUEST);
}

static void an_error_inside_means_to_write_anew(void **state)
{
	(void)state;
	some_state();
	toy.connection.fault = STORE_ERROR_INSIDE;
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_a_second();
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
}

static void redis_may_be_away(void **state)
{
	(void)state;
	toy.connection.fault = STORE_AWAY;
	some_state();
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1");
	struct hub_runtime_status status;
	hub_runtime_status(toy.runtime, &status);
	assert_non_null(strstr(status.store_reason, "away"));
	for (int i = 0; i < 5; i++) {
		toy_event(&toy, 0, "b", "");
		pass_a_second();
	}
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 b=2 b=3 b=4 b=5 b=6");
	assert_int_equal(toy.notices[HUB_NOTICE_STORE_AWAY], 1);
	toy.connection.fault = STORE_FINE;
	pass_a_second();
	pass_a_second();
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
}

static void a_later_owner_s_fence_is_left_alone(void **state)
{
	(void)state;
	some_state();
	/* Somebody opened a later assignment: its epoch is in the changelog. */
	char text[64];
	int64_t later = toy.broker.logs[STATE][0].end;
	broker_append(&toy.broker, STATE, 0, HUB_STR("position"), HUB_STR("of the later owner"), NULL, 0);
	snprintf(text, sizeof(text), "%lld %lld LIVE 5", (long long)later, (long long)later);
	set_fence(0, text);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_a_second();
	pass_a_second();
	assert_string_equal(toy_fence(&toy, 0), text);
	assert_string_equal(toy_redis(&toy, 0, "a"), "1");
	assert_int_equal(toy.notices[HUB_NOTICE_FENCE_STALE], 1);
	toy_expect_redis_is_fold(&toy, 1);
	/* Gone again (FLUSHALL), and we still believe to be the owner: write. The later owner's next look
	 * mends it. */
	redis_flush(&toy.redis);
	pass_a_second();
	pass_a_second();
	assert_string_equal(toy_redis(&toy, 0, "a"), "2");
}

static void a_fence_of_another_changelog_is_overwritten(void **state)
{
	(void)state;
	set_fence(0, "100000 100007 LIVE 5");
	redis_set(&toy.redis, "{toy.0}:ghost", "count", "1");
	some_state();
	pass_a_second();
	pass_a_second();
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
	assert_int_equal(toy.notices[HUB_NOTICE_FENCE_STALE], 0);
}

static void at_our_offset_of_another_changelog(void **state)
{
	(void)state;
	some_state();
	/* The same offsets, but another time: the topics were deleted and made anew. */
	char text[64];
	long long epoch, offset;
	assert_int_equal(sscanf(toy_fence(&toy, 0), "%lld %lld LIVE", &epoch, &offset), 2);
	snprintf(text, sizeof(text), "%lld %lld LIVE 5", epoch, offset);
	set_fence(0, text);
	redis_set(&toy.redis, "{toy.0}:ghost", "count", "1");
	toy_start_ready(&toy, "01");
	toy_expect_redis_is_fold(&toy, 0);
}

static void race(void *user)
{
	struct connection *connection = user;
	connection->before_exec = NULL;
	redis_set(connection->redis, "{toy.0}:fence", "", "0 7 LIVE 7");
}

static void a_fence_touched_between_look_and_write(void **state)
{
	(void)state;
	some_state();
	toy.connection.before_exec = race;
	toy.connection.user = &toy.connection;
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_a_second();
	pass_a_second();
	toy_expect_redis_is_fold(&toy, 0);
}

static void a_snapshot_in_pieces_with_changes_between(void **state)
{
	(void)state;
	char name[8];
	toy.options.snapshot_records = 2;
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		toy_event(&toy, 0, name, "");
	}
	assert_int_equal(toy_run(&toy, 3), 0);
	redis_flush(&toy.redis);
	toy.broker.now_us += 1100 * 1000;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), i % 2 ? "n%d" : "m%d", i);
		toy_event(&toy, 0, name, "");
		assert_int_equal(toy_run(&toy, 1), 0);
		if (i == 4)
			assert_non_null(strstr(toy_fence(&toy, 0), "- REBUILDING"));
	}
	assert_int_equal(toy_run(&toy, 20), 0);
	toy_expect_redis_is_fold(&toy, 0);
}

static void lost_in_the_middle_of_a_snapshot(void **state)
{
	(void)state;
	char name[8];
	toy.options.snapshot_records = 2;
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		toy_event(&toy, 0, name, "");
	}
	assert_int_equal(toy_run(&toy, 3), 0);
	redis_flush(&toy.redis);
	toy.broker.now_us += 1100 * 1000;
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_non_null(strstr(toy_fence(&toy, 0), "- REBUILDING"));
	redis_flush(&toy.redis);
	assert_int_equal(toy_run(&toy, 2), 0);
	toy.connection.fault = STORE_AWAY;
	assert_int_equal(toy_run(&toy, 5), 0);
	toy.connection.fault = STORE_FINE;
	pass_a_second();
	pass_a_second();
	assert_int_equal(toy_run(&toy, 30), 0);
	toy_expect_redis_is_fold(&toy, 0);
}

/* A delivery is full: who has a part in it misses it, and who found no room for one. */
static void a_full_delivery_is_missed_by_all(void **state)
{
	struct hub_handover *handover = hub_handover_new(4096);
	struct hub_share share = { .partition = 0, .epoch = 7 };
	(void)state;
	for (; share.partition < 2; share.partition++)
		hub_handover_own(handover, &share);
	assert_non_null(hub_handover_part(handover, 0, 7));
	assert_non_null(hub_arena_alloc(hub_handover_arena(handover), 4000));
	assert_null(hub_handover_part(handover, 1, 7));
	assert_false(hub_handover_give(handover, 0));
	for (uint32_t i = 0; hub_handover_share(handover, i, &share); i++)
		assert_true(share.missed);
	assert_non_null(hub_handover_part(handover, 1, 7)); /* the next one has room */
	assert_true(hub_handover_give(handover, 0));
	hub_handover_free(handover);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		cmocka_unit_test(texts),
		TEST(it_follows),
		TEST(a_new_owner_takes_over_what_stands_at_its_position),
		TEST(a_redis_that_is_behind_is_written_anew),
		TEST(flushall_is_mended_within_seconds_without_input),
		TEST(an_older_copy_put_back_is_written_anew),
		TEST(strange_keys_are_wiped),
		TEST(a_lost_reply),
		TEST(a_lost_request),
		TEST(an_error_inside_means_to_write_anew),
		TEST(redis_may_be_away),
		TEST(a_later_owner_s_fence_is_left_alone),
		TEST(a_fence_of_another_changelog_is_overwritten),
		TEST(at_our_offset_of_another_changelog),
		TEST(a_fence_touched_between_look_and_write),
		TEST(a_snapshot_in_pieces_with_changes_between),
		TEST(lost_in_the_middle_of_a_snapshot),
		cmocka_unit_test(a_full_delivery_is_missed_by_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
