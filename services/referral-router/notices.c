/* REF-17 */
#include "referral-router/notices.h"

#include "referral-router/closed_loop.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"
#include "referral-router/transfers.h"

/* What a referral waits for, and the timer that says since when: NULL: the notice's own. */
struct wait {
	const char *reason;
	const char *since;
};

static struct wait wait_of(const struct hub_referral_state *referral)
{
	static const char *const waiting[] = { [HUB_WAITS_FOR_SLOT] = "WAITS_FOR_SLOT",
		[HUB_WAITS_FOR_BED] = "WAITS_FOR_BED",
		[HUB_WAITS_FOR_AUTHORISATION] = "WAITS_FOR_AUTHORISATION" };
	switch (referral->stage) {
	case HUB_REFERRAL_STAGE_WAITING:
		return (struct wait){ waiting[referral->waits_for], NULL };
	case HUB_REFERRAL_STAGE_SUPPLEMENTING:
		return (struct wait){ "SUPPLEMENT_OVERDUE", REFERRAL_DUE_SUPPLEMENT_RETURN };
	case HUB_REFERRAL_STAGE_ACCEPTED:
		return (struct wait){ "ARRIVAL_NOT_REPORTED", REFERRAL_DUE_ARRIVAL };
	case HUB_REFERRAL_STAGE_ARRIVED:
		return (struct wait){ "COMPLETION_NOT_REPORTED", REFERRAL_DUE_COMPLETION };
	default:
		return (struct wait){ "UNPLACED", NULL };
	}
}

void referral_notice_begin(struct referral_world *world, struct hub_referral_state *referral)
{
	if (!referral_due_find(&referral->timers, REFERRAL_DUE_NOTICE))
		referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_NOTICE,
		        referral_deadline_notice(world->policy, referral->county_id, world->now_ms));
}

/* Whatever is waiting longer than its limit is told to sender and control centre, again each working day, until
 * someone acts. Decided: at 09:00. */
void referral_notice_fire(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	struct wait wait = wait_of(referral);
	const struct hub_due_timer *since =
	        wait.since ? referral_due_find(&referral->timers, wait.since) : NULL;
	int64_t due_at_ms = since ? since->since : due->due_at;
	referral_due_again(due, referral_deadline_notice(world->policy, referral->county_id, world->now_ms));
	hub_effects_rule(world->out, "REF-17");
	referral_tell_reminder(
	        world, referral, referral->referral.from_org_id, wait.reason, due_at_ms, due->times);
	referral_tell_control(world, referral, wait.reason, due_at_ms, due->times);
	/* An answer of another county that was lost is asked for again. */
	if (referral->stage == HUB_REFERRAL_STAGE_WAITING && referral->has_abroad)
		referral_transfer_request(world, referral);
	referral_world_put_referral(world, referral);
}
