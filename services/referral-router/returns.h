/* REF-16: a down referral is confirmed by its receiver. */
#ifndef REFERRAL_ROUTER_RETURNS_H
#define REFERRAL_ROUTER_RETURNS_H

#include "referral-router/world.h"

/* The receiver has accepted, or the patient is there: the clock runs until it confirms (timer return_confirm). One
 * that runs already goes on. */
void referral_return_expect(struct referral_world *world, struct hub_referral_state *referral);

/* Timer return_confirm. */
void referral_return_not_confirmed(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

#endif
