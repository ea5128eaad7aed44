/* Bodies that are kept: found by their whole key, the oldest forgotten, long ones not kept. */
#include "dashboard-gateway/http/bodies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static bool has(const struct gateway_bodies *bodies, const char *key, const char *wanted)
{
	struct hub_str body, next;
	if (!gateway_bodies_find(bodies, hub_str_from(key), &body, &next))
		return false;
	assert_true(hub_str_is(body, wanted));
	assert_true(hub_str_is(next, "next"));
	return true;
}

static void keep(struct gateway_bodies *bodies, const char *key, const char *body)
{
	gateway_bodies_keep(bodies, hub_str_from(key), hub_str_from(body), HUB_STR("next"));
}

static void the_oldest_goes(void **state)
{
	struct gateway_bodies *bodies = gateway_bodies_new(2);
	(void)state;
	keep(bodies, "a", "A");
	keep(bodies, "b", "B");
	keep(bodies, "a", "another"); /* equal keys have equal bodies */
	assert_true(has(bodies, "a", "A"));
	keep(bodies, "c", "C");
	assert_false(has(bodies, "a", "A"));
	assert_true(has(bodies, "b", "B"));
	assert_true(has(bodies, "c", "C"));
	assert_false(has(bodies, "", ""));
	gateway_bodies_free(bodies);
}

static void a_long_one_is_not_kept(void **state)
{
	struct gateway_bodies *bodies = gateway_bodies_new(2);
	struct hub_str body, next;
	char *text = calloc(1, GATEWAY_BODY_MAX + 1);
	(void)state;
	assert_non_null(text);
	gateway_bodies_keep(
	        bodies, HUB_STR("long"), (struct hub_str){ text, GATEWAY_BODY_MAX + 1 }, HUB_STR(""));
	assert_false(gateway_bodies_find(bodies, HUB_STR("long"), &body, &next));
	gateway_bodies_keep(bodies, HUB_STR("most"), (struct hub_str){ text, GATEWAY_BODY_MAX }, HUB_STR(""));
	assert_true(gateway_bodies_find(bodies, HUB_STR("most"), &body, &next));
	assert_int_equal(body.len, GATEWAY_BODY_MAX);
	free(text);
	gateway_bodies_free(bodies);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(a_long_one_is_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
