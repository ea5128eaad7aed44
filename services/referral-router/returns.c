/* REF-16: a down referral is confirmed by the receiver (RETURN_CONFIRMED) before it is closed; the lead hospital
 * follows up if it is not, within 3 working days. */
#include "referral-router/returns.h"

#include "referral-router/closed_loop.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"

/* Decided: return_confirm runs from ACCEPTED, in the place of arrival and completion: nothing but what somebody says
 * ends a down referral. */
void referral_return_expect(struct referral_world *world, struct hub_referral_state *referral)
{
	int32_t days =
	        referral_policy_limits(world->policy, referral->county_id)->return_confirm_working_days;
	if (referral_due_find(&referral->timers, REFERRAL_DUE_RETURN))
		return;
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_RETURN,
	        referral_deadline_working_days(world->policy, referral->county_id, world->now_ms, days));
}

/* Decided: receiver and sender are reminded, again each working day; REF-17: the control centre is told, too. */
void referral_return_not_confirmed(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	const struct hub_str told[] = { referral->to_org_id, referral->referral.from_org_id };
	hub_effects_rule(world->out, "REF-16");
	referral_due_again(
	        due, referral_deadline_next(world->policy, referral->county_id, due->due_at, world->now_ms));
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		referral_tell_reminder(
		        world, referral, told[i], "RETURN_NOT_CONFIRMED", due->since, due->times);
	referral_tell_control(world, referral, "RETURN_NOT_CONFIRMED", due->since, due->times);
	referral_world_put_referral(world, referral);
}
