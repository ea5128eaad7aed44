/* REF-08 REF-10 REF-11 REF-12 */
#include "referral-router/answers.h"

#include "base/calendar.h"
#include "base/check.h"
#include "referral-router/allowed.h"
#include "referral-router/asking_county.h"
#include "referral-router/authorisation.h"
#include "referral-router/claims.h"
#include "referral-router/closed_loop.h"
#include "referral-router/due.h"
#include "referral-router/long_stay.h"
#include "referral-router/placing.h"
#include "referral-router/records.h"
#include "referral-router/refusals.h"
#include "referral-router/repeats.h"
#include "referral-router/returns.h"
#include "referral-router/slots.h"
#include "referral-router/supplements.h"
#include "referral-router/waiting.h"

/* REF-10: the sender hears of every step. */
static void hear(struct referral_world *world, const struct referral_answer *answer)
{
	world->has_said = true;
	world->said = (struct hub_said){
		.org_id = answer->org_id,
		.has_reason_code = answer->reason_code.len > 0,
		.reason_code = answer->reason_code,
		.has_text = answer->text.len > 0,
		.text = answer->text,
		.attachments = answer->attachments,
		.has_outcome = answer->has_outcome,
		.outcome = answer->outcome,
		.has_down_referral_suggested = answer->has_outcome,
		.down_referral_suggested = answer->down_referral_suggested,
	};
}

static void note_accepted(struct referral_world *world, struct hub_referral_state *referral)
{
	if (referral->has_accepted_at)
		return;
	referral->has_accepted_at = true;
	referral->accepted_at = world->now_ms;
}

/* Decided: `arrival` is due 24 h after the session's end, or after the acceptance. */
static int64_t arrival_due(struct referral_world *world, const struct hub_referral_state *referral)
{
	const struct hub_session_state *session =
	        referral->has_session_id
	                ? referral_world_session(world, referral->to_org_id, referral->session_id)
	                : NULL;
	bool abroad = referral->has_abroad && referral->abroad.has_ends_at;
	int64_t ends_at = session ? session->ends_at : abroad ? referral->abroad.ends_at : 0;
	int64_t from_ms = ends_at > world->now_ms ? ends_at : world->now_ms;
	int64_t hours = referral_policy_limits(world->policy, referral->county_id)->arrival_hours;
	return from_ms + hours * HUB_HOUR_MS;
}

static void take(struct referral_world *world, struct hub_referral_state *referral, enum referral_event event)
{
	referral_world_move(world, referral, event);
	note_accepted(world, referral);
	referral->timers.count = 0;
	if (referral->referral.direction == HUB_DIRECTION_DOWN)
		referral_return_expect(world, referral);
	else
		referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_ARRIVAL,
		        arrival_due(world, referral));
	referral_world_put_referral(world, referral);
}

static void accepted(struct referral_world *world, struct hub_referral_state *referral)
{
	take(world, referral, REFERRAL_EVENT_ACCEPTED);
	referral_tell_progressed(world, referral, false);
}

/* REF-08: it stays claimable; told to the sender and the control centre. */
static void claimed(struct referral_world *world, struct hub_referral_state *referral)
{
	referral_claim_take(world, referral, world->cause->source_org_id);
	take(world, referral, REFERRAL_EVENT_CLAIMED);
	referral_tell_claimed(world, referral);
	referral_tell_control(world, referral, "CLAIMED", world->now_ms, 1);
}

static void expect_completion(struct referral_world *world, struct hub_referral_state *referral)
{
	int64_t days = referral_policy_limits(world->policy, referral->county_id)->completion_days;
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_COMPLETION,
	        world->now_ms + days * HUB_DAY_MS);
}

/* Arrived implies accepted. */
static void arrived(struct referral_world *world, struct hub_referral_state *referral)
{
	referral_world_move(world, referral, REFERRAL_EVENT_ARRIVED);
	note_accepted(world, referral);
	referral->has_arrived_at = true;
	referral->arrived_at = world->now_ms;
	if (referral->referral.direction == HUB_DIRECTION_DOWN)
		referral_return_expect(world, referral);
	else
		expect_completion(world, referral);
	referral_long_stay_begin(world, referral);
	struct referral_freed freed = referral_slots_use(world, referral);
	referral_world_put_referral(world, referral);
	referral_tell_progressed(world, referral, false);
	referral_waiting_serve_freed(world, freed);
}

/* REF-11: a rejected referral goes to the next candidate, never back to the hospital that rejected it. */
static void rejected(struct referral_world *world, struct hub_referral_state *referral)
{
	struct referral_freed freed = referral_slots_give_back(world, referral);
	referral_world_move(world, referral, REFERRAL_EVENT_REJECTED);
	struct hub_str lost = referral_place_lose(world, referral, "REJECTED");
	referral_place(world, referral, lost);
	referral_waiting_serve_freed(world, freed);
}

void referral_answer_close(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event)
{
	referral_world_move(world, referral, event);
	struct hub_referral_stub stub = referral_record_end(world, referral);
	referral_world_put_stub(world, referral->referral.referral_id, &stub);
	referral_tell_closed(world, referral->referral.referral_id, &stub, false);
}

