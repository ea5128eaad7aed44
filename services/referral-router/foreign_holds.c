/* REF-01 REF-07 */
#include "referral-router/foreign_holds.h"

#include "base/calendar.h"
#include "referral-router/criteria.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"
#include "referral-router/slots.h"
#include "referral-router/state_version.h"
#include "referral-router/transfers.h"
#include "referral-router/waiting.h"

/* As slots and waiting lists see a referral. */
static struct hub_referral_state as_referral(const struct hub_foreign_hold_state *hold)
{
	struct hub_referral_state referral = {
		.county_id = hold->county_id,
		.consortium_id = hold->consortium_id,
		.referral = hold->referral,
		.has_to_org_id = true,
		.to_org_id = hold->org_id,
		.requested_at = hold->requested_at,
		.displaced = hold->displaced,
		.meets_criteria = hold->meets_criteria,
		.has_session_id = hold->has_session_id,
		.session_id = hold->session_id,
		.slot_reserved = hold->slot_reserved,
		.bed_held = hold->bed_held,
	};
	referral.referral.referral_id = hold->transfer_id;
	return referral;
}

/* What decides about a slot; who the patient is, is the hospital's matter. */
static struct hub_referral without_person(const struct hub_referral *asked)
{
	struct hub_referral referral = *asked;
	referral.patient = (struct hub_patient){ .patient_id = { NULL, 0 } };
	referral.reason = (struct hub_str){ NULL, 0 };
	referral.has_care_plan = false;
	referral.medications.count = referral.attachments.count = 0;
	return referral;
}

static struct hub_foreign_hold_state begin(
        struct referral_world *world, const struct hub_transfer_requested *requested)
{
	struct hub_str county_id = requested->head.county_id;
	const struct hub_referral *asked = &requested->referral;
	return (struct hub_foreign_hold_state){
		.transfer_id = requested->transfer_id,
		.county_id = county_id,
		.home_county_id = requested->home_county_id,
		.consortium_id = requested->head.consortium_id,
		.org_id = requested->asked_org_id,
		.referral = without_person(asked),
		.requested_at = requested->has_requested_at ? requested->requested_at : world->now_ms,
		.displaced = requested->displaced,
		.lead_sender = referral_policy_leads_at(world->policy, county_id, asked->from_org_id),
		.meets_criteria = referral_criteria_first(world->policy, county_id, asked),
	};
}

static void answer(struct referral_world *world, const struct hub_foreign_hold_state *hold,
        enum hub_transfer_reply reply, const char *reason_code)
{
	const struct hub_session_state *session =
	        hold->has_session_id ? referral_world_session(world, hold->org_id, hold->session_id) : NULL;
	referral_transfer_answer(world, hold, reply, session, reason_code);
}

/* It is kept for a while, so that a repeat changes nothing. */
static void end(struct referral_world *world, struct hub_foreign_hold_state *hold)
{
	int64_t days = referral_policy_limits(world->policy, hold->county_id)->forget_days;
	hold->phase = HUB_FOREIGN_HOLD_PHASE_ENDED;
	hold->referral = (struct hub_referral){ .referral_id = { NULL, 0 } };
	hold->has_session_id = false;
	hold->slot_reserved = false;
	hold->bed_held = false;
	hold->timers.count = 0;
	referral_due_set(
	        world->out->arena, &hold->timers, REFERRAL_DUE_FORGET, world->now_ms + days * HUB_DAY_MS);
	referral_world_put_foreign(world, hold);
}

/* Overdue when nobody has said anything a while after the session, or after a bed's answer was due. */
static int64_t overdue_at(struct referral_world *world, const struct hub_foreign_hold_state *hold,
        const struct referral_target *target)
{
	int64_t hours = referral_policy_limits(world->policy, hold->county_id)->arrival_hours;
	int64_t from_ms = target->has_slot ? target->ends_at
	                                   : referral_deadline_answer(world->policy, hold->county_id,
	                                             hold->referral.urgency, world->now_ms);
	return from_ms + hours * HUB_HOUR_MS;
}

/* REF-07 REF-22: open -> held, in the same step as the answer. */
static void hold_for(struct referral_world *world, struct hub_foreign_hold_state *hold,
        const struct referral_target *target)
{
	struct hub_referral_state referral = as_referral(hold);
	referral_slots_hold(world, &referral, target);
	hold->phase = HUB_FOREIGN_HOLD_PHASE_HELD;
	hold->has_session_id = target->has_slot;
	hold->session_id = target->session_id;
	hold->slot_reserved = target->reserved;
	hold->bed_held = referral.bed_held;
	hold->timers.count = 0;
	referral_due_set(
	        world->out->arena, &hold->timers, REFERRAL_DUE_OVERDUE, overdue_at(world, hold, target));
	referral_world_put_foreign(world, hold);
	answer(world, hold, HUB_TRANSFER_REPLY_HELD, NULL);
}

/* Two counties may number their referrals alike. The hold is of the one that asked first; what the other says does not
 * touch it (REF-07). A router of before does not say which county it is. */
static bool is_of(const struct hub_foreign_hold_state *hold, struct hub_str home_county_id)
{
	return !home_county_id.len || hub_str_eq(hold->home_county_id, home_county_id);
}

