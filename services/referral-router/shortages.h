/* REF-02: continued drugs that the receiver of a down referral lacks. */
#ifndef REFERRAL_ROUTER_SHORTAGES_H
#define REFERRAL_ROUTER_SHORTAGES_H

#include "records/referral.h"
#include "records/referral_routed.h"

#include "referral-router/policy.h"

/* The referral's medications that are not in the organisation's drug catalogue, in their order; none for an up
 * referral, and none where no catalogue is loaded. In the arena. */
struct hub_shortage_array referral_shortages(const struct referral_policy *policy,
        const struct hub_referral *asked, struct hub_str org_id, struct hub_arena *arena);

#endif
