/* REF-05 REF-15: how much of a session is reserved for up referrals, and until when. Counting is slots' part.
 */
#ifndef REFERRAL_ROUTER_QUOTA_H
#define REFERRAL_ROUTER_QUOTA_H

#include "records/slots_opened.h"

#include "referral-router/policy.h"

struct referral_quota {
	int32_t reserved;           /* slots, 0 to capacity */
	int64_t released_at_ms;     /* from then on what is left of them is common */
	int64_t common_opens_at_ms; /* from then on everyone else may take slots; INT64_MIN: from the beginning */
};

/* The session's own fields win; else the hospital's release policy, the most specific one; else the defaults
 * of the county's ReferralLimits, which reserve only at city and lead hospitals. A share is rounded up to a
 * whole slot. Where nothing is reserved, the common part is open from the beginning, unless the session says
 * otherwise. */
struct referral_quota referral_quota_of(
        const struct referral_policy *policy, const struct hub_slots_opened *session);

/* Whether the hospital has a release policy for that specialty and need: half of the question whether it is
 * "a hospital without slots" (the other half: whether it ever had a session). */
bool referral_quota_has_policy(const struct referral_policy *policy, struct hub_str org_id,
        struct hub_str specialty, enum hub_need need);

#endif