/* The patient is there, or was: completed, or a return confirmed (REF-16). */
static void there(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event)
{
	struct referral_freed freed = { .any = false };
	if (referral->stage != HUB_REFERRAL_STAGE_ARRIVED)
		freed = referral_slots_use(world, referral);
	note_accepted(world, referral);
	referral_answer_close(world, referral, event);
	referral_waiting_serve_freed(world, freed);
}

/* REF-07: a no-show or cancelled referral gives the slot back, and the head of the waiting list gets it. */
static void given_up(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event)
{
	if (referral->stage == HUB_REFERRAL_STAGE_WAITING)
		referral_waiting_leave(world, referral);
	struct referral_freed freed = referral_slots_give_back(world, referral);
	referral_answer_close(world, referral, event);
	referral_waiting_serve_freed(world, freed);
}

static void apply(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event)
{
	referral->event_hashes =
	        referral_repeats_add(world->out->arena, referral->event_hashes, world->cause);
	switch (event) {
	case REFERRAL_EVENT_ACCEPTED:
		accepted(world, referral);
		break;
	case REFERRAL_EVENT_ARRIVED:
		arrived(world, referral);
		break;
	case REFERRAL_EVENT_REJECTED:
		rejected(world, referral);
		break;
	case REFERRAL_EVENT_COMPLETED:
	case REFERRAL_EVENT_CONFIRMED:
		there(world, referral, event);
		break;
	case REFERRAL_EVENT_ASKED:
		referral_supplement_ask(world, referral);
		break;
	case REFERRAL_EVENT_SUPPLEMENTED:
		referral_supplement_give(world, referral);
		break;
	case REFERRAL_EVENT_AUTHORISED:
		referral_authorise(world, referral);
		break;
	case REFERRAL_EVENT_CLAIMED:
		claimed(world, referral);
		break;
	case REFERRAL_EVENT_NO_SHOW:
	case REFERRAL_EVENT_CANCELLED:
		given_up(world, referral, event);
		break;
	default:
		hub_check(!"every event has its case");
	}
}

/* REF-12: an event about an unknown or ended referral is refused and changes nothing. */
static void answer_ended(struct referral_world *world, const struct referral_answer *answer)
{
	const struct hub_referral_stub *stub = referral_world_stub(world, answer->referral_id);
	if (!stub || !hub_str_eq(stub->county_id, world->cause->county_id))
		referral_refuse(world, REFERRAL_REFUSAL_NO_REFERRAL, answer->referral_id);
	else if (referral_repeats_has(stub->event_hashes, world->cause))
		referral_repeats_answer_ended(world, answer->referral_id, stub);
	else
		referral_refuse(world, REFERRAL_REFUSAL_ENDED, answer->referral_id);
}

/* What the state machine allows and another rule does not: true when it was refused. */
static bool refused_by_rule(struct referral_world *world, const struct hub_referral_state *referral,
        const struct referral_answer *answer)
{
	if (!referral_machine_concerns(answer->event, referral->referral.direction))
		referral_refuse(world, REFERRAL_REFUSAL_RETURN, answer->referral_id);
	else if (answer->event == REFERRAL_EVENT_ASKED && !referral_supplement_may_be_asked(world, referral))
		referral_refuse(world, REFERRAL_REFUSAL_ASKED_ENOUGH, answer->referral_id);
	else if (answer->event == REFERRAL_EVENT_CLAIMED &&
	         !referral_claim_may_leave(world, referral, answer->org_id))
		referral_refuse(world, REFERRAL_REFUSAL_LEAVES_COUNTY, answer->referral_id);
	else
		return false;
	return true;
}

void referral_answer(struct referral_world *world, const struct referral_answer *answer)
{
	world->own_key = referral_world_referral_key(world, answer->referral_id);
	struct hub_referral_state *referral = referral_world_referral(world, answer->referral_id);
	if (!referral || !hub_str_eq(referral->county_id, world->cause->county_id)) {
		answer_ended(world, answer);
		return;
	}
	const struct referral_transition *row = referral_machine_find(referral->stage, answer->event);
	unsigned who = referral_allowed_who(world->policy, referral, world->cause->source_org_id);
	if (referral_repeats_has(referral->event_hashes, world->cause)) {
		referral_repeats_answer(world, referral);
	} else if (!hub_str_eq(answer->org_id, world->cause->source_org_id)) {
		referral_refuse(world, REFERRAL_REFUSAL_FOR_ANOTHER, answer->referral_id);
	} else if (!(referral_machine_who(answer->event) & who)) {
		/* REF-12: only the addressed hospital accepts, rejects, asks; only the sender cancels,
		 * supplements. */
		referral_refuse(world, REFERRAL_REFUSAL_NO_SAY, answer->referral_id);
	} else if (!row) {
		referral_refuse(world, REFERRAL_REFUSAL_STATE, answer->referral_id);
	} else if (!refused_by_rule(world, referral, answer)) {
		hear(world, answer);
		apply(world, referral, answer->event);
	}
}
