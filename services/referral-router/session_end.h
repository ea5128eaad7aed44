/* REF-07: a session that is cancelled or over: its holders are routed anew, in portions; then it is
 * forgotten. */
#ifndef REFERRAL_ROUTER_SESSION_END_H
#define REFERRAL_ROUTER_SESSION_END_H

#include "referral-router/world.h"

/* CANCELLED or ENDED: nothing more is offered; the first portion of holders is routed anew; told. */
void referral_session_end(
        struct referral_world *world, struct hub_session_state *session, enum hub_session_phase phase);

/* The next portion (timer session_reroute); told. */
void referral_session_reroute(struct referral_world *world, struct hub_session_state *session);

/* Removes the session and its bookings, in portions (timer forget). */
void referral_session_forget(struct referral_world *world, struct hub_session_state *session);

#endif
