/* Working time against a walk minute by minute, over days off and extra working days of every kind. */
#include "base/calendar.h"
#include "base/workdays.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STEP_MS = 30 * HUB_MINUTE_MS };

/* 2026-02-15..23 off but 02-21 both off and worked; Saturday 14 and 28, Sunday 03-01 worked. */
static struct hub_workdays spring_festival(int32_t off[9], int32_t extra[4])
{
	int32_t first = hub_day_from_ymd(2026, 2, 15);
	for (int i = 0; i < 9; i++)
		off[i] = first + i;
	extra[0] = first - 1;
	extra[1] = first + 6;
	extra[2] = first + 13;
	extra[3] = first + 14;
	return (struct hub_workdays){ .days_off = off,
		.days_off_count = 9,
		.extra_working_days = extra,
		.extra_working_days_count = 4 };
}

static void test_days(void **state)
{
	(void)state;
	int32_t off[9], extra[4], first = hub_day_from_ymd(2026, 2, 9);
	struct hub_workdays workdays = spring_festival(off, extra);
	const char *expected =
	        "WWWWWW" /* 9..14 */ "......" /* 15..20 */ "W" /* 21 */ ".." /* 22, 23 */ "WWWW" /* 24..27 */
	        "WW" /* 28, 1 March */ "WWWWW" /* 2..6 */ ".." /* 7, 8 */;
	for (int i = 0; expected[i]; i++)
		assert_int_equal(hub_workdays_is_working(&workdays, first + i), expected[i] == 'W');
	struct hub_workdays none = { 0 };
	for (int i = 0; i < 3000; i++)
		assert_int_equal(hub_workdays_is_working(&none, i - 1500), hub_weekday(i - 1500) <= 5);
}

static void test_against_steps(void **state)
{
	(void)state;
	int32_t off[9], extra[4];
	struct hub_workdays workdays = spring_festival(off, extra);
	int64_t begin_ms = hub_day_start_ms(hub_day_from_ymd(2026, 2, 12)) + 10 * HUB_HOUR_MS;
	for (int from = 0; from < 24 * 2 * 12; from += 5) {
		int64_t from_ms = begin_ms + (int64_t)from * STEP_MS, passed_ms = 0;
		for (int64_t now_ms = from_ms; now_ms < from_ms + 14 * (int64_t)HUB_DAY_MS;
		        now_ms += STEP_MS) {
			bool working = hub_workdays_is_working(&workdays, hub_day_of(now_ms));
			assert_int_equal(hub_workdays_between(&workdays, from_ms, now_ms), passed_ms);
			if (working)
				assert_int_equal(hub_workdays_add(&workdays, from_ms, passed_ms), now_ms);
			passed_ms += working ? STEP_MS : 0;
		}
	}
}

static void test_there_and_back(void **state)
{
	(void)state;
	int32_t off[9], extra[4];
	struct hub_workdays workdays = spring_festival(off, extra);
	int64_t from_ms = hub_day_start_ms(hub_day_from_ymd(2026, 2, 10));
	for (int64_t i = 0; i < 5000; i++) {
		int64_t at_ms = from_ms + i * 7654321, amount_ms = i * 1234567 % (9 * (int64_t)HUB_DAY_MS);
		int64_t due_ms = hub_workdays_add(&workdays, at_ms, amount_ms);
		assert_true(due_ms >= at_ms);
		assert_true(hub_workdays_is_working(&workdays, hub_day_of(due_ms)));
		assert_int_equal(hub_workdays_between(&workdays, at_ms, due_ms), amount_ms);
	}
	assert_int_equal(hub_workdays_between(&workdays, from_ms, from_ms - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_against_steps),
		cmocka_unit_test(test_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
