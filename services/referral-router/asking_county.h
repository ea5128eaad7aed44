/* REF-01: the home county's side of the hand-shake: another county is asked for a slot, and what it answers. What was asked,
 * and what is held there, stands in the referral's `abroad`. */
#ifndef REFERRAL_ROUTER_ASKING_COUNTY_H
#define REFERRAL_ROUTER_ASKING_COUNTY_H

#include "records/transfer_answered.h"
#include "records/transfer_end_cause.h"
#include "records/transfer_queried.h"

#include "referral-router/world.h"

/* ROUTING -> ASKING_COUNTY: that hospital's county is asked. may_wait: to be kept on its waiting list where it is full.
 * searched: what was considered before it. lost_org_id: the hospital that had it until this search; may be empty. */
void referral_county_ask(struct referral_world *world, struct hub_referral_state *referral,
        const struct hub_considered *candidate, bool may_wait, struct hub_considered_array searched,
        struct hub_str lost_org_id);

/* What that hospital's county has said in this search: FULL, NO_ANSWER, ...; empty: it was not asked. */
struct hub_str referral_county_said(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id);

/* FULL, NO_ANSWER, NOT_SERVED, UNKNOWN_ORGANISATION: a slot may come. */
bool referral_county_may_have_later(struct hub_str said);

/* When all are full the first is asked again and may wait: the first full one, else the first that could not say. NULL:
 * nobody may have one later. */
const struct hub_considered *referral_county_to_wait_at(const struct hub_referral_state *referral);

/* What was asked or is held abroad is not wanted any more, or used. Nothing when there is none. */
void referral_county_end(
        struct referral_world *world, struct hub_referral_state *referral, enum hub_transfer_end_cause end);

/* The hospital that had the referral before the search in which `abroad` was asked; empty: none. */
struct hub_str referral_county_lost(const struct hub_referral_state *referral);

/* Timer `transfer`: no answer. */
void referral_county_silent(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

/* Timer `abroad_end`: the session there is over, and the hospital has not answered. */
void referral_county_session_over(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due);

/* Sets it, where a slot is held abroad. */
void referral_county_watch_session(struct referral_world *world, struct hub_referral_state *referral);

void referral_county_answered(struct referral_world *world, const struct hub_transfer_answered *answered);
void referral_county_queried(struct referral_world *world, const struct hub_transfer_queried *queried);

#endif
