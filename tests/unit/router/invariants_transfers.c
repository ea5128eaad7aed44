#include "invariants_transfers.h"

#include "referral-router/slots.h"
#include "referral-router/transfers.h"

static bool is_with_a_hospital(const struct hub_referral_state *referral)
{
	return referral->stage == HUB_REFERRAL_STAGE_ROUTED ||
	       referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING ||
	       referral->stage == HUB_REFERRAL_STAGE_ACCEPTED;
}

static bool same_slot(const struct hub_abroad *abroad, const struct hub_foreign_hold_state *hold)
{
	return hold && hub_str_eq(hold->county_id, abroad->county_id) &&
	       hub_str_eq(hold->org_id, abroad->org_id) && abroad->has_session_id == hold->has_session_id &&
	       abroad->bed_held == hold->bed_held &&
	       (!hold->has_session_id || hub_str_eq(abroad->session_id, hold->session_id));
}

static const char *of_referral(
        struct referral_world *world, bool at_rest, const struct hub_referral_state *referral)
{
	bool asks = referral->stage == HUB_REFERRAL_STAGE_ASKING_COUNTY;
	bool waits = referral->stage == HUB_REFERRAL_STAGE_WAITING;
	bool placed = is_with_a_hospital(referral);
	if (asks && !referral->has_abroad)
		return "who asks a county has asked one";
	if (!asks && (referral->asked_abroad.count || referral->searched.count))
		return "a search that is over is forgotten";
	if (!referral->has_abroad)
		return placed && referral->left_county && referral->has_session_id
		               ? "a slot elsewhere is held by the county there"
		               : NULL;
	if (!asks && !waits && !placed)
		return "what is abroad ends with the need for it";
	if (placed && (referral->abroad.has_session_id + referral->abroad.bed_held != 1 ||
	                      referral->has_session_id || referral->bed_held))
		return "a referral has one slot, or one bed";
	if (!at_rest)
		return NULL;
	const struct hub_foreign_hold_state *hold = referral_world_foreign(
	        world, referral_transfer_id(world, referral->referral.referral_id, referral->abroad.attempt));
	if (asks)
		return "a question has its answer";
	if (!same_slot(&referral->abroad, hold))
		return "what is held abroad is held there";
	return hold->phase == (placed ? HUB_FOREIGN_HOLD_PHASE_HELD : HUB_FOREIGN_HOLD_PHASE_WAITING)
	               ? NULL
	               : "both counties say the same";
}

static const char *of_hold(
        struct referral_world *world, bool at_rest, const struct hub_foreign_hold_state *hold)
{
	struct referral_target target;
	struct hub_str referral_id = { NULL, 0 };
	int32_t attempt = referral_transfer_split(hold->transfer_id, &referral_id);
	if (hold->phase == HUB_FOREIGN_HOLD_PHASE_ENDED)
		return hold->has_session_id || hold->bed_held ? "an ended hold has no slot and no bed" : NULL;
	if (hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING) {
		struct hub_referral_state waiter = { .county_id = hold->county_id,
			.referral = hold->referral,
			.requested_at = hold->requested_at,
			.displaced = hold->displaced,
			.meets_criteria = hold->meets_criteria };
		waiter.referral.referral_id = hold->transfer_id;
		if (referral_slots_find(world, &waiter, hold->org_id, &target))
			return "REF-07: nobody waits beside an open slot";
	}
	const struct hub_referral_state *referral = referral_world_referral(world, referral_id);
	bool wanted = referral && referral->has_abroad && referral->abroad.attempt == attempt;
	return wanted || !at_rest ? NULL : "a hold belongs to a referral that wants it";
}

const char *transfers_violated(
        struct referral_world *world, bool at_rest, const struct hub_schema *schema, const void *record)
{
	if (schema == &hub_referral_state_schema)
		return of_referral(world, at_rest, record);
	if (schema == &hub_foreign_hold_state_schema)
		return of_hold(world, at_rest, record);
	return NULL;
}
