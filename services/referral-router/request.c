/* REF-01 REF-12 REF-14 */
#include "referral-router/request.h"

#include "referral-router/placing.h"
#include "referral-router/records.h"
#include "referral-router/refusals.h"
#include "referral-router/repeats.h"

static bool same_sender(const struct hub_event_head *head, struct hub_str source_org_id)
{
	return hub_str_eq(head->source_org_id, source_org_id);
}

/* REF-12: requests repeated by a sender (same referral id) change nothing and are answered by the present
 * state; another sender's is NOT_YOURS. True when the referral is known. */
static bool answer_known(struct referral_world *world, const struct hub_referral_requested *requested)
{
	struct hub_str id = requested->referral.referral_id;
	if (!referral_world_has(world, world->own_key))
		return false;
	const struct hub_referral_state *referral = referral_world_referral(world, id);
	const struct hub_referral_stub *stub = referral ? NULL : referral_world_stub(world, id);
	if (!referral && !stub)
		return false;
	if (!same_sender(&requested->head, referral ? referral->source_org_id : stub->source_org_id))
		referral_refuse(world, REFERRAL_REFUSAL_OTHERS_ID, id);
	else if (referral)
		referral_repeats_answer(world, referral);
	else
		referral_repeats_answer_ended(world, id, stub);
	return true;
}

/* The event's own words must fit together before anything is decided by them. */
static bool well_formed(struct referral_world *world, const struct hub_referral *asked)
{
	const char *wrong = NULL;
	if (asked->has_exam_item && asked->need != HUB_NEED_EXAM)
		wrong = "ReferralRequested.exam_item: only with need EXAM";
	else if (asked->has_bed_kind && asked->need != HUB_NEED_BED)
		wrong = "ReferralRequested.bed_kind: only with need BED";
	else if (!referral_world_is_code(asked->specialty) || !asked->specialty.len)
		wrong = "ReferralRequested.specialty: a code without ':'";
	else if (asked->has_exam_item && !referral_world_is_code(asked->exam_item))
		wrong = "ReferralRequested.exam_item: a code without ':'";
	else if (!asked->referral_id.len)
		wrong = "ReferralRequested.referral_id: not empty";
	if (wrong)
		hub_effects_dead_letter(world->out, "RULE", hub_str_from(wrong));
	return !wrong;
}

/* Who speaks, for whom, in which county and consortium. */
static bool may_request(struct referral_world *world, const struct hub_referral_requested *requested)
{
	const struct hub_event_head *head = &requested->head;
	struct hub_str id = requested->referral.referral_id;
	if (!hub_str_eq(requested->referral.from_org_id, head->source_org_id))
		referral_refuse(world, REFERRAL_REFUSAL_FOR_ANOTHER, id);
	else if (!hub_str_eq(referral_policy_county_of(world->policy, head->source_org_id), head->county_id))
		referral_refuse(world, REFERRAL_REFUSAL_OTHER_COUNTY, id);
	else if (!referral_policy_is_member(world->policy, head->source_org_id, head->consortium_id))
		referral_refuse(world, REFERRAL_REFUSAL_NOT_A_MEMBER, id);
	else
		return true;
	return false;
}

/* REF-14: a second active referral of the same patient, direction, specialty and need in the county is
 * refused, naming the first; EMERGENCY is exempt. */
static bool is_first(struct referral_world *world, const struct hub_referral_requested *requested)
{
	if (requested->referral.urgency == HUB_URGENCY_EMERGENCY)
		return true;
	const struct hub_referral_state *first = referral_world_referral_at(
	        world, referral_world_first_same(world, requested->head.county_id, &requested->referral));
	if (!first)
		return true;
	hub_effects_rule(world->out, "REF-14");
	referral_refuse_with(world, REFERRAL_REFUSAL_DUPLICATE, requested->referral.referral_id, ", ",
	        first->referral.referral_id);
	return false;
}

void referral_request(struct referral_world *world, const struct hub_referral_requested *requested)
{
	world->own_key = referral_world_referral_key(world, requested->referral.referral_id);
	if (!well_formed(world, &requested->referral) || answer_known(world, requested))
		return;
	if (!may_request(world, requested) || !is_first(world, requested))
		return;
	struct hub_referral_state *referral = referral_record_begin(world, requested);
	if (referral)
		referral_place(world, referral, (struct hub_str){ NULL, 0 });
}
