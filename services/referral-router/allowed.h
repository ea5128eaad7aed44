/* REF-18: "what may I do now?" */
#ifndef REFERRAL_ROUTER_ALLOWED_H
#define REFERRAL_ROUTER_ALLOWED_H

#include "base/arena.h"
#include "wire/arrays.h"

#include "referral-router/world.h"

/* Who the organisation is to the referral: a set of referral_who. */
unsigned referral_allowed_who(const struct referral_policy *policy, const struct hub_referral_state *referral,
        struct hub_str org_id);

/* The names of the records that one of `who` may send about a referral of that direction in that stage, in the
 * order of referral.def. */
struct hub_str_array referral_allowed(
        enum hub_referral_stage stage, enum hub_direction direction, unsigned who, struct hub_arena *arena);

#endif
