#include "referral-router/refusals.h"

#include "base/check.h"
#include "referral-router/closed_loop.h"

static const struct {
	const char *reason_code;
	const char *rule;
	const char *text;
	const char *remedy;
} refusals[] = {
#define REFUSAL(id, reason_code, rule, text, remedy) { reason_code, rule, text, remedy },
#include "referral-router/refusals.def"
};

void referral_refuse_with(struct referral_world *world, enum referral_refusal refusal,
        struct hub_str referral_id, const char *fact, struct hub_str value)
{
	struct hub_str reason = hub_arena_printf(world->out->arena, "%s%s%.*s: %s", refusals[refusal].text,
	        fact, HUB_STR_ARG(value), refusals[refusal].remedy);
	const char *rule = refusals[refusal].rule;
	hub_effects_rule(world->out, rule[0] ? rule : "REF-12");
	referral_tell_refused(world, referral_id, refusals[refusal].reason_code, rule, reason);
}

void referral_refuse(struct referral_world *world, enum referral_refusal refusal, struct hub_str referral_id)
{
	referral_refuse_with(world, refusal, referral_id, "", (struct hub_str){ NULL, 0 });
}

bool referral_refuse_unless_own(struct referral_world *world, struct hub_str org_id)
{
	const struct hub_event_head *head = world->cause;
	struct hub_str no_referral = { NULL, 0 };
	if (!hub_str_eq(org_id, head->source_org_id))
		referral_refuse(world, REFERRAL_REFUSAL_FOR_ANOTHER, no_referral);
	else if (!hub_str_eq(referral_policy_county_of(world->policy, org_id), head->county_id))
		referral_refuse(world, REFERRAL_REFUSAL_OTHER_COUNTY, no_referral);
	else
		return true;
	return false;
}
