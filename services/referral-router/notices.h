/* REF-17: nothing leaves a worklist in silence. */
#ifndef REFERRAL_ROUTER_NOTICES_H
#define REFERRAL_ROUTER_NOTICES_H

#include "records/due_timer.h"

#include "referral-router/world.h"

/* The referral waits for longer than it should: from the next 09:00 of a working day on, sender and control centre are
 * told. Not put. Nothing when that is so already. */
void referral_notice_begin(struct referral_world *world, struct hub_referral_state *referral);

/* Timer waiting_notice. */
void referral_notice_fire(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

#endif
