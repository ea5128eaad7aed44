/* REF-05 REF-07 REF-15 */
#include "referral-router/sessions.h"

#include "referral-router/due.h"
#include "referral-router/early_release.h"
#include "referral-router/quota.h"
#include "referral-router/refusals.h"
#include "referral-router/repeats.h"
#include "referral-router/session_end.h"
#include "referral-router/slots.h"
#include "referral-router/waiting.h"

static const struct hub_str NO_REFERRAL_ID = { NULL, 0 };

static void refuse(struct referral_world *world, enum referral_refusal refusal)
{
	referral_refuse(world, refusal, NO_REFERRAL_ID);
}

/* The session that an event is about, loaded after the sender was found to be its hospital; NULL: refused. */
static struct hub_session_state *find(
        struct referral_world *world, struct hub_str org_id, struct hub_str session_id)
{
	world->own_key = referral_world_session_key(world, org_id, session_id);
	if (!referral_refuse_unless_own(world, org_id))
		return NULL;
	struct hub_session_state *session = referral_world_session(world, org_id, session_id);
	if (!session)
		refuse(world, REFERRAL_REFUSAL_NO_SESSION);
	return session;
}

static bool is_over(const struct referral_world *world, const struct hub_session_state *session)
{
	return session->phase != HUB_SESSION_PHASE_OPEN || session->ends_at <= world->now_ms;
}

/* The numbers after everything that this step did. */
static void tell_now(
        struct referral_world *world, const struct hub_session_state *session, enum hub_session_cause cause)
{
	const struct hub_session_state *now =
	        referral_world_session(world, session->org_id, session->session_id);
	if (now)
		referral_tell_session(world, now, cause, false);
}

static void repeat(
        struct referral_world *world, const struct hub_session_state *session, enum hub_session_cause cause)
{
	hub_effects_rule(world->out, "I-8");
	referral_tell_session(world, session, cause, true);
}

static void remember(struct referral_world *world, struct hub_session_state *session)
{
	session->event_hashes = referral_repeats_add(world->out->arena, session->event_hashes, world->cause);
}

static bool well_formed(struct referral_world *world, const struct hub_slots_opened *opened)
{
	const char *wrong = NULL;
	if (opened->need == HUB_NEED_BED)
		wrong = "SlotsOpened.need: beds are reported with BedsReported";
	else if (opened->has_exam_item && opened->need != HUB_NEED_EXAM)
		wrong = "SlotsOpened.exam_item: only with need EXAM";
	else if (!referral_world_is_code(opened->specialty) || !opened->specialty.len)
		wrong = "SlotsOpened.specialty: a code without ':'";
	else if (opened->has_exam_item && !referral_world_is_code(opened->exam_item))
		wrong = "SlotsOpened.exam_item: a code without ':'";
	else if (opened->starts_at >= opened->ends_at)
		wrong = "SlotsOpened.ends_at: later than starts_at";
	else if (opened->capacity < 0)
		wrong = "SlotsOpened.capacity: not negative";
	else if (opened->has_reserved_for_primary &&
	         (opened->reserved_for_primary < 0 || opened->reserved_for_primary > opened->capacity))
		wrong = "SlotsOpened.reserved_for_primary: 0 to capacity";
	else if (!referral_world_is_code(opened->session_id) || !opened->session_id.len)
		wrong = "SlotsOpened.session_id: not empty, without ':'";
	if (wrong)
		hub_effects_dead_letter(world->out, "RULE", hub_str_from(wrong));
	return !wrong;
}

static bool same_kind(const struct hub_session_state *session, const struct hub_slots_opened *opened)
{
	return hub_str_eq(session->specialty, opened->specialty) && session->need == opened->need &&
	       session->has_exam_item == opened->has_exam_item &&
	       (!session->has_exam_item || hub_str_eq(session->exam_item, opened->exam_item));
}

static bool same_times(const struct hub_session_state *session, const struct hub_slots_opened *opened)
{
	return session->starts_at == opened->starts_at && session->ends_at == opened->ends_at;
}

