/* What counts as a beginning for the join, and what its records and ends mean. */
#include "dashboard-gateway/hot/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct gateway_fence at_50 = { true, 10, 50, 1000 };

static struct gateway_join joined_at_50(int64_t high)
{
	struct gateway_join join;
	assert_true(gateway_join_begin(&join, at_50, high, 2000));
	assert_true(gateway_join_scanned(&join, at_50, high));
	assert_int_equal(join.from, 50);
	return join;
}

static void only_a_live_fence_counts(void **state)
{
	(void)state;
	struct gateway_fence fence = gateway_fence_parse(HUB_STR("10 50 LIVE 1000"));
	assert_true(fence.live && fence.epoch == 10 && fence.offset == 50 && fence.timestamp_ms == 1000);
	static const char *const others[] = { "", "10 - REBUILDING 1000 3", "10 50 LIVE", "10 50 live 1000",
		"-1 50 LIVE 1000", "x" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		fence = gateway_fence_parse(hub_str_from(others[i]));
		assert_false(fence.live);
		assert_int_equal(fence.offset, -1);
	}
}

static void a_fence_too_old_or_beyond_the_end_is_no_beginning(void **state)
{
	(void)state;
	struct gateway_join join;
	assert_true(gateway_join_begin(&join, at_50, 51, 1000 + GATEWAY_FENCE_AGE_MAX_MS));
	assert_false(gateway_join_begin(&join, at_50, 51, 1001 + GATEWAY_FENCE_AGE_MAX_MS));
	assert_int_equal(join.phase, GATEWAY_JOIN_READING);
	assert_int_equal(join.from, 0);
	assert_false(gateway_join_begin(&join, at_50, 50, 1000));
	assert_int_equal(join.until, 50);
}

static void the_end_may_come_before_the_fence_is_seen(void **state)
{
	(void)state;
	struct gateway_join join = joined_at_50(60);
	assert_int_equal(gateway_join_end(&join, 50), GATEWAY_JOIN_SKIP);
	assert_int_equal(gateway_join_record(&join, 50, 1000), GATEWAY_JOIN_APPLY);
	assert_false(gateway_join_whole(&join));
	assert_int_equal(gateway_join_end(&join, 60), GATEWAY_JOIN_SKIP);
	assert_true(gateway_join_whole(&join));
}

static void a_fence_of_another_changelog_begins_again(void **state)
{
	(void)state;
	struct gateway_join join = joined_at_50(60);
	assert_int_equal(gateway_join_record(&join, 50, 999), GATEWAY_JOIN_AGAIN);
	assert_int_equal(join.from, 0);
	assert_int_equal(join.until, 60);
	assert_int_equal(gateway_join_record(&join, 0, 5), GATEWAY_JOIN_APPLY);
	join = joined_at_50(60);
	assert_int_equal(gateway_join_record(&join, 51, 1000), GATEWAY_JOIN_AGAIN);
	join = joined_at_50(60);
	assert_int_equal(gateway_join_end(&join, 60), GATEWAY_JOIN_AGAIN);
	assert_false(gateway_join_whole(&join));
}

static void what_was_told_is_skipped(void **state)
{
	(void)state;
	struct gateway_join join;
	gateway_join_without(&join, 3);
	assert_int_equal(gateway_join_record(&join, 1, 5), GATEWAY_JOIN_APPLY);
	assert_int_equal(gateway_join_record(&join, 1, 5), GATEWAY_JOIN_SKIP);
	assert_int_equal(gateway_join_record(&join, 0, 5), GATEWAY_JOIN_SKIP);
	assert_int_equal(gateway_join_record(&join, 2, 5), GATEWAY_JOIN_APPLY);
	assert_true(gateway_join_whole(&join));
}

static void an_empty_changelog_is_whole_at_once(void **state)
{
	(void)state;
	struct gateway_join join;
	gateway_join_without(&join, 0);
	assert_true(gateway_join_whole(&join));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_live_fence_counts),
		cmocka_unit_test(a_fence_too_old_or_beyond_the_end_is_no_beginning),
		cmocka_unit_test(the_end_may_come_before_the_fence_is_seen),
		cmocka_unit_test(a_fence_of_another_changelog_begins_again),
		cmocka_unit_test(what_was_told_is_skipped),
		cmocka_unit_test(an_empty_changelog_is_whole_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
