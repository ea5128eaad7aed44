/* REF-08: claims. A referral that nobody took may be taken by a hospital of its own accord. */
#ifndef REFERRAL_ROUTER_CLAIMS_H
#define REFERRAL_ROUTER_CLAIMS_H

#include "referral-router/world.h"

/* Whether the hospital may have the patient: one elsewhere needs an authorisation, as in REF-01. */
bool referral_claim_may_leave(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id);

/* The referral, UNPLACED until now, is the hospital's and accepted; neither put nor told yet. */
void referral_claim_take(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_str org_id);

#endif