/* What a revision may change: a patient who was given a slot keeps what was said about it. */
static bool may_revise(struct referral_world *world, const struct hub_session_state *session,
        const struct hub_slots_opened *opened)
{
	if (session->phase != HUB_SESSION_PHASE_OPEN)
		refuse(world, REFERRAL_REFUSAL_SESSION_OVER);
	else if (!same_kind(session, opened))
		refuse(world, REFERRAL_REFUSAL_OTHER_SESSION);
	else if (referral_slots_referred(session) && !same_times(session, opened))
		refuse(world, REFERRAL_REFUSAL_MOVED);
	else
		return true;
	return false;
}

static void take_over(struct hub_session_state *session, const struct hub_slots_opened *opened)
{
	session->county_id = opened->head.county_id;
	session->consortium_id = opened->head.consortium_id;
	session->org_id = opened->org_id;
	session->session_id = opened->session_id;
	session->revision = opened->revision;
	session->specialty = opened->specialty;
	session->need = opened->need;
	session->has_exam_item = opened->has_exam_item;
	session->exam_item = opened->exam_item;
	session->expert = opened->expert;
	session->starts_at = opened->starts_at;
	session->ends_at = opened->ends_at;
	session->phase = HUB_SESSION_PHASE_OPEN;
	/* Whoever did not fit before may fit now: the waiting list is served from its head. */
	session->serve_after = (struct hub_str){ NULL, 0 };
}

/* REF-05: a share is reserved until a release time before the session. The capacity is absolute. */
static bool share(struct referral_world *world, struct hub_session_state *session,
        const struct hub_slots_opened *opened)
{
	struct referral_quota quota = referral_quota_of(world->policy, opened);
	bool released = quota.released_at_ms <= world->now_ms;
	if (!referral_slots_share(session, opened->capacity, quota.reserved, released))
		return false;
	if (released)
		referral_due_clear(&session->timers, REFERRAL_DUE_RELEASE);
	else
		referral_due_set(
		        world->out->arena, &session->timers, REFERRAL_DUE_RELEASE, quota.released_at_ms);
	referral_due_set(world->out->arena, &session->timers, REFERRAL_DUE_END, opened->ends_at);
	referral_early_set(world, session, quota.common_opens_at_ms);
	return true;
}

void referral_session_open(struct referral_world *world, const struct hub_slots_opened *opened)
{
	world->own_key = referral_world_session_key(world, opened->org_id, opened->session_id);
	if (!well_formed(world, opened) || !referral_refuse_unless_own(world, opened->org_id))
		return;
	struct hub_session_state *session = referral_world_session(world, opened->org_id, opened->session_id);
	/* I-8: a lower or equal revision changes nothing. */
	if (session && opened->revision <= session->revision) {
		repeat(world, session, HUB_SESSION_CAUSE_OPENED);
		return;
	}
	if (session && !may_revise(world, session, opened))
		return;
	if (!session)
		session = hub_arena_alloc(world->out->arena, sizeof(*session));
	if (!session)
		return;
	/* REF-07: below what is held or used it is refused. */
	if (!share(world, session, opened)) {
		refuse(world, REFERRAL_REFUSAL_BELOW_USE);
		return;
	}
	take_over(session, opened);
	remember(world, session);
	hub_effects_rule(world->out, "REF-05");
	referral_world_put_session(world, session);
	referral_world_note_offer(world, opened->org_id, opened->specialty, opened->need);
	referral_waiting_serve(world, opened->org_id, opened->session_id);
	tell_now(world, session, HUB_SESSION_CAUSE_OPENED);
}

void referral_session_cancel(struct referral_world *world, const struct hub_session_cancelled *cancelled)
{
	struct hub_session_state *session = find(world, cancelled->org_id, cancelled->session_id);
	if (!session)
		return;
	if (referral_repeats_has(session->event_hashes, world->cause)) {
		repeat(world, session, HUB_SESSION_CAUSE_CANCELLED);
		return;
	}
	if (session->phase != HUB_SESSION_PHASE_OPEN) {
		refuse(world, REFERRAL_REFUSAL_SESSION_OVER);
		return;
	}
	remember(world, session);
	referral_session_end(world, session, HUB_SESSION_PHASE_CANCELLED);
}

