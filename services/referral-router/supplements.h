/* REF-13: the supplement loop. The addressed hospital asks the sender for more and keeps the slot; what is left of its
 * answer clock waits until the sender has supplemented. */
#ifndef REFERRAL_ROUTER_SUPPLEMENTS_H
#define REFERRAL_ROUTER_SUPPLEMENTS_H

#include "records/due_timer.h"

#include "referral-router/world.h"

/* Whether the addressed hospital may ask once more. */
bool referral_supplement_may_be_asked(
        struct referral_world *world, const struct hub_referral_state *referral);

/* ROUTED -> SUPPLEMENTING by the addressed hospital; put and told. */
void referral_supplement_ask(struct referral_world *world, struct hub_referral_state *referral);

/* SUPPLEMENTING -> ROUTED by the sender; put and told. */
void referral_supplement_give(struct referral_world *world, struct hub_referral_state *referral);

/* Timer supplement_remind: the sender's time is over. */
void referral_supplement_remind(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

/* Timer supplement_return: the referral ends RETURNED. */
void referral_supplement_return(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

#endif
