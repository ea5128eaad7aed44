/* Limits, pace, entity tags, repeats: what is decided without a socket. */
#include "dashboard-gateway/http/etag.h"
#include "dashboard-gateway/http/limits.h"
#include "dashboard-gateway/http/pace.h"
#include "dashboard-gateway/http/repeats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static uint32_t take(struct gateway_limits *limits, const char *address, const char *user, int64_t now_ms)
{
	return gateway_limits_take(limits, hub_str_from(address), hub_str_from(user), now_ms);
}

static void a_burst_is_let_through_and_what_follows_waits(void **state)
{
	(void)state;
	const struct gateway_limits_options options = { .burst = 10, .window_ms = 1000, .seed = 7 };
	struct gateway_limits *limits = gateway_limits_new(&options);
	for (int i = 0; i < 10; i++)
		assert_int_equal(take(limits, "1.1.1.1", "a", 5000), 0);
	uint32_t wait = take(limits, "1.1.1.1", "a", 5000);
	assert_in_range(wait, 1, 101);
	assert_int_equal(take(limits, "1.1.1.1", "b", 5000), 0);
	assert_int_equal(take(limits, "1.1.1.2", "a", 5000), 0);
	assert_int_equal(take(limits, "1.1.1.1", "a", 5000 + wait), 0);
	assert_int_not_equal(take(limits, "1.1.1.1", "a", 5000 + wait), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(take(limits, "1.1.1.1", "a", 7000), 0);
	assert_int_not_equal(take(limits, "1.1.1.1", "a", 7000), 0);
	gateway_limits_free(limits);
}

/* address "1" and user "2a" are not address "12" and user "a". */
static void who_is_who_is_not_mixed_up(void **state)
{
	(void)state;
	const struct gateway_limits_options options = { .burst = 1, .window_ms = 1000, .seed = 7 };
	struct gateway_limits *limits = gateway_limits_new(&options);
	assert_int_equal(take(limits, "1", "2a", 1), 0);
	assert_int_equal(take(limits, "12", "a", 1), 0);
	assert_int_not_equal(take(limits, "12", "a", 1), 0);
	gateway_limits_free(limits);
}

static void the_table_of_limits_holds_any_number_of_readers(void **state)
{
	(void)state;
	const struct gateway_limits_options options = { .burst = 2, .window_ms = 10000, .seed = 9 };
	struct gateway_limits *limits = gateway_limits_new(&options);
	char address[32];
	for (int i = 0; i < 200000; i++) {
		snprintf(address, sizeof(address), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		assert_int_equal(take(limits, address, "", i), 0);
	}
	/* Those of the last moments are still known. */
	assert_int_equal(take(limits, address, "", 200000), 0);
	assert_int_not_equal(take(limits, address, "", 200000), 0);
	gateway_limits_free(limits);
}

static void a_full_reader_waits_until_all_is_read_and_is_cut_in_the_end(void **state)
{
	(void)state;
	struct gateway_reading reading = { 0 };
	assert_int_equal(gateway_pace_of(&reading, 0, 1000), GATEWAY_PACE_READY);
	assert_int_equal(gateway_pace_of(&reading, GATEWAY_PACE_FULL_BYTES - 1, 1000), GATEWAY_PACE_READY);
	assert_int_equal(gateway_pace_of(&reading, GATEWAY_PACE_FULL_BYTES, 1000), GATEWAY_PACE_WAIT);
	assert_int_equal(gateway_pace_of(&reading, 1, 2000), GATEWAY_PACE_WAIT);
	assert_int_equal(gateway_pace_of(&reading, 0, 3000), GATEWAY_PACE_READY);
	assert_int_equal(gateway_pace_of(&reading, GATEWAY_PACE_FULL_BYTES, 4000), GATEWAY_PACE_WAIT);
	assert_int_equal(gateway_pace_of(&reading, 1, 4000 + GATEWAY_PACE_CUT_MS - 1), GATEWAY_PACE_WAIT);
	assert_int_equal(gateway_pace_of(&reading, 1, 4000 + GATEWAY_PACE_CUT_MS), GATEWAY_PACE_CUT);
}

static void a_reader_that_takes_nothing_is_cut_though_it_is_not_full(void **state)
{
	(void)state;
	struct gateway_reading reading = { 0 };
	assert_int_equal(gateway_pace_of(&reading, 500, 1000), GATEWAY_PACE_READY);
	assert_int_equal(gateway_pace_of(&reading, 500, 1000 + GATEWAY_PACE_CUT_MS - 1), GATEWAY_PACE_READY);
	/* It took one byte of them; more was given since. */
	reading.unread = 900;
	assert_int_equal(gateway_pace_of(&reading, 899, 1000 + GATEWAY_PACE_CUT_MS), GATEWAY_PACE_READY);
	assert_int_equal(gateway_pace_of(&reading, 950, 1000 + 2 * GATEWAY_PACE_CUT_MS), GATEWAY_PACE_CUT);
}

static void entity_tags_are_found_in_lists(void **state)
{
	(void)state;
	static const struct {
		const char *list;
		bool weak, strong;
	} cases[] = {
		{ "\"a.1\"", true, true },
		{ "*", true, true },
		{ " * ", false, false },
		{ "\"b\", \"a.1\"", true, true },
		{ "\"b\",W/\"a.1\"", true, false },
		{ "W/\"a.1\", \"b\"", true, false },
		{ "\"a.12\"", false, false },
		{ "a.1", false, false },
		{ "\"a.1", false, false },
		{ "", false, false },
		{ "\"x, \"a.1\"", false, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hub_str list = hub_str_from(cases[i].list);
		if (gateway_etag_listed(list, HUB_STR("\"a.1\""), true) != cases[i].weak ||
		        gateway_etag_listed(list, HUB_STR("\"a.1\""), false) != cases[i].strong)
			fail_msg("%s", cases[i].list);
	}
}

static void the_newest_repeats_are_remembered(void **state)
{
	(void)state;
	struct gateway_repeats *repeats = gateway_repeats_new(3);
	static const char *const ids[] = { "e1", "e2", "e3", "e4" };
	assert_int_equal(gateway_repeats_find(repeats, HUB_STR("e1"), 1), GATEWAY_REPEAT_NEW);
	for (uint64_t i = 0; i < 4; i++)
		gateway_repeats_add(repeats, hub_str_from(ids[i]), i + 1);
	assert_int_equal(gateway_repeats_find(repeats, HUB_STR("e1"), 1), GATEWAY_REPEAT_NEW);
	assert_int_equal(gateway_repeats_find(repeats, HUB_STR("e2"), 2), GATEWAY_REPEAT_SAME);
	assert_int_equal(gateway_repeats_find(repeats, HUB_STR("e2"), 7), GATEWAY_REPEAT_OTHER);
	assert_int_equal(gateway_repeats_find(repeats, HUB_STR("e4"), 4), GATEWAY_REPEAT_SAME);
	gateway_repeats_free(repeats);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_let_through_and_what_follows_waits),
		cmocka_unit_test(who_is_who_is_not_mixed_up),
		cmocka_unit_test(the_table_of_limits_holds_any_number_of_readers),
		cmocka_unit_test(a_full_reader_waits_until_all_is_read_and_is_cut_in_the_end),
		cmocka_unit_test(a_reader_that_takes_nothing_is_cut_though_it_is_not_full),
		cmocka_unit_test(entity_tags_are_found_in_lists),
		cmocka_unit_test(the_newest_repeats_are_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
