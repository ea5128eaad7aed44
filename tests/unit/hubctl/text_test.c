/* Columns, cuts, wraps and tables, with Chinese names in them. */
#include "hubctl/grid.h"
#include "hubctl/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_chinese_character_takes_two_columns(void **state)
{
	(void)state;
	assert_int_equal(hubctl_text_width(HUB_STR("余姚市人民医院")), 14);
	assert_int_equal(hubctl_text_width(HUB_STR("H-1 余姚")), 8);
	assert_int_equal(hubctl_text_width(HUB_STR("e\xcc\x81")), 1);
}

static void a_cut_never_splits_a_character(void **state)
{
	(void)state;
	assert_int_equal(hubctl_text_fit(HUB_STR("余姚市"), 5), 6);
	assert_int_equal(hubctl_text_fit(HUB_STR("余姚市"), 6), 9);
	assert_int_equal(hubctl_text_fit(HUB_STR("abc"), 9), 3);
}

static void assert_buf(struct hub_buf *buf, const char *expected)
{
	hub_buf_byte(buf, 0);
	assert_string_equal(buf->data, expected);
	hub_buf_done(buf);
}

static void control_characters_never_reach_the_terminal(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 1000);
	hubctl_text_put(&out, HUB_STR("a\x1b[2Jb\x9b\xff\xe4\xbd"));
	assert_buf(&out, "a\xef\xbf\xbd[2Jb\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void wraps_at_words(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 1000);
	hubctl_text_wrap(&out, HUB_STR("one two three abcdefghijkl"), 8, 2);
	assert_buf(&out, "one two\n  three\n  abcdefgh\n  ijkl");
}

static const struct hubctl_column columns[] = {
	{ "ORG", HUBCTL_KEEP, false },
	{ "NAME", HUBCTL_CUT, false },
	{ "OPEN", HUBCTL_KEEP, true },
};

static struct hubctl_grid *two_rows(struct hub_arena *arena)
{
	struct hubctl_grid *grid = hubctl_grid_new(arena, columns, 3);
	hubctl_grid_text(grid, "H-lead");
	hubctl_grid_text(grid, "余姚市人民医院");
	hubctl_grid_number(grid, 12);
	hubctl_grid_text(grid, "T-01");
	hubctl_grid_text(grid, "Lanjiang");
	hubctl_grid_number(grid, 3);
	return grid;
}

static void a_table_aligns_double_width_text(void **state)
{
	struct hub_buf out;
	hub_buf_init(&out, 1000);
	hubctl_grid_print(two_rows(*state), 80, 0, &out);
	assert_buf(&out, "ORG     NAME            OPEN\n"
	                 "H-lead  余姚市人民医院    12\n"
	                 "T-01    Lanjiang           3\n");
}

static void a_narrow_terminal_cuts_names_not_numbers(void **state)
{
	struct hub_buf out;
	hub_buf_init(&out, 1000);
	hubctl_grid_print(two_rows(*state), 24, 0, &out);
	assert_buf(&out, "ORG     NAME        OPEN\n"
	                 "H-lead  余姚市人…     12\n"
	                 "T-01    Lanjiang       3\n");
}

static void the_last_column_may_wrap(void **state)
{
	static const struct hubctl_column wrapped[] = { { "AT", HUBCTL_KEEP, false },
		{ "WHAT", HUBCTL_WRAP, false } };
	struct hub_buf out;
	hub_buf_init(&out, 1000);
	struct hubctl_grid *grid = hubctl_grid_new(*state, wrapped, 2);
	hubctl_grid_text(grid, "08:00");
	hubctl_grid_text(grid, "routed to the lead hospital");
	hubctl_grid_print(grid, 22, 1, &out);
	assert_buf(&out, " AT     WHAT\n"
	                 " 08:00  routed to the\n"
	                 "        lead hospital\n");
}

static int arena_up(void **state)
{
	*state = hub_arena_new(100000);
	return *state == NULL;
}

static int arena_down(void **state)
{
	hub_arena_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chinese_character_takes_two_columns),
		cmocka_unit_test(a_cut_never_splits_a_character),
		cmocka_unit_test(control_characters_never_reach_the_terminal),
		cmocka_unit_test(wraps_at_words),
		cmocka_unit_test_setup_teardown(a_table_aligns_double_width_text, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(
		        a_narrow_terminal_cuts_names_not_numbers, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(the_last_column_may_wrap, arena_up, arena_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
