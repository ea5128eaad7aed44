/* REF-04: what an organisation treats, by its own capability list, else by its level's, else unrestricted. */
#ifndef REFERRAL_ROUTER_CAPABILITY_H
#define REFERRAL_ROUTER_CAPABILITY_H

#include "referral-router/policy.h"

/* False when its catalogue lacks the diagnosis: then it is no target. True without any list, or without a
 * diagnosis. */
bool referral_capability_allows(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str diagnosis);

/* Whether a list says that the organisation treats it itself: flag WITHIN_SENDER_CAPABILITY. Without a list
 * it is not flagged, since nobody has said so. */
bool referral_capability_states(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str diagnosis);

#endif
