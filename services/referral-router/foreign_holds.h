/* REF-01 REF-07: the asked county's side of the hand-shake: a slot, a bed, or a place on the waiting list, that another
 * county's referral has here. It is given back by that county alone. */
#ifndef REFERRAL_ROUTER_FOREIGN_HOLDS_H
#define REFERRAL_ROUTER_FOREIGN_HOLDS_H

#include "records/foreign_hold_state.h"
#include "records/transfer_ended.h"
#include "records/transfer_requested.h"

#include "referral-router/world.h"

void referral_foreign_requested(struct referral_world *world, const struct hub_transfer_requested *requested);
void referral_foreign_ended(struct referral_world *world, const struct hub_transfer_ended *ended);

/* A waiting one takes a slot of that session; false (nothing changed) when it is not of its hospital. */
bool referral_foreign_take(struct referral_world *world, struct hub_foreign_hold_state *hold,
        const struct hub_session_state *session);

/* The same with a free bed of that board. */
bool referral_foreign_take_bed(
        struct referral_world *world, struct hub_foreign_hold_state *hold, const struct hub_bed_board *board);

/* Its session was cancelled: the slot is gone, the home county routes it anew. */
void referral_foreign_withdraw(struct referral_world *world, struct hub_foreign_hold_state *hold);

/* One of its timers fires. */
void referral_foreign_fire(
        struct referral_world *world, struct hub_foreign_hold_state *hold, struct hub_str timer);

#endif
