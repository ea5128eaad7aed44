/* REF-01 REF-03 REF-08 */
#include "referral-router/claims.h"

#include "referral-router/candidates.h"
#include "referral-router/closed_loop.h"

/* By which tier of REF-01 the hospital would have come; one that is in none comes as another one. */
static struct referral_candidate place_of(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id)
{
	struct referral_search search = referral_search_of(&referral->referral, referral->consortium_id);
	struct referral_candidate candidate = { .path = HUB_ROUTE_PATH_OTHER };
	bool found = referral_candidates_find(world->policy, &search, org_id, &candidate);
	candidate.leaves_county =
	        !hub_str_eq(referral_policy_county_of(world->policy, org_id), referral->county_id);
	if (!found)
		candidate.needs_authorisation = candidate.leaves_county;
	return candidate;
}

/* REF-01: leaving the county needs an authorisation. REF-03: green channel and EMERGENCY need none. Decided: nor does a
 * down referral. */
bool referral_claim_may_leave(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id)
{
	const struct hub_referral *asked = &referral->referral;
	return asked->out_of_county_authorised || asked->direction == HUB_DIRECTION_DOWN ||
	       asked->condition != HUB_CONDITION_NONE || asked->urgency == HUB_URGENCY_EMERGENCY ||
	       !place_of(world, referral, org_id).needs_authorisation;
}

/* Claimed by a hospital that has the specialty, also one that had rejected: it is its own act, so it needs no slot
 * of the hub's. The control centre, which was told that nobody took it, is told who did. */
void referral_claim_take(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_str org_id)
{
	struct referral_candidate place = place_of(world, referral, org_id);
	referral->has_to_org_id = true;
	referral->to_org_id = org_id;
	referral->path = place.path;
	referral->left_county = place.leaves_county;
	hub_effects_rule(world->out, "REF-08");
}
