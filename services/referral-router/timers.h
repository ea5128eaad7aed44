/* REF-08 REF-17: what is due happens. */
#ifndef REFERRAL_ROUTER_TIMERS_H
#define REFERRAL_ROUTER_TIMERS_H

#include "referral-router/world.h"

/* The timer fires: it ends, or is set again for later than now. */
void referral_timer_fire(struct referral_world *world, const struct hub_timer *timer);

#endif
