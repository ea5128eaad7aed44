/* Lines of values in a JSON text. */
#include "wire/locate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char text[] = "{\n"
                           "  \"Region\": [],\n"
                           "  \"Organisation\": [\n"
                           "    {\"org_id\": \"a\", \"name\": \"x}]\\\"y\"},\n"
                           "    {\n"
                           "      \"org_id\": \"b\", \"open\": true, \"n\": -12.5,\n"
                           "      \"beds\": [\n"
                           "        {\"kind\": \"GENERAL\"}, {\n"
                           "         \"kind\": \"CHRONIC\"}]\n"
                           "    }\n"
                           "  ],\n"
                           "  \"Township\": [1, 2,\n"
                           "    [3]]\n"
                           "}\n";

static void names_the_line_of_what_is_there(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		uint32_t line;
	} cases[] = {
		{ "", 1 },
		{ "Region", 2 },
		{ "Organisation[0]", 4 },
		{ "Organisation[0].name", 4 },
		{ "Organisation[1]", 5 },
		{ "Organisation[1].n", 6 },
		{ "Organisation[1].beds[1].kind", 9 },
		{ "Township[1]", 12 },
		{ "Township[2][0]", 13 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(hub_json_locate(HUB_STR(text), hub_str_from(cases[i].path)), cases[i].line);
}

static void names_the_object_that_lacks_a_member(void **state)
{
	(void)state;
	assert_int_equal(hub_json_locate(HUB_STR(text), HUB_STR("Organisation[1].kind")), 5);
	assert_int_equal(hub_json_locate(HUB_STR(text), HUB_STR("Organisation[2].kind")), 3);
	assert_int_equal(hub_json_locate(HUB_STR(text), HUB_STR("Staff[0]")), 1);
}

static void never_leaves_the_text(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < sizeof(text); n++)
		hub_json_locate((struct hub_str){ text, n }, HUB_STR("Organisation[1].beds[1].kind"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_line_of_what_is_there),
		cmocka_unit_test(names_the_object_that_lacks_a_member),
		cmocka_unit_test(never_leaves_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
