/* Times as an operator writes them. */
#include "hubctl/when.h"

#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t at(const char *text)
{
	int64_t ms;
	assert_true(hub_time_parse(hub_str_from(text), &ms));
	return ms;
}

static void reads_what_people_write(void **state)
{
	(void)state;
	int64_t now = at("2026-02-09T10:30:00+08:00");
	static const char *const cases[][2] = {
		{ "2026-02-09T08:30", "2026-02-09T08:30:00+08:00" },
		{ "2026-02-09T08:30:15Z", "2026-02-09T08:30:15Z" },
		{ "2026-02-08", "2026-02-08T00:00:00+08:00" },
		{ "today", "2026-02-09T00:00:00+08:00" },
		{ "yesterday", "2026-02-08T00:00:00+08:00" },
		{ "now", "2026-02-09T10:30:00+08:00" },
		{ "-2h", "2026-02-09T08:30:00+08:00" },
		{ "-90s", "2026-02-09T10:28:30+08:00" },
		{ "-3d", "2026-02-06T10:30:00+08:00" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms;
		assert_int_equal(hubctl_when(hub_str_from(cases[i][0]), now, &ms, NULL), HUB_OK);
		assert_int_equal(ms, at(cases[i][1]));
	}
}

static void refuses_the_rest_with_what_it_wants(void **state)
{
	(void)state;
	static const char *const cases[] = { "", "-", "-h", "-2", "-2w", "2h", "tomorrow", "2026-02-30",
		"9:30" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms;
		struct hub_error err;
		assert_int_equal(hubctl_when(hub_str_from(cases[i]), 0, &ms, &err), HUB_E_INVALID);
		assert_non_null(strstr(err.text, "2026-02-09T08:30"));
	}
}

static void durations_read_well(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "0 s" },
		{ 59999, "59 s" },
		{ 60000, "1 min" },
		{ 7500000, "2 h 5 min" },
		{ 90000000, "1 d 1 h" },
		{ -60000, "-1 min" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[HUBCTL_DURATION_LEN];
		hubctl_duration(cases[i].ms, text);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_write),
		cmocka_unit_test(refuses_the_rest_with_what_it_wants),
		cmocka_unit_test(durations_read_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
