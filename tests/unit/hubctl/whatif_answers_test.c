/* Another hospital is asked: the recorded answer is its, and is kept while nobody is asked. */
#include "hubctl/whatif_answers.h"

#include "records/referral_accepted.h"
#include "records/referral_routed.h"
#include "records/referral_state.h"
#include "referral-router/referral_core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void put_referral(struct hub_table *table, const char *to_org_id)
{
	struct hub_referral_state state = { .county_id = HUB_STR("990121"),
		.consortium_id = HUB_STR("GENERAL"),
		.source_org_id = HUB_STR("T-1"),
		.request_event_id = HUB_STR("e"),
		.referral = { .referral_id = HUB_STR("r1"), .from_org_id = HUB_STR("T-1") },
		.has_to_org_id = to_org_id != NULL,
		.to_org_id = hub_str_from(to_org_id) };
	assert_int_equal(
	        hub_table_put(table, HUB_STR("referral:r1"), &hub_referral_state_schema, &state, NULL), 0);
}

static void an_answer_waits_until_somebody_is_asked(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(1 << 20);
	struct hub_table *table = hub_table_new(referral_router_core.table);
	struct hubctl_answers *answers = hubctl_answers_new();
	struct hub_referral_accepted said = { .head = { .event_id = HUB_STR("e9"),
		                                      .source_org_id = HUB_STR("H-lead") },
		.referral_id = HUB_STR("r1"),
		.org_id = HUB_STR("H-lead") };
	const struct hubctl_whatif_step taken = { .count = 1 }, refused = { .count = 1, .refused = true };
	const struct hubctl_whatif_input input = {
		.offset = 7, .schema = &hub_referral_accepted_schema, .record = &said
	};
	const struct hub_referral_routed routed = { .referral_id = HUB_STR("r1") };
	struct hubctl_whatif_input again;

	put_referral(table, NULL);
	assert_true(hubctl_answers_adapt(answers, table, &refused, &input, arena));
	assert_false(hubctl_answers_adapt(answers, table, &taken, &input, arena));
	assert_false(hubctl_answers_resume(answers, &again));
	hubctl_answers_decided(answers, &hub_referral_routed_schema, &routed);
	assert_true(hubctl_answers_resume(answers, &again));
	assert_int_equal(again.offset, 7);
	put_referral(table, "H-second");
	assert_true(hubctl_answers_adapt(answers, table, NULL, &again, arena));
	const struct hub_referral_accepted *now = again.record;
	assert_true(hub_str_is(now->org_id, "H-second") && hub_str_is(now->head.source_org_id, "H-second"));
	assert_true(hub_str_is(now->head.event_id, "e9"));
	assert_false(hubctl_answers_resume(answers, &again));
	hubctl_answers_free(answers);
	hub_table_free(table);
	hub_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_waits_until_somebody_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
