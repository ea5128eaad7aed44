/* REF-22: who stays long is proposed for a down referral. */
#ifndef REFERRAL_ROUTER_LONG_STAY_H
#define REFERRAL_ROUTER_LONG_STAY_H

#include "referral-router/world.h"

/* An up-referred inpatient has arrived: the clock runs (timer long_stay). Nothing for anyone else. */
void referral_long_stay_begin(struct referral_world *world, struct hub_referral_state *referral);

/* Timer long_stay. */
void referral_long_stay_propose(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

#endif
