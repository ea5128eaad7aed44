/* REF-07 */
#include "referral-router/session_end.h"

#include "base/calendar.h"
#include "referral-router/closed_loop.h"
#include "referral-router/due.h"
#include "referral-router/foreign_holds.h"
#include "referral-router/placing.h"
#include "referral-router/slots.h"

/* The most bookings that one step removes. */
enum { MOST_REMOVED = 500 };

/* Decided: a cancelled session's holders are routed anew, all of them, as heads of the list; one that is over
 * loses those that the hospital has not answered. The same hospital is allowed. */
static void displace(
        struct referral_world *world, struct hub_referral_state *referral, enum hub_session_phase phase)
{
	bool cancelled = phase == HUB_SESSION_PHASE_CANCELLED;
	referral_slots_give_back(world, referral);
	referral_world_move(
	        world, referral, cancelled ? REFERRAL_EVENT_SESSION_CANCELLED : REFERRAL_EVENT_SESSION_ENDED);
	struct hub_str lost =
	        referral_place_lose(world, referral, cancelled ? "SESSION_CANCELLED" : "SESSION_ENDED");
	referral->displaced = cancelled;
	referral_place(world, referral, lost);
}

/* What one step cannot carry goes on by timer; holders not yet routed anew may still act. */
void referral_session_reroute(struct referral_world *world, struct hub_session_state *session)
{
	bool unanswered = session->phase == HUB_SESSION_PHASE_ENDED;
	int32_t portion = referral_policy_limits(world->policy, session->county_id)->reroutes_per_event;
	const struct hub_sorted_node *node = referral_world_first_holder(world, session, unanswered);
	for (int32_t done = 0; node && done < portion && referral_world_may_go_on(world); done++) {
		struct hub_foreign_hold_state *hold = referral_world_foreign_at(world, node);
		struct hub_referral_state *referral = hold ? NULL : referral_world_referral_at(world, node);
		if (hold)
			referral_foreign_withdraw(world, hold);
		else if (referral)
			displace(world, referral, session->phase);
		else
			return;
		node = referral_world_first_holder(world, session, unanswered);
	}
	session = referral_world_session(world, session->org_id, session->session_id);
	if (!session)
		return;
	if (node)
		referral_due_set(
		        world->out->arena, &session->timers, REFERRAL_DUE_REROUTE, world->now_ms + 1);
	else
		referral_due_clear(&session->timers, REFERRAL_DUE_REROUTE);
	referral_world_put_session(world, session);
	referral_tell_session(
	        world, session, unanswered ? HUB_SESSION_CAUSE_ENDED : HUB_SESSION_CAUSE_CANCELLED, false);
}

/* Decided: a cancelled session's capacity becomes held + used, and both fall as holders are routed anew. What
 * was open when a session is over is reported unused (KPI-05). Sessions are forgotten 30 days after their
 * end. */
void referral_session_end(
        struct referral_world *world, struct hub_session_state *session, enum hub_session_phase phase)
{
	int64_t days = referral_policy_limits(world->policy, session->county_id)->session_forget_days;
	int64_t end_ms = session->ends_at > world->now_ms ? session->ends_at : world->now_ms;
	session->phase = phase;
	if (phase == HUB_SESSION_PHASE_CANCELLED)
		session->reserved.open = session->common.open = 0;
	session->serve_after = (struct hub_str){ NULL, 0 };
	session->timers.count = 0;
	referral_due_set(
	        world->out->arena, &session->timers, REFERRAL_DUE_FORGET, end_ms + days * HUB_DAY_MS);
	referral_world_put_session(world, session);
	hub_effects_rule(world->out, "REF-07");
	referral_session_reroute(world, session);
}

static void forget_later(struct referral_world *world, struct hub_session_state *session, int64_t due_at_ms)
{
	referral_due_set(world->out->arena, &session->timers, REFERRAL_DUE_FORGET, due_at_ms);
	referral_world_put_session(world, session);
}

/* Who still holds a slot there keeps the session, however the limits are set: its id must not come to mean
 * another one. */
void referral_session_forget(struct referral_world *world, struct hub_session_state *session)
{
	const struct hub_sorted_node *node;
	if (referral_world_first_holder(world, session, false)) {
		forget_later(world, session, world->now_ms + HUB_DAY_MS);
		return;
	}
	for (int removed = 0; (node = referral_world_first_booking(world, session)); removed++) {
		if (removed == MOST_REMOVED) {
			forget_later(world, session, world->now_ms + 1);
			return;
		}
		referral_world_remove(world, hub_arena_copy(world->out->arena, hub_table_entity(node)));
	}
	referral_world_remove(world, referral_world_session_key(world, session->org_id, session->session_id));
}
