/* REF-01 REF-03 REF-08 REF-11: finds the next hospital for a referral. */
#ifndef REFERRAL_ROUTER_PLACING_H
#define REFERRAL_ROUTER_PLACING_H

#include "referral-router/world.h"

/* The referral is in ROUTING; afterwards it is ROUTED, ASKING_COUNTY, WAITING or UNPLACED, put and told. lost_org_id: the
 * hospital that had it until now; may be empty. */
void referral_place(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_str lost_org_id);

/* A waiting referral takes a slot of that session; false (nothing changed) when it is no candidate there. */
bool referral_place_in(struct referral_world *world, struct hub_referral_state *referral,
        const struct hub_session_state *session);

/* The same with a free bed of that board. */
bool referral_place_in_bed(
        struct referral_world *world, struct hub_referral_state *referral, const struct hub_bed_board *board);
/* Another county holds what the referral's `abroad` says, or keeps it on its waiting list: the search ends. */
void referral_place_held(struct referral_world *world, struct hub_referral_state *referral);
void referral_place_listed(struct referral_world *world, struct hub_referral_state *referral);

/* The referral leaves its hospital, with the reason (REJECTED, EXPIRED, ...): no hospital, no timers; the
 * slot was given back before. Returns the hospital. */
struct hub_str referral_place_lose(
        struct referral_world *world, struct hub_referral_state *referral, const char *reason_code);

#endif
