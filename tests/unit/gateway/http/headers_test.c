/* Names, values and lists of headers. */
#include "dashboard-gateway/http/headers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void accept_is_read_as_it_is_meant(void **state)
{
	(void)state;
	static const struct {
		const char *accept;
		bool taken;
	} cases[] = {
		{ "", true },
		{ "*/*", true },
		{ "application/json", true },
		{ "Application/JSON; charset=utf-8", true },
		{ "application/*", true },
		{ "text/html, application/xhtml+xml, */*;q=0.8", true },
		{ "text/html", false },
		{ "text/html,text/*", false },
		{ "application/json;q=0", false },
		{ "application/json;q=0.5", true },
		{ "application/jsonp", false },
		{ "*", false },
		{ ",,,", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (gateway_accepts(hub_str_from(cases[i].accept), HUB_STR("application/json")) !=
		        cases[i].taken)
			fail_msg("%s", cases[i].accept);
}

static void content_types_have_parameters(void **state)
{
	(void)state;
	assert_true(gateway_content_is(HUB_STR("application/json"), HUB_STR("application/json")));
	assert_true(
	        gateway_content_is(HUB_STR("application/JSON ; charset=utf-8"), HUB_STR("application/json")));
	assert_false(gateway_content_is(HUB_STR(""), HUB_STR("application/json")));
	assert_false(gateway_content_is(HUB_STR("text/plain"), HUB_STR("application/json")));
	assert_false(gateway_content_is(HUB_STR("application/jsonx"), HUB_STR("application/json")));
	assert_false(
	        gateway_content_is(HUB_STR("text/plain; application/json"), HUB_STR("application/json")));
}

static void an_origin_is_this_host_or_another(void **state)
{
	(void)state;
	assert_true(gateway_origin_is(HUB_STR("http://hub.example:8080"), HUB_STR("hub.example:8080")));
	assert_true(gateway_origin_is(HUB_STR("https://Hub.example"), HUB_STR("hub.example")));
	assert_false(gateway_origin_is(HUB_STR("https://evil.example"), HUB_STR("hub.example")));
	assert_false(gateway_origin_is(HUB_STR("https://evil-hub.example"), HUB_STR("hub.example")));
	assert_false(gateway_origin_is(HUB_STR("https://hub.example.evil"), HUB_STR("hub.example")));
	assert_false(gateway_origin_is(HUB_STR("null"), HUB_STR("hub.example")));
	assert_false(gateway_origin_is(HUB_STR("https://"), HUB_STR("")));
}

static void names_and_values_hold_only_what_may_stand_there(void **state)
{
	(void)state;
	assert_true(gateway_header_name_valid(HUB_STR("X-CSRF-Token")));
	assert_false(gateway_header_name_valid(HUB_STR("")));
	assert_false(gateway_header_name_valid(HUB_STR("Content-Length ")));
	assert_false(gateway_header_name_valid(HUB_STR("a\0b")));
	assert_true(gateway_header_value_valid(HUB_STR("a\tb \xe5\x8e\xbf")));
	assert_false(gateway_header_value_valid(HUB_STR("a\rb")));
	assert_false(gateway_header_value_valid(HUB_STR("a\x7f")));
}

static void the_last_of_a_list_is_the_proxys_word(void **state)
{
	(void)state;
	assert_true(hub_str_is(gateway_list_last(HUB_STR("6.6.6.6, 10.0.0.1")), "10.0.0.1"));
	assert_true(hub_str_is(gateway_list_last(HUB_STR(" 10.0.0.1 ")), "10.0.0.1"));
	assert_true(hub_str_empty(gateway_list_last(HUB_STR("6.6.6.6,"))));
	assert_true(hub_str_empty(gateway_list_last(HUB_STR(""))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accept_is_read_as_it_is_meant),
		cmocka_unit_test(content_types_have_parameters),
		cmocka_unit_test(an_origin_is_this_host_or_another),
		cmocka_unit_test(names_and_values_hold_only_what_may_stand_there),
		cmocka_unit_test(the_last_of_a_list_is_the_proxys_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
