/* The command line: words, options anywhere, and what is said about mistakes. */
#include "hubctl/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct hubctl_option globals[] = { { "json", NULL, "JSON" }, { "help", NULL, "this page" },
	{ "kafka", "HOST:PORT", "the broker" }, { 0 } };
static const struct hubctl_option tail_options[] = { { "from", "TIME", "since when" },
	{ "live", NULL, "only new" }, { 0 } };
static const struct hubctl_command commands[] = {
	{ .name = "registry load",
	        .operands = "FILE...",
	        .operands_min = 1,
	        .operands_max = UINT8_MAX,
	        .summary = "loads" },
	{ .name = "registry show", .operands = "[RECORD]", .operands_max = 1, .summary = "shows" },
	{ .name = "tail",
	        .operands = "TOPIC",
	        .operands_min = 1,
	        .operands_max = 1,
	        .summary = "follows",
	        .options = tail_options },
	{ 0 },
};

static int parse(const char *const *words, struct hubctl_args *args, struct hub_error *err)
{
	static char *argv[16]; /* what is parsed points into it */
	int argc = 0;
	for (; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	return hubctl_args_parse(commands, globals, argc, argv, args, err);
}

static void options_stand_anywhere(void **state)
{
	(void)state;
	struct hubctl_args args;
	static const char *const words[] = { "--kafka=h:1", "registry", "--json", "load", "a.json", "--",
		"--b", NULL };
	assert_int_equal(parse(words, &args, NULL), HUB_OK);
	assert_ptr_equal(args.command, &commands[0]);
	assert_int_equal(args.operand_count, 2);
	assert_string_equal(args.operands[1], "--b");
	assert_string_equal(hubctl_arg(&args, "kafka"), "h:1");
	assert_non_null(hubctl_arg(&args, "json"));
	assert_null(hubctl_arg(&args, "from"));
}

static void a_value_may_begin_with_a_dash(void **state)
{
	(void)state;
	struct hubctl_args args;
	static const char *const words[] = { "tail", "referral.events", "--from", "-2h", NULL };
	assert_int_equal(parse(words, &args, NULL), HUB_OK);
	assert_string_equal(hubctl_arg(&args, "from"), "-2h");
}

static void mistakes_are_told_with_the_next_step(void **state)
{
	(void)state;
	static const struct {
		const char *words[5];
		const char *told;
	} cases[] = {
		{ { "tial", "x" }, "did you mean tail?" },
		{ { "frobnicate" }, "hubctl help lists the commands" },
		{ { "registry" }, "after it comes one of: load, show" },
		{ { "registry", "laod" }, "after \"registry\" comes one of: load, show" },
		{ { "registry", "load" }, "wants FILE...; see hubctl help registry load" },
		{ { "tail", "a", "b" }, "does not take \"b\"" },
		{ { "tail", "a", "--form", "x" }, "did you mean from?" },
		{ { "tail", "a", "--from" }, "--from wants a value: --from TIME" },
		{ { "tail", "a", "--live=yes" }, "--live takes no value" },
		{ { "registry", "show", "--live" }, "has no option --live" },
		{ { "tail", "a", "-x" }, "options are written --name" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hubctl_args args;
		struct hub_error err = { 0 };
		assert_int_equal(parse(cases[i].words, &args, &err), HUB_E_INVALID);
		if (!strstr(err.text, cases[i].told))
			fail_msg("\"%s\" should say \"%s\"", err.text, cases[i].told);
	}
}

/* A quarter of an hour's files, of a whole day: no fixed number holds them. */
static void operands_are_as_many_as_there_are(void **state)
{
	(void)state;
	static char load[] = "load", registry[] = "registry", json[] = "--json", last[] = "last.json";
	char *argv[1004];
	struct hubctl_args args;
	for (size_t i = 0; i < 1000; i++)
		argv[i] = last;
	argv[0] = registry;
	argv[1] = json;
	argv[2] = load;
	assert_int_equal(hubctl_args_parse(commands, globals, 1000, argv, &args, NULL), HUB_OK);
	assert_ptr_equal(args.command, &commands[0]);
	assert_int_equal(args.operand_count, 997);
	assert_string_equal(args.operands[0], "last.json");
	assert_string_equal(args.operands[996], "last.json");
	assert_non_null(hubctl_arg(&args, "json"));

	struct hub_error err = { 0 };
	for (size_t i = 0; i < 1000; i++)
		argv[i] = json;
	assert_int_equal(hubctl_args_parse(commands, globals, 65, argv, &args, &err), HUB_E_INVALID);
	assert_string_equal(err.text, "more than 64 options");
}

static void numbers_have_bounds(void **state)
{
	(void)state;
	struct hubctl_args args = {
		.given = { { "n", "12" }, { "m", "1x" }, { "k", "99999999999999999999" } }, .given_count = 3
	};
	int64_t n;
	assert_int_equal(hubctl_arg_number(&args, "n", 0, 20, 5, &n, NULL), HUB_OK);
	assert_int_equal(n, 12);
	assert_int_equal(hubctl_arg_number(&args, "absent", 0, 20, 5, &n, NULL), HUB_OK);
	assert_int_equal(n, 5);
	assert_int_equal(hubctl_arg_number(&args, "n", 0, 10, 5, &n, NULL), HUB_E_INVALID);
	assert_int_equal(hubctl_arg_number(&args, "m", 0, 10, 5, &n, NULL), HUB_E_INVALID);
	assert_int_equal(hubctl_arg_number(&args, "k", 0, INT64_MAX, 5, &n, NULL), HUB_E_INVALID);
}

static void places_are_partition_and_offset(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "3", ":", "3:", ":4", "a:4", "3:4x", "-1:4",
		"99999999999:1" };
	int32_t partition;
	int64_t offset;
	assert_int_equal(hubctl_parse_place("3:42", &partition, &offset, NULL), HUB_OK);
	assert_int_equal(partition, 3);
	assert_int_equal(offset, 42);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(hubctl_parse_place(wrong[i], &partition, &offset, NULL), HUB_E_INVALID);
}

static void help_pages_fit_eighty_columns(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 100000);
	hubctl_help_all(commands, globals, &out);
	for (const struct hubctl_command *c = commands; c->name; c++)
		hubctl_help_command(c, globals, &out);
	hub_buf_byte(&out, 0);
	assert_false(hub_buf_failed(&out));
	for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
	hub_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(a_value_may_begin_with_a_dash),
		cmocka_unit_test(mistakes_are_told_with_the_next_step),
		cmocka_unit_test(operands_are_as_many_as_there_are),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(places_are_partition_and_offset),
		cmocka_unit_test(help_pages_fit_eighty_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
