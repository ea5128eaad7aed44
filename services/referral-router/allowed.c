/* REF-18 */
#include "referral-router/allowed.h"

unsigned referral_allowed_who(const struct referral_policy *policy, const struct hub_referral_state *referral,
        struct hub_str org_id)
{
	unsigned who = 0;
	if (hub_str_eq(org_id, referral->referral.from_org_id))
		who |= REFERRAL_WHO_SENDER;
	if (referral->has_to_org_id && hub_str_eq(org_id, referral->to_org_id))
		who |= REFERRAL_WHO_ADDRESSED;
	struct hub_str control = referral_policy_control_org(policy, referral->county_id);
	if (control.len && hub_str_eq(org_id, control))
		who |= REFERRAL_WHO_CONTROL;
	/* REF-08: claimed by a hospital that has the specialty. */
	const struct hub_organisation *org = referral_policy_org(policy, org_id);
	if (org && org->kind == HUB_ORGANISATION_KIND_HOSPITAL && !(who & REFERRAL_WHO_SENDER) &&
	        referral_policy_may_have_specialty(policy, org_id, referral->referral.specialty))
		who |= REFERRAL_WHO_HOSPITAL;
	return who;
}

/* REF-18: for each referral and organisation the allowed next events can be asked. */
struct hub_str_array referral_allowed(
        enum hub_referral_stage stage, enum hub_direction direction, unsigned who, struct hub_arena *arena)
{
	struct hub_str_array names = { hub_arena_alloc(arena, REFERRAL_EVENT_COUNT * sizeof(*names.items)),
		0 };
	for (unsigned event = 0; names.items && event < REFERRAL_EVENT_COUNT; event++) {
		const struct referral_transition *row = referral_machine_find(stage, event);
		if (row && (referral_machine_who(event) & who) && referral_machine_concerns(event, direction))
			names.items[names.count++] = hub_str_from(referral_machine_event_name(event));
	}
	return names;
}
