/* REFUSALS.md is made from the tables that the program refuses by (HUB_README_UPDATE=1 writes it). */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT_LIMIT = 1 << 18 };

static const struct refusal {
	const char *reason_code;
	const char *rule;
	const char *text;
	const char *remedy;
} refusals[] = {
#define REFUSAL(id, reason_code, rule, text, remedy) { reason_code, rule, text, remedy },
#include "referral-router/refusals.def"
};

static const struct code {
	const char *reason_code;
	const char *meaning;
} codes[] = {
#define CODE(reason_code, meaning) { reason_code, meaning },
#include "referral-router/refusal_codes.def"
};

enum {
	REFUSALS = sizeof(refusals) / sizeof(refusals[0]),
	CODES = sizeof(codes) / sizeof(codes[0]),
};

/* Each code once, each with a row, each row with a known code; a rule where the code is RULE and only there. */
static void test_tables_fit_together(void **state)
{
	(void)state;
	unsigned of_code[CODES] = { 0 };
	for (int i = 0; i < REFUSALS; i++) {
		int code = 0;
		while (code < CODES && strcmp(codes[code].reason_code, refusals[i].reason_code) != 0)
			code++;
		assert_in_range(code, 0, CODES - 1);
		of_code[code]++;
		assert_int_equal(refusals[i].rule[0] != '\0', strcmp(refusals[i].reason_code, "RULE") == 0);
		assert_true(refusals[i].text[0] && refusals[i].remedy[0]);
	}
	for (int code = 0; code < CODES; code++)
		assert_true(of_code[code] > 0);
}

static void put_code(const struct code *code, struct hub_buf *out)
{
	bool by_rule = strcmp(code->reason_code, "RULE") == 0;
	hub_buf_printf(out, "\n## `%s`\n\n%s\n\n%s", code->reason_code, code->meaning,
	        by_rule ? "| rule | what is wrong | what to do |\n|---|---|---|\n"
	                : "| what is wrong | what to do |\n|---|---|\n");
	for (int i = 0; i < REFUSALS; i++) {
		if (strcmp(refusals[i].reason_code, code->reason_code) != 0)
			continue;
		if (by_rule)
			hub_buf_printf(out, "| %s ", refusals[i].rule);
		hub_buf_printf(out, "| %s | %s |\n", refusals[i].text, refusals[i].remedy);
	}
}

static void put_page(struct hub_buf *out)
{
	hub_buf_text(out,
	        "# Refusals\n"
	        "\n"
	        "Made from `refusals.def`, `refusal_codes.def` and `common/effects/dead_letters.def` by\n"
	        "`HUB_README_UPDATE=1 ctest --test-dir build/release -R refusals_test`.\n"
	        "\n"
	        "An event that changes nothing is answered by `ReferralEventRefused` (REF-12): `reason_code` "
	        "for the\n"
	        "program, `reason` for the person: what is wrong, a colon, what to do. Refusals are not "
	        "remembered:\n"
	        "the event sent again is judged afresh.\n");
	for (int code = 0; code < CODES; code++)
		put_code(&codes[code], out);
	hub_buf_text(out, "\n"
	                  "# Dead letters\n"
	                  "\n"
	                  "What cannot be read as an event of anybody is answered to nobody. It lies in\n"
	                  "`referral-router.dead-letters` as it came, with the reason in the header "
	                  "`hub_dlq_reason`; the\n"
	                  "operator sees it by `hubctl dlq list`. So a sender without an answer after some "
	                  "seconds asks there.\n"
	                  "\n"
	                  "| `hub_dlq_reason` | what is wrong | what to do |\n|---|---|---|\n");
#define DEAD_LETTER(reason, meaning, remedy)                                                                 \
	hub_buf_text(out, "| `" #reason "` | " meaning " | " remedy " |\n");
#include "effects/dead_letters.def"
}

static void test_page(void **state)
{
	(void)state;
	char *text = calloc(1, TEXT_LIMIT);
	struct hub_buf page;
	assert_non_null(text);
	FILE *file = fopen(REFUSALS_PAGE, "r");
	if (file) {
		text[fread(text, 1, TEXT_LIMIT - 1, file)] = '\0';
		fclose(file);
	}
	hub_buf_init(&page, TEXT_LIMIT);
	put_page(&page);
	bool same = hub_str_is(hub_buf_slice(&page), text);
	if (!same && getenv("HUB_README_UPDATE")) {
		file = fopen(REFUSALS_PAGE, "w");
		assert_non_null(file);
		same = fwrite(page.data, 1, page.len, file) == page.len;
		assert_int_equal(fclose(file), 0);
	}
	hub_buf_done(&page);
	free(text);
	if (!same)
		print_error("%s is not what the tables say; HUB_README_UPDATE=1 writes it\n", REFUSALS_PAGE);
	assert_true(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables_fit_together),
		cmocka_unit_test(test_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
