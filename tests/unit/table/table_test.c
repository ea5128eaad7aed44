/* The table against a naive model: puts, removes, marks, rollbacks and commits at random; after each step
 * content, indexes and timers are what a table made anew from the model would hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records/catalogue.h"
#include "records/region.h"
#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEYS = 12, STEPS = 6000, MARKS = 8 };

static long number(struct hub_str digits)
{
	long value = 0;
	for (uint32_t i = 0; i < digits.len; i++)
		value = value * 10 + (digits.data[i] - '0');
	return value;
}

static struct hub_str group_of(const char *last_digit)
{
	return (struct hub_str){ last_digit, 1 };
}

/* Toy entity: a Region; of those whose names end alike, one group ordered by name, and whose region_id holds
 * a due time. */
static void index_region(
        struct hub_str key, const struct hub_schema *schema, const void *record, struct hub_index_sink *sink)
{
	const struct hub_region *region = record;
	char entry[64];
	(void)schema;
	int n = snprintf(entry, sizeof(entry), "%.*s/%.*s", HUB_STR_ARG(region->name), HUB_STR_ARG(key));
	hub_index_add(sink, group_of(region->name.data + region->name.len - 1),
	        (struct hub_str){ entry, (uint32_t)n });
	hub_index_timer(sink, number(region->region_id), HUB_STR("due"));
}

static const struct hub_table_spec spec = { .schemas = &hub_registry_schemas, .index = index_region };

struct model {
	int value[KEYS]; /* 0: absent */
};

static struct hub_str key_of(int i, char text[8])
{
	return (struct hub_str){ text, (uint32_t)snprintf(text, 8, "k%02d", i) };
}

static void put(struct hub_table *table, int i, int value)
{
	char key[8], due[16], name[16];
	struct hub_region region = { .kind = HUB_REGION_KIND_COUNTY };
	(void)snprintf(due, sizeof(due), "%d", value * 10);
	(void)snprintf(name, sizeof(name), "v%03d", value);
	region.region_id = hub_str_from(due);
	region.name = hub_str_from(name);
	region.control_org_id = HUB_STR("c");
	struct hub_error err = { 0 };
	if (hub_table_put(table, key_of(i, key), &hub_region_schema, &region, &err) != 0)
		fail_msg("%s: %s", err.place, err.text);
}

static void check_same(const struct hub_table *table, const struct model *model)
{
	struct hub_arena *arena = hub_arena_new(1 << 20);
	size_t count = 0;
	int first_due = 0, first = -1;
	for (int i = 0; i < KEYS; i++) {
		char key[8], entry[64];
		struct hub_region region;
		bool there = hub_table_load(table, key_of(i, key), &hub_region_schema, arena, &region);
		assert_int_equal(there, model->value[i] != 0);
		if (!there)
			continue;
		count++;
		int n = snprintf(entry, sizeof(entry), "v%03d/%s", model->value[i], key);
		const struct hub_sorted_node *node =
		        hub_table_seek(table, group_of(entry + 3), (struct hub_str){ entry, (uint32_t)n });
		assert_non_null(node);
		assert_true(hub_str_is(node->key, entry));
		assert_true(hub_str_is(hub_table_entity(node), key));
		if (first < 0 || model->value[i] < first_due) {
			first = i;
			first_due = model->value[i];
		}
	}
	assert_int_equal(hub_table_count(table), count);
	size_t entries = 0;
	for (const char *digit = "0123456789"; *digit; digit++) {
		struct hub_str before = HUB_STR("");
		const struct hub_sorted_node *n = hub_table_seek(table, group_of(digit), before);
		for (; n; n = hub_table_next(n)) {
			assert_true(hub_str_cmp(before, n->key) < 0);
			before = n->key;
			entries++;
		}
	}
	assert_int_equal(entries, count);
	struct hub_timer timer;
	assert_int_equal(hub_table_first_timer(table, &timer), first >= 0);
	if (first >= 0) {
		char key[8];
		assert_int_equal(timer.due_at_ms, first_due * 10);
		assert_true(hub_str_eq(timer.entity, key_of(first, key)));
		assert_true(hub_str_is(timer.name, "due"));
	}
	hub_arena_free(arena);
}

