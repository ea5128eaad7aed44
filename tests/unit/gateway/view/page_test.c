/* Pages are the sorted list, cut; a cursor holds while rows come, go and move; what is no cursor is an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dashboard-gateway/view/page.h"

#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 700, ID_LEN = 8 };

struct item {
	struct gateway_rank rank;
	char id[ID_LEN];
	bool shown;
};

static uint64_t chance = 5;

static uint32_t draw(uint32_t below)
{
	chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(chance >> 33) % below;
}

static void make(struct item *items, int count)
{
	for (int i = 0; i < count; i++) {
		(void)snprintf(items[i].id, sizeof(items[i].id), "%d", i);
		items[i].rank =
		        (struct gateway_rank){ draw(3), (int64_t)draw(40) - 20, hub_str_from(items[i].id) };
		items[i].shown = false;
	}
}

static int by_rank(const void *left, const void *right)
{
	const struct gateway_rank *a = &((const struct item *)left)->rank,
	                          *b = &((const struct item *)right)->rank;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->second != b->second)
		return a->second < b->second ? -1 : 1;
	return hub_str_cmp(a->id, b->id);
}

/* One page over items; its cursor replaces the text in cursor, "" at the end. */
static void turn(
        struct gateway_page *page, struct item *items, int count, const char *limit, char cursor[1000])
{
	struct gateway_param params[] = { { HUB_STR("limit"), hub_str_from(limit) },
		{ HUB_STR("cursor"), hub_str_from(cursor) } };
	struct gateway_params given = { params, 2 };
	struct hub_error err = { 0 };
	struct hub_buf next;
	hub_buf_init(&next, 1000);
	if (gateway_page_init(page, 'x', 1000, &given, &err) != 0)
		fail_msg("%s: %s", err.place, err.text);
	for (int i = 0; i < count; i++)
		gateway_page_offer(page, &items[i].rank, &items[i]);
	gateway_page_finish(page, &next);
	(void)snprintf(cursor, 1000, "%.*s", HUB_STR_ARG(hub_buf_slice(&next)));
	hub_buf_done(&next);
}

static void test_pages_are_the_list(void **state)
{
	(void)state;
	static struct item items[ITEMS], sorted[ITEMS];
	static const char *const limits[] = { "1", "7", "50", "199", "200" };
	make(items, ITEMS);
	memcpy(sorted, items, sizeof(items));
	qsort(sorted, ITEMS, sizeof(*sorted), by_rank);
	for (size_t l = 0; l < sizeof(limits) / sizeof(limits[0]); l++) {
		char cursor[1000] = "";
		int at = 0;
		do {
			struct gateway_page page;
			turn(&page, items, ITEMS, limits[l], cursor);
			assert_int_equal(page.total, ITEMS);
			for (uint32_t i = 0; i < page.count; i++)
				assert_string_equal(
				        ((const struct item *)page.items[i].item)->id, sorted[at++].id);
			assert_int_equal(page.at_ms, 1000);
		} while (cursor[0]);
		assert_int_equal(at, ITEMS);
	}
}

static void test_a_whole_last_page_has_no_next(void **state)
{
	(void)state;
	struct item items[100];
	char cursor[1000] = "";
	struct gateway_page page;
	make(items, 100);
	turn(&page, items, 100, "50", cursor);
	assert_true(cursor[0] != '\0');
	turn(&page, items, 100, "50", cursor);
	assert_int_equal(page.count, 50);
	assert_string_equal(cursor, "");
}

/* Between pages items go and come; every one that was there all the time is shown exactly once. */
static void test_rows_change_between_pages(void **state)
{
	(void)state;
	static struct item items[ITEMS];
	make(items, ITEMS);
	char cursor[1000] = "";
	int first = 0, last = ITEMS - 100;
	do {
		struct gateway_page page;
		turn(&page, items + first, last - first, "13", cursor);
		for (uint32_t i = 0; i < page.count; i++) {
			struct item *item = &items[(const struct item *)page.items[i].item - items];
			assert_false(item->shown);
			item->shown = true;
		}
		first += first < 100;
		last += last < ITEMS;
	} while (cursor[0]);
	for (int i = 100; i < ITEMS - 100; i++)
		assert_true(items[i].shown);
}

static void expect_error(const char *limit, const char *cursor, const char *place)
{
	struct gateway_param params[] = { { HUB_STR("limit"), hub_str_from(limit) },
		{ HUB_STR("cursor"), hub_str_from(cursor) } };
	struct gateway_params given = { params, 2 };
	struct hub_error err = { 0 };
	struct gateway_page page;
	assert_int_equal(gateway_page_init(&page, 'x', 1000, &given, &err), HUB_E_INVALID);
	assert_string_equal(err.place, place);
}

static void test_errors(void **state)
{
	(void)state;
	static const char *const cursors[] = { "x", "78", "zz", "7", "780000000000000000", "79" };
	static const char *const limits[] = { "0", "201", "-1", "1e2", "99999999999999999999", " 1", "1 " };
	char right[1000] = "", other[1000];
	struct item items[2];
	struct gateway_page page;
	make(items, 2);
	turn(&page, items, 2, "1", right);
	(void)snprintf(other, sizeof(other), "79%s", right + 2); /* of another order */
	expect_error("", other, "cursor");
	for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++)
		expect_error("", cursors[i], "cursor");
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		expect_error(limits[i], "", "limit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages_are_the_list),
		cmocka_unit_test(test_a_whole_last_page_has_no_next),
		cmocka_unit_test(test_rows_change_between_pages),
		cmocka_unit_test(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
