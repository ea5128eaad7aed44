#include "dashboard-gateway/view/rules.h"

struct hub_referral_state gateway_router_state(const struct gateway_referral *referral)
{
	struct hub_referral_state state = {
		.county_id = referral->county_id,
		.consortium_id = referral->consortium_id,
		.has_to_org_id = referral->to_org_id.len > 0,
		.to_org_id = referral->to_org_id,
	};
	state.referral.referral_id = referral->referral_id;
	state.referral.from_org_id = referral->from_org_id;
	state.referral.specialty = referral->specialty;
	state.referral.direction = referral->direction;
	return state;
}

unsigned gateway_who(
        const struct gateway_referral *referral, const struct referral_policy *policy, struct hub_str org_id)
{
	struct hub_referral_state state = gateway_router_state(referral);
	return referral_allowed_who(policy, &state, org_id);
}