/* Decided: a SlotTaken that is too early or too many is refused RULE REF-05. */
static bool may_take(struct referral_world *world, const struct hub_session_state *session)
{
	if (is_over(world, session))
		refuse(world, REFERRAL_REFUSAL_SESSION_OVER);
	else if (!referral_early_is_open(session))
		refuse(world, REFERRAL_REFUSAL_TOO_EARLY);
	else if (session->common.open == 0)
		refuse(world, REFERRAL_REFUSAL_NONE_OPEN);
	else
		return true;
	return false;
}

void referral_session_take(struct referral_world *world, const struct hub_slot_taken *taken)
{
	struct hub_session_state *session = find(world, taken->org_id, taken->session_id);
	if (!session)
		return;
	struct hub_booking_state *booking =
	        referral_world_booking(world, taken->org_id, taken->session_id, taken->booking_id);
	if (booking && (booking->taken || referral_repeats_has(booking->event_hashes, world->cause))) {
		repeat(world, session, HUB_SESSION_CAUSE_TAKEN);
		return;
	}
	if (!may_take(world, session))
		return;
	struct hub_booking_state now = {
		.org_id = taken->org_id,
		.session_id = taken->session_id,
		.booking_id = taken->booking_id,
		.taken = true,
		.event_hashes = booking ? booking->event_hashes : NO_REFERRAL_ID,
	};
	now.event_hashes = referral_repeats_add(world->out->arena, now.event_hashes, world->cause);
	session->common.open--;
	session->common.used_own++;
	hub_effects_rule(world->out, "REF-05");
	referral_world_put_booking(world, &now);
	referral_world_put_session(world, session);
	referral_tell_session(world, session, HUB_SESSION_CAUSE_TAKEN, false);
}

void referral_session_free(struct referral_world *world, const struct hub_slot_freed *freed)
{
	struct hub_session_state *session = find(world, freed->org_id, freed->session_id);
	if (!session)
		return;
	struct hub_booking_state *booking =
	        referral_world_booking(world, freed->org_id, freed->session_id, freed->booking_id);
	if (booking && referral_repeats_has(booking->event_hashes, world->cause)) {
		repeat(world, session, HUB_SESSION_CAUSE_FREED);
		return;
	}
	if (is_over(world, session) || !booking || !booking->taken) {
		refuse(world, is_over(world, session) ? REFERRAL_REFUSAL_SESSION_OVER
		                                      : REFERRAL_REFUSAL_NOT_BOOKED);
		return;
	}
	booking->taken = false;
	booking->event_hashes = referral_repeats_add(world->out->arena, booking->event_hashes, world->cause);
	session->common.used_own--;
	session->common.open++;
	hub_effects_rule(world->out, "REF-07");
	referral_world_put_booking(world, booking);
	referral_world_put_session(world, session);
	referral_waiting_serve(world, freed->org_id, freed->session_id);
	tell_now(world, session, HUB_SESSION_CAUSE_FREED);
}

/* REF-05: at the release time what is left joins the common part. */
static void release(struct referral_world *world, struct hub_session_state *session)
{
	referral_slots_release(session);
	referral_due_clear(&session->timers, REFERRAL_DUE_RELEASE);
	hub_effects_rule(world->out, "REF-05");
	referral_world_put_session(world, session);
	referral_tell_session(world, session, HUB_SESSION_CAUSE_RELEASED, false);
}

void referral_session_fire(
        struct referral_world *world, struct hub_session_state *session, struct hub_str timer)
{
	if (hub_str_is(timer, REFERRAL_DUE_OPEN))
		referral_early_open(world, session);
	else if (hub_str_is(timer, REFERRAL_DUE_RELEASE))
		release(world, session);
	else if (hub_str_is(timer, REFERRAL_DUE_SERVE))
		referral_waiting_go_on(world, session);
	else if (hub_str_is(timer, REFERRAL_DUE_END))
		referral_session_end(world, session, HUB_SESSION_PHASE_ENDED);
	else if (hub_str_is(timer, REFERRAL_DUE_REROUTE))
		referral_session_reroute(world, session);
	else
		referral_session_forget(world, session);
}
