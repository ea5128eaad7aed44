#include "dashboard-gateway/view/rows.h"

/* A desk's walk is two: its own rows, then those of its county that nobody took; this bit of the place says that the first is
 * over. */
#define SECOND_WALK (SIZE_MAX / 2 + 1)

static const struct gateway_referral *next_own(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_referral *referral;
	while ((referral = gateway_hot_each_of(world->hot, viewer->org_id, at)))
		if (gateway_sees_referral(viewer, referral))
			return referral;
	return NULL;
}

static const struct gateway_referral *next_claimable(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_referral *referral;
	while ((referral = gateway_hot_each_unplaced(world->hot, viewer->county_id, at)))
		if (!gateway_sees_referral(viewer, referral) &&
		        gateway_may_claim(viewer, world->policy, referral))
			return referral;
	return NULL;
}

static const struct gateway_referral *next_of_desk(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_referral *referral = *at & SECOND_WALK ? NULL : next_own(world, viewer, at);
	if (referral)
		return referral;
	size_t second = *at & SECOND_WALK ? *at & ~SECOND_WALK : 0;
	referral = next_claimable(world, viewer, &second);
	*at = second | SECOND_WALK;
	return referral;
}

const struct gateway_referral *gateway_referrals_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_row *row;
	if (viewer->role == GATEWAY_ROLE_HOSPITAL)
		return next_of_desk(world, viewer, at);
	while ((row = gateway_hot_each(world->hot, GATEWAY_REFERRAL, at))) {
		const struct gateway_referral *referral = (const struct gateway_referral *)(const void *)row;
		if (gateway_shows_referral(viewer, world->policy, referral))
			return referral;
	}
	return NULL;
}
