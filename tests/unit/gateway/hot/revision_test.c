/* "<epoch>.<seq>" is read exactly as it is written. */
#include "dashboard-gateway/hot/revision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_written_is_read(void **state)
{
	(void)state;
	static const struct {
		struct gateway_revision revision;
		const char *text;
	} cases[] = {
		{ { 0, 0 }, "0.0" },
		{ { 1795900000123, 4711 }, "1795900000123.4711" },
		{ { UINT64_MAX, UINT64_MAX }, "18446744073709551615.18446744073709551615" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[GATEWAY_REVISION_MAX];
		struct gateway_revision read;
		struct hub_str written = gateway_revision_format(cases[i].revision, text);
		assert_true(hub_str_is(written, cases[i].text));
		assert_true(gateway_revision_parse(written, &read));
		assert_true(read.epoch == cases[i].revision.epoch && read.seq == cases[i].revision.seq);
	}
}

static void nothing_else_is_read(void **state)
{
	(void)state;
	static const char *const texts[] = { "", ".", "1", "1.", ".1", "1.2.3", "01.2", "1.02", "+1.2",
		"1.-2", " 1.2", "1.2 ", "1.2\n", "1,2", "0x1.2", "18446744073709551616.1",
		"1.18446744073709551616", "1.99999999999999999999999" };
	struct gateway_revision read = { 7, 8 };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (gateway_revision_parse(hub_str_from(texts[i]), &read))
			fail_msg("\"%s\" is taken", texts[i]);
	assert_false(gateway_revision_parse((struct hub_str){ "1.2\0", 4 }, &read));
	assert_true(read.epoch == 7 && read.seq == 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(nothing_else_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
