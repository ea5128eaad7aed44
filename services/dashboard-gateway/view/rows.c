#include "dashboard-gateway/view/rows.h"

static const struct gateway_referral *next(
        const struct gateway_hot *hot, const struct gateway_viewer *viewer, size_t *at)
{
	if (viewer->role == GATEWAY_ROLE_HOSPITAL)
		return gateway_hot_each_of(hot, viewer->org_id, at);
	return (const struct gateway_referral *)(const void *)gateway_hot_each(hot, GATEWAY_REFERRAL, at);
}

const struct gateway_referral *gateway_referrals_each(
        const struct gateway_hot *hot, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_referral *referral;
	while ((referral = next(hot, viewer, at)))
		if (gateway_sees_referral(viewer, referral))
			return referral;
	return NULL;
}
