/* REF-05 REF-15 */
#include "referral-router/early_release.h"

#include "referral-router/closed_loop.h"
#include "referral-router/due.h"
#include "referral-router/waiting.h"

/* The timer is the state: while it runs, the common part is closed. */
bool referral_early_is_open(const struct hub_session_state *session)
{
	return !referral_due_find(&session->timers, REFERRAL_DUE_OPEN);
}

void referral_early_set(
        struct referral_world *world, struct hub_session_state *session, int64_t common_opens_at_ms)
{
	if (common_opens_at_ms > world->now_ms)
		referral_due_set(world->out->arena, &session->timers, REFERRAL_DUE_OPEN, common_opens_at_ms);
	else
		referral_due_clear(&session->timers, REFERRAL_DUE_OPEN);
}

/* Open to primary care so many days before everyone else: from now on to everyone. Whoever waits comes first. */
void referral_early_open(struct referral_world *world, struct hub_session_state *session)
{
	struct hub_str org_id = session->org_id, session_id = session->session_id;
	referral_due_clear(&session->timers, REFERRAL_DUE_OPEN);
	hub_effects_rule(world->out, "REF-15");
	referral_world_put_session(world, session);
	referral_waiting_serve(world, org_id, session_id);
	session = referral_world_session(world, org_id, session_id);
	if (session)
		referral_tell_session(world, session, HUB_SESSION_CAUSE_OPENED, false);
}
