/* REF-01 */
#include "referral-router/authorisation.h"

#include "referral-router/closed_loop.h"
#include "referral-router/placing.h"
#include "referral-router/waiting.h"

static void keep(struct referral_world *world, struct hub_referral_state *referral)
{
	referral_world_put_referral(world, referral);
	referral_tell_progressed(world, referral, false);
}

/* What leaves the county needs an authorisation, on the request or by a later `OutOfCountyAuthorised`; without it the
 * referral waits. It stands with what is asked for, as if the request had carried it, so whatever comes later (a
 * rejection, a time that passes) finds it. */
void referral_authorise(struct referral_world *world, struct hub_referral_state *referral)
{
	bool waits = referral->stage == HUB_REFERRAL_STAGE_WAITING;
	/* Whoever may leave already keeps the place that it has, at home or elsewhere. */
	if (waits && referral->referral.out_of_county_authorised) {
		keep(world, referral);
		return;
	}
	referral->referral.out_of_county_authorised = true;
	referral_world_move(world, referral, REFERRAL_EVENT_AUTHORISED);
	if (waits)
		referral_waiting_leave(world, referral);
	if (referral->stage == HUB_REFERRAL_STAGE_ROUTING)
		referral_place(world, referral, (struct hub_str){ NULL, 0 });
	else
		keep(world, referral);
}