/* Changes since the last commit: first before, last after, once a key. */
static void check_changes(struct hub_table *table, const struct model *committed, const struct model *now)
{
	struct hub_arena *arena = hub_arena_new(1 << 20);
	const struct hub_change *changes;
	uint32_t count = hub_table_changes(table, 0, arena, &changes);
	uint32_t expected = 0;
	for (int i = 0; i < KEYS; i++)
		expected += committed->value[i] != now->value[i];
	assert_int_equal(count, expected);
	for (uint32_t c = 0; c < count; c++) {
		int i = (int)number((struct hub_str){ changes[c].key.data + 1, 2 });
		assert_int_equal(changes[c].before.len != 0, committed->value[i] != 0);
		assert_int_equal(changes[c].after.len != 0, now->value[i] != 0);
	}
	hub_arena_free(arena);
}

static void test_against_model(void **state)
{
	(void)state;
	struct hub_table *table = hub_table_new(&spec);
	struct model now = { 0 }, committed = { 0 }, at_mark[MARKS];
	size_t marks[MARKS];
	int depth = 0;
	srandom(20261124);
	for (int step = 0; step < STEPS; step++) {
		int i = (int)(random() % KEYS);
		char key[8];
		switch (random() % 10) {
		case 0:
			if (depth < MARKS) {
				at_mark[depth] = now;
				marks[depth++] = hub_table_mark(table);
			}
			break;
		case 1:
			if (depth) {
				hub_table_rollback(table, marks[--depth]);
				now = at_mark[depth];
			}
			break;
		case 2:
			if (random() % 4 == 0) {
				hub_table_commit(table);
				committed = now;
				depth = 0;
			}
			break;
		case 3:
		case 4:
			hub_table_remove(table, key_of(i, key));
			now.value[i] = 0;
			break;
		default:
			now.value[i] = (int)(random() % 400) + 1;
			put(table, i, now.value[i]);
		}
		check_same(table, &now);
		check_changes(table, &committed, &now);
	}
	hub_table_free(table);
}

static void test_fold_is_what_put_wrote(void **state)
{
	(void)state;
	struct hub_table *a = hub_table_new(&spec);
	struct hub_table *b = hub_table_new(&spec);
	struct model model = { 0 };
	for (int i = 0; i < KEYS; i++)
		put(a, i, model.value[i] = i + 1);
	struct hub_str key, value;
	for (size_t at = 0; hub_table_each(a, &at, &key, &value);)
		assert_int_equal(hub_table_fold(b, key, value, NULL), 0);
	check_same(b, &model);
	assert_int_equal(hub_table_fold(b, HUB_STR("k03"), (struct hub_str){ NULL, 0 }, NULL), 0);
	model.value[3] = 0;
	check_same(b, &model);
	assert_int_equal(hub_table_fold(b, HUB_STR("k05"), HUB_STR("no record"), NULL), HUB_E_INVALID);
	hub_table_free(a);
	hub_table_free(b);
}

static void test_old_slices_live_until_commit(void **state)
{
	(void)state;
	struct hub_table *table = hub_table_new(&spec);
	struct hub_str before, after;
	put(table, 1, 1);
	hub_table_commit(table);
	assert_true(hub_table_get(table, HUB_STR("k01"), &before));
	put(table, 1, 2);
	hub_table_remove(table, HUB_STR("k01"));
	assert_false(hub_table_get(table, HUB_STR("k01"), &after));
	assert_int_equal(before.data[0], (char)0xc3);
	hub_table_rollback(table, 0);
	assert_true(hub_table_get(table, HUB_STR("k01"), &after));
	assert_ptr_equal(before.data, after.data);
	hub_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_fold_is_what_put_wrote),
		cmocka_unit_test(test_old_slices_live_until_commit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
