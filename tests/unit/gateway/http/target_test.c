/* Targets of requests: what is decoded, and what is refused since two programs could read it in two ways. */
#include "dashboard-gateway/http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int parse(const char *text, struct gateway_target *target)
{
	return gateway_target_parse(hub_str_from(text), target, NULL);
}

static void path_and_query_are_decoded(void **state)
{
	(void)state;
	struct gateway_target target;
	assert_int_equal(
	        parse("/api/v1/referrals/a%20b%E5%8E%BF?org=990121-H01&q=a+b%2Bc&empty=&flag", &target),
	        HUB_OK);
	assert_int_equal(target.segment_count, 4);
	assert_true(hub_str_is(target.segments[3], "a b\xe5\x8e\xbf"));
	assert_true(hub_str_is(target.path, "/api/v1/referrals/a%20b%E5%8E%BF"));
	assert_int_equal(target.param_count, 4);
	assert_true(hub_str_is(gateway_target_param(&target, "q"), "a b+c"));
	assert_true(hub_str_empty(gateway_target_param(&target, "empty")));
	assert_true(hub_str_is(target.params[3].name, "flag"));
	assert_true(hub_str_empty(gateway_target_param(&target, "none")));
}

static void the_root_has_no_segments(void **state)
{
	(void)state;
	struct gateway_target target;
	assert_int_equal(parse("/", &target), HUB_OK);
	assert_int_equal(target.segment_count, 0);
	assert_int_equal(parse("/?a=1", &target), HUB_OK);
	assert_int_equal(target.segment_count, 0);
	assert_int_equal(target.param_count, 1);
}

static void what_is_ambiguous_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "live", "http://x/live", "*", "//live", "/live/", "/a//b",
		"/a/../b", "/a/%2e%2e/b", "/.", "/a%2fb", "/a%5Cb", "/a%00b", "/a%0ab", "/a%7f", "/a%",
		"/a%4", "/a%zz", "/a b", "/a\x01", "/a\xc3\xa4", "/a#b", "/a%ff", "/a%c0%af", "/?a=%00",
		"/?a=%0d%0a", "/?a=%f" };
	struct gateway_target target;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], &target) != HUB_E_INVALID)
			fail_msg("taken: %s", bad[i]);
}

static void there_are_limits(void **state)
{
	(void)state;
	struct gateway_target target;
	static char text[GATEWAY_TARGET_MAX + 2];
	memset(text, 'a', sizeof(text) - 1);
	text[0] = '/';
	assert_int_equal(parse(text, &target), HUB_E_TOO_LARGE);
	text[GATEWAY_TARGET_MAX] = '\0';
	assert_int_equal(parse(text, &target), HUB_OK);
	assert_int_equal(parse("/1/2/3/4/5/6/7/8", &target), HUB_OK);
	assert_int_equal(parse("/1/2/3/4/5/6/7/8/9", &target), HUB_E_TOO_LARGE);
	char query[200] = "/?";
	for (int i = 0; i < GATEWAY_PARAMS; i++)
		strncat(query, "a=1&", sizeof(query) - strlen(query) - 1);
	assert_int_equal(parse(query, &target), HUB_OK);
	strncat(query, "b=1", sizeof(query) - strlen(query) - 1);
	assert_int_equal(parse(query, &target), HUB_E_TOO_LARGE);
}

static void what_is_escaped_is_read_again(void **state)
{
	(void)state;
	static const char text[] = "a b&c=d%\xe5\x8e\xbf/?+~";
	struct gateway_target target;
	struct hub_buf out;
	hub_buf_init(&out, 1000);
	hub_buf_text(&out, "/?q=");
	gateway_target_escape(hub_str_from(text), &out);
	hub_buf_byte(&out, '\0');
	assert_null(strchr(out.data + 4, ' '));
	assert_int_equal(parse(out.data, &target), HUB_OK);
	assert_true(hub_str_is(gateway_target_param(&target, "q"), text));
	hub_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_and_query_are_decoded),
		cmocka_unit_test(the_root_has_no_segments),
		cmocka_unit_test(what_is_ambiguous_is_refused),
		cmocka_unit_test(there_are_limits),
		cmocka_unit_test(what_is_escaped_is_read_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
