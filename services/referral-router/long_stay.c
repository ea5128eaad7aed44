/* REF-22: a referred inpatient still there past a limit (default 30 days) is proposed for a down referral. */
#include "referral-router/long_stay.h"

#include "base/calendar.h"
#include "referral-router/closed_loop.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"

/* Decided: "referred inpatient" is one who was referred up; who was sent down is there already. */
void referral_long_stay_begin(struct referral_world *world, struct hub_referral_state *referral)
{
	int64_t days = referral_policy_limits(world->policy, referral->county_id)->long_stay_days;
	const struct hub_referral *asked = &referral->referral;
	if (asked->need == HUB_NEED_BED && asked->direction == HUB_DIRECTION_UP)
		referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_LONG_STAY,
		        world->now_ms + days * HUB_DAY_MS);
}

/* The hospital is told, again each working day (REF-17), until it completes the referral. */
void referral_long_stay_propose(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	hub_effects_rule(world->out, "REF-22");
	referral_due_again(
	        due, referral_deadline_next(world->policy, referral->county_id, due->due_at, world->now_ms));
	referral_tell_reminder(world, referral, referral->to_org_id, "LONG_STAY", due->since, due->times);
	referral_world_put_referral(world, referral);
}
