/* The heap against a naive model: adds and removes at random; the first is always the least by (time, entity,
 * name). */
#include "table/due_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { DUES = 200, STEPS = 20000 };

static const char *const entities[] = { "a", "ab", "b" };
static const char *const names[] = { "answer", "arrival" };

static bool less(const struct hub_due *a, const struct hub_due *b)
{
	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms;
	int order = hub_str_cmp(a->entity, b->entity);
	return order ? order < 0 : hub_str_cmp(a->name, b->name) < 0;
}

static void check_first(const struct hub_due_heap *heap, const struct hub_due *dues, const bool *in)
{
	const struct hub_due *least = NULL;
	for (int i = 0; i < DUES; i++)
		if (in[i] && (!least || less(&dues[i], least)))
			least = &dues[i];
	const struct hub_due *first = hub_due_heap_first(heap);
	assert_int_equal(first != NULL, least != NULL);
	if (least)
		assert_false(less(first, least) || less(least, first));
}

static void test_against_model(void **state)
{
	(void)state;
	struct hub_due_heap heap = { 0 };
	static struct hub_due dues[DUES];
	bool in[DUES] = { false };
	srandom(20261124);
	for (int step = 0; step < STEPS; step++) {
		int i = (int)(random() % DUES);
		if (in[i]) {
			hub_due_heap_remove(&heap, &dues[i]);
		} else {
			dues[i] = (struct hub_due){ .at_ms = random() % 20 - 10,
				.entity = hub_str_from(entities[random() % 3]),
				.name = hub_str_from(names[random() % 2]) };
			hub_due_heap_add(&heap, &dues[i]);
		}
		in[i] = !in[i];
		check_first(&heap, dues, in);
	}
	hub_due_heap_done(&heap);
	assert_null(hub_due_heap_first(&heap));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_against_model) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
