/* REF-01: leaving the county by a later authorisation of the control centre. */
#ifndef REFERRAL_ROUTER_AUTHORISATION_H
#define REFERRAL_ROUTER_AUTHORISATION_H

#include "referral-router/world.h"

/* OutOfCountyAuthorised: who waits or is unplaced is placed anew, who is with a hospital keeps it for later; put and
 * told. */
void referral_authorise(struct referral_world *world, struct hub_referral_state *referral);

#endif
