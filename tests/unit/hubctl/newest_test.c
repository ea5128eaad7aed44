/* The newest of many lines: which are kept, in which order, and from when on an older one is not wanted. */
#include "hubctl/newest.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void add(struct hubctl_newest *newest, int64_t ms, int32_t partition, int64_t offset)
{
	const struct hubctl_newest_place place = { ms, partition, offset };
	char text[64];
	int n = snprintf(text, sizeof(text), "%" PRId64 "/%d/%" PRId64, ms, (int)partition, offset);
	assert_true(hubctl_newest_add(newest, &place, (struct hub_str){ text, (uint32_t)n }));
}

static void fewer_than_the_limit_are_all_kept_in_order(void **state)
{
	(void)state;
	struct hubctl_newest *newest = hubctl_newest_new(5);
	add(newest, 30, 0, 2);
	add(newest, 10, 1, 7);
	add(newest, 30, 0, 1);
	assert_true(hubctl_newest_floor(newest) == INT64_MIN);
	assert_true(hubctl_newest_wants(newest, 0));
	assert_int_equal(hubctl_newest_count(newest), 3);
	assert_true(hub_str_is(hubctl_newest_text(newest, 0), "10/1/7"));
	assert_true(hub_str_is(hubctl_newest_text(newest, 1), "30/0/1"));
	assert_true(hub_str_is(hubctl_newest_text(newest, 2), "30/0/2"));
	hubctl_newest_free(newest);
}

/* Backwards, forwards and mixed. */
static void of_many_the_newest_are_left(void **state)
{
	(void)state;
	static const int64_t steps[] = { 999, 1, 333 };
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		struct hubctl_newest *newest = hubctl_newest_new(3);
		for (int64_t i = 0; i < 1000; i++)
			add(newest, i * steps[s] % 1000, 0, i);
		assert_int_equal(hubctl_newest_floor(newest), 997);
		assert_int_equal(hubctl_newest_count(newest), 3);
		assert_true(hub_str_starts_with(hubctl_newest_text(newest, 0), HUB_STR("997/")));
		assert_true(hub_str_starts_with(hubctl_newest_text(newest, 2), HUB_STR("999/")));
		assert_false(hubctl_newest_wants(newest, 996));
		assert_true(hubctl_newest_wants(newest, 997));
		hubctl_newest_free(newest);
	}
}

static void none(void **state)
{
	(void)state;
	struct hubctl_newest *newest = hubctl_newest_new(1);
	assert_true(hubctl_newest_floor(newest) == INT64_MIN);
	assert_int_equal(hubctl_newest_count(newest), 0);
	hubctl_newest_free(newest);
	hubctl_newest_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fewer_than_the_limit_are_all_kept_in_order),
		cmocka_unit_test(of_many_the_newest_are_left),
		cmocka_unit_test(none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
