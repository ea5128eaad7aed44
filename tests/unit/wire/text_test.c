/* UTF-8, moments, near names. */
#include "base/calendar.h"
#include "random_record.h"
#include "wire/moment.h"
#include "wire/near.h"
#include "wire/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The bytes of a code point as the encoding is defined, also where it is not allowed. */
static uint32_t put_code_point(uint32_t code, char *at)
{
	if (code < 0x80) {
		at[0] = (char)code;
		return 1;
	}
	uint32_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (uint32_t i = len - 1; i > 0; i--, code >>= 6)
		at[i] = (char)(0x80 | (code & 0x3f));
	at[0] = (char)((0xf00 >> len & 0xf0) | code);
	return len;
}

static void every_code_point_is_judged(void **state)
{
	(void)state;
	/* Eight bytes before, so that the fast path for ASCII is left within a text. */
	char text[16] = "01234567";
	for (uint32_t code = 0; code < 0x120000; code++) {
		uint32_t len = put_code_point(code, text + 8);
		bool allowed = code < 0x110000 && (code < 0xd800 || code > 0xdfff);
		assert_true(hub_utf8_valid((struct hub_str){ text, 8 + len }) == allowed);
		if (len > 1) {
			assert_false(hub_utf8_valid((struct hub_str){ text, 8 + len - 1 }));
			text[8 + len - 1] = 'x';
			assert_false(hub_utf8_valid((struct hub_str){ text, 8 + len }));
		}
	}
	assert_false(hub_utf8_valid(HUB_STR("\xe0\x9f\xbf")));
	assert_false(hub_utf8_valid(HUB_STR("\xf0\x8f\xbf\xbf")));
	assert_false(hub_utf8_valid(HUB_STR("\xc1\xbf")));
	assert_false(hub_utf8_valid(HUB_STR("\x80")));
	assert_true(hub_utf8_valid((struct hub_str){ NULL, 0 }));
}

static void moments_lose_nothing(void **state)
{
	(void)state;
	struct random_source source = { 11 };
	char text[HUB_MOMENT_LEN + 1];
	for (int i = 0; i < 100000; i++) {
		int64_t at_ms =
		        (int64_t)(random_next(&source) % UINT64_C(315000000000000)) - INT64_C(62135000000000);
		int64_t back;
		if (i % 2)
			at_ms -= at_ms % HUB_SECOND_MS;
		assert_true(hub_moment_format(at_ms, text));
		assert_true(hub_time_parse(hub_str_from(text), &back));
		assert_true(back == at_ms);
	}
	assert_true(HUB_TIME_FIRST_MS == hub_day_start_ms(hub_day_from_ymd(1, 1, 1)));
	assert_true(HUB_TIME_LAST_MS == hub_day_start_ms(hub_day_from_ymd(10000, 1, 1)) - 1);
	assert_false(hub_moment_format(HUB_TIME_FIRST_MS - 1, text));
	assert_false(hub_moment_format(HUB_TIME_LAST_MS + 1, text));
	assert_false(hub_moment_format(INT64_MAX, text));
	assert_false(hub_moment_format(INT64_MIN, text));
	assert_true(hub_moment_format(0, text));
	assert_string_equal(text, "1970-01-01T08:00:00+08:00");
}

static const char *nearest(const char *typed)
{
	static const char *const names[] = { "capacity", "starts_at", "ends_at", "session_id", "org_id" };
	struct hub_near near = hub_near_start(hub_str_from(typed));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		hub_near_offer(&near, names[i]);
	return near.best;
}

static void near_names_are_found_and_far_ones_are_not(void **state)
{
	(void)state;
	assert_string_equal(nearest("capcity"), "capacity");
	assert_string_equal(nearest("Session_Id"), "session_id");
	assert_string_equal(nearest("start_at"), "starts_at");
	assert_string_equal(nearest("ogr_id"), "org_id");
	assert_null(nearest("patient"));
	assert_null(nearest(""));
	assert_null(nearest("a name that is much longer than any field of ours could ever be"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_judged),
		cmocka_unit_test(moments_lose_nothing),
		cmocka_unit_test(near_names_are_found_and_far_ones_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
