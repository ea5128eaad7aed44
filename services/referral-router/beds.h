/* REF-22: the bed boards. A board is what a hospital reported about its beds of one kind; the hub's holds lie over it
 * until the next report at or after their arrival. */
#ifndef REFERRAL_ROUTER_BEDS_H
#define REFERRAL_ROUTER_BEDS_H

#include "records/beds_reported.h"

#include "referral-router/slots.h"
#include "referral-router/world.h"

/* Whether the hospital has a board for what the referral asks: then it needs a bed of it. */
bool referral_beds_known(
        struct referral_world *world, const struct hub_referral *asked, struct hub_str org_id);

/* Whether the hospital's board shows a free bed of what the referral asks for; false also when it asks for none. */
bool referral_beds_seen(
        struct referral_world *world, const struct hub_referral *asked, struct hub_str org_id);

/* A free bed of the hospital for the referral: fills the bed's part of *ret_target. False: full. */
bool referral_beds_find(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_str org_id, struct referral_target *ret_target);

/* The three moves of a hold, called by their namesakes in slots.h. */
void referral_beds_hold(struct referral_world *world, struct hub_referral_state *referral);
struct referral_freed referral_beds_give_back(
        struct referral_world *world, struct hub_referral_state *referral);
struct referral_freed referral_beds_use(struct referral_world *world, struct hub_referral_state *referral);

void referral_beds_report(struct referral_world *world, const struct hub_beds_reported *reported);

#endif
