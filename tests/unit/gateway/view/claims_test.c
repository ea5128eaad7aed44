/* What may be sent, by role; and who is shown a referral because it may claim it (REF-08). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filled.h"

enum { OUT_MAX = 1024 * 1024 };

static int history(const struct world *world, const struct gateway_viewer *who, struct hub_buf *out,
        struct hub_error *err)
{
	uint32_t count;
	const struct gateway_decision *story = world_story("990121-T02-4", &count);
	return gateway_view_history(&world->view, who, HUB_STR("990121-T02-4"), story, count, out, err);
}

/* Claiming is a hospital's: no other role is shown a referral for it, and none without a county. */
static void test_who_may_claim(void **state)
{
	(void)state;
	struct world *world = world_new();
	world_put(world, "referral:R1", "state=UNPLACED consortium_id=QX-9");
	world_put(world, "referral:R2", "state=WAITING waits_for=SLOT consortium_id=QX-9");
	const struct gateway_referral *open = gateway_hot_referral(world->hot, HUB_STR("R1"));
	const struct gateway_referral *waiting = gateway_hot_referral(world->hot, HUB_STR("R2"));
	for (int role = GATEWAY_ROLE_NONE; role <= GATEWAY_ROLE_READ_ONLY; role++) {
		struct gateway_viewer who = viewer((enum gateway_role)role);
		who.org_id = HUB_STR(LEAD);
		assert_int_equal(gateway_may_claim(&who, world->policy, open), role == GATEWAY_ROLE_HOSPITAL);
		assert_false(gateway_may_claim(&who, world->policy, waiting));
		assert_false(gateway_may_claim(&who, NULL, open));
		who.county_id = HUB_STR("");
		assert_false(gateway_may_claim(&who, world->policy, open));
	}
	struct gateway_viewer sender = desk(TOWN);
	assert_false(gateway_may_claim(&sender, world->policy, open));
	world_free(world);
}

/* Walls and consortia are offered nothing that they could send, on whose behalf they may look. */
static void test_who_is_offered_what(void **state)
{
	(void)state;
	struct world *world = world_new();
	world_fill(world);
	for (int role = GATEWAY_ROLE_COUNTY; role <= GATEWAY_ROLE_READ_ONLY; role++) {
		struct gateway_viewer who = viewer((enum gateway_role)role);
		struct hub_error err = { 0 };
		struct hub_buf out;
		who.org_id = role == GATEWAY_ROLE_HOSPITAL ? HUB_STR(LEAD) : HUB_STR(CONTROL);
		hub_buf_init(&out, OUT_MAX);
		json_t *json =
		        parsed(gateway_view_allowed(&world->view, &who, HUB_STR("990121-T01-1"), &out, &err),
		                &err, &out);
		bool sends = role == GATEWAY_ROLE_COUNTY || role == GATEWAY_ROLE_HOSPITAL;
		assert_int_equal(json_array_size(json_object_get(json, "allowed")) > 0, sends);
		json_decref(json);
		hub_buf_init(&out, OUT_MAX);
		json = parsed(gateway_view_referral(&world->view, &who, HUB_STR("990121-T01-1"), &out, &err),
		        &err, &out);
		assert_int_equal(json_array_size(json_object_get(json, "allowed")) > 0, sends);
		json_decref(json);
	}
	world_free(world);
	world_forget();
}

/* Who may claim a referral sees its row and what may be sent, and of its story nothing. */
static void test_claimable(void **state)
{
	(void)state;
	struct world *world = world_new();
	world_fill(world);
	struct gateway_viewer lead = desk(LEAD);
	struct hub_error err = { 0 };
	struct hub_buf out;
	hub_buf_init(&out, OUT_MAX);
	int code = gateway_view_allowed(&world->view, &lead, HUB_STR("990121-T02-4"), &out, &err);
	assert_non_null(memmem(out.data, out.len, "ReferralClaimed", strlen("ReferralClaimed")));
	json_decref(parsed(code, &err, &out));
	hub_buf_init(&out, OUT_MAX);
	json_t *story = parsed(history(world, &lead, &out, &err), &err, &out);
	assert_true(json_is_null(json_object_get(story, "request")));
	assert_int_equal(json_array_size(json_object_get(story, "items")), 0);
	json_decref(story);
	world->view.policy = NULL; /* no reference data: nobody claims */
	hub_buf_init(&out, OUT_MAX);
	assert_int_equal(gateway_view_referral(&world->view, &lead, HUB_STR("990121-T02-4"), &out, &err),
	        HUB_E_NOT_FOUND);
	hub_buf_done(&out);
	world_free(world);
	world_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_may_claim),
		cmocka_unit_test(test_who_is_offered_what),
		cmocka_unit_test(test_claimable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
