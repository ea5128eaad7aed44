/* REF-01 REF-12 REF-14: a hospital asks to refer a patient. */
#ifndef REFERRAL_ROUTER_REQUEST_H
#define REFERRAL_ROUTER_REQUEST_H

#include "records/referral_requested.h"

#include "referral-router/world.h"

void referral_request(struct referral_world *world, const struct hub_referral_requested *requested);

#endif