/* The same transfer again is answered by what it has. */
static void repeat(struct referral_world *world, const struct hub_foreign_hold_state *hold)
{
	hub_effects_rule(world->out, "I-8");
	if (hold->phase == HUB_FOREIGN_HOLD_PHASE_HELD)
		answer(world, hold, HUB_TRANSFER_REPLY_HELD, NULL);
	else if (hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING)
		answer(world, hold, HUB_TRANSFER_REPLY_WAITLISTED, NULL);
	else
		answer(world, hold, HUB_TRANSFER_REPLY_REFUSED, "ENDED");
}

/* Full is REFUSED, unless it may wait. A hospital that needs no slot here holds none. */
void referral_foreign_requested(struct referral_world *world, const struct hub_transfer_requested *requested)
{
	const struct hub_foreign_hold_state *known = referral_world_foreign(world, requested->transfer_id);
	struct hub_foreign_hold_state hold = begin(world, requested);
	struct hub_referral_state referral = as_referral(&hold);
	struct referral_target target = { .org_id = hold.org_id };
	hub_effects_rule(world->out, "REF-01");
	if (known && !is_of(known, requested->home_county_id)) {
		answer(world, &hold, HUB_TRANSFER_REPLY_REFUSED, "DUPLICATE_ID");
	} else if (known) {
		repeat(world, known);
	} else if (!referral_version_is_newest(world)) {
		answer(world, &hold, HUB_TRANSFER_REPLY_REFUSED, "NOT_SERVED");
	} else if (!hub_str_eq(referral_policy_county_of(world->policy, hold.org_id), hold.county_id)) {
		answer(world, &hold, HUB_TRANSFER_REPLY_REFUSED, "UNKNOWN_ORGANISATION");
	} else if (!referral_slots_needed(world, &hold.referral, hold.org_id)) {
		answer(world, &hold, HUB_TRANSFER_REPLY_HELD, NULL);
	} else if (referral_slots_find(world, &referral, hold.org_id, &target)) {
		hold_for(world, &hold, &target);
	} else if (requested->may_wait) {
		hold.phase = HUB_FOREIGN_HOLD_PHASE_WAITING;
		referral_world_put_foreign(world, &hold);
		answer(world, &hold, HUB_TRANSFER_REPLY_WAITLISTED, NULL);
	} else {
		answer(world, &hold, HUB_TRANSFER_REPLY_REFUSED, "FULL");
	}
}

/* REF-07: used, or given back, and the head of the waiting list gets it. Once: a repeat finds it ended. */
void referral_foreign_ended(struct referral_world *world, const struct hub_transfer_ended *ended)
{
	struct hub_foreign_hold_state *hold = referral_world_foreign(world, ended->transfer_id);
	struct referral_freed freed = { .any = false };
	if (!hold || hold->phase == HUB_FOREIGN_HOLD_PHASE_ENDED || !is_of(hold, ended->home_county_id))
		return;
	struct hub_referral_state referral = as_referral(hold);
	if (ended->end == HUB_TRANSFER_END_CAUSE_USED)
		freed = referral_slots_use(world, &referral);
	else
		freed = referral_slots_give_back(world, &referral);
	end(world, hold);
	referral_waiting_serve_freed(world, freed);
}

bool referral_foreign_take(struct referral_world *world, struct hub_foreign_hold_state *hold,
        const struct hub_session_state *session)
{
	const struct hub_referral *asked = &hold->referral;
	if (!hub_str_eq(hold->org_id, session->org_id) ||
	        (asked->has_earliest && session->starts_at < asked->earliest))
		return false;
	hold_for(world, hold,
	        &(struct referral_target){ .org_id = session->org_id,
	                .has_slot = true,
	                .session_id = session->session_id,
	                .starts_at = session->starts_at,
	                .ends_at = session->ends_at,
	                .reserved = referral_slots_from_reserved(session) });
	return true;
}

bool referral_foreign_take_bed(
        struct referral_world *world, struct hub_foreign_hold_state *hold, const struct hub_bed_board *board)
{
	if (!hub_str_eq(hold->org_id, board->org_id))
		return false;
	hold_for(world, hold, &(struct referral_target){ .org_id = board->org_id, .has_bed = true });
	return true;
}

void referral_foreign_withdraw(struct referral_world *world, struct hub_foreign_hold_state *hold)
{
	struct hub_referral_state referral = as_referral(hold);
	referral_slots_give_back(world, &referral);
	end(world, hold);
	answer(world, hold, HUB_TRANSFER_REPLY_WITHDRAWN, "SESSION_CANCELLED");
}

/* A hold is never freed here: an overdue one is told to the control centre, and the home county is asked, again each working
 * day. */
static void overdue(struct referral_world *world, struct hub_foreign_hold_state *hold)
{
	struct hub_due_timer *due = referral_due_find(&hold->timers, REFERRAL_DUE_OVERDUE);
	int64_t due_at_ms = due->since;
	referral_due_again(
	        due, referral_deadline_next(world->policy, hold->county_id, due->due_at, world->now_ms));
	hub_effects_rule(world->out, "REF-17");
	referral_tell_foreign_overdue(world, hold, due_at_ms, due->times);
	referral_transfer_query(world, hold);
	referral_world_put_foreign(world, hold);
}

void referral_foreign_fire(
        struct referral_world *world, struct hub_foreign_hold_state *hold, struct hub_str timer)
{
	if (hub_str_is(timer, REFERRAL_DUE_OVERDUE))
		overdue(world, hold);
	else
		referral_world_remove_foreign(world, hold);
}
