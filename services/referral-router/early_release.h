/* REF-15: the common part of a session opens later than the reserved one: primary care comes first. */
#ifndef REFERRAL_ROUTER_EARLY_RELEASE_H
#define REFERRAL_ROUTER_EARLY_RELEASE_H

#include "referral-router/world.h"

/* Whether everyone else may take the session's common slots. Before that neither the hospital's own bookings do, nor up
 * referrals beyond the reserved part. */
bool referral_early_is_open(const struct hub_session_state *session);

/* A session's slots were opened, or its numbers replaced; not put yet. */
void referral_early_set(
        struct referral_world *world, struct hub_session_state *session, int64_t common_opens_at_ms);

/* Timer common_open: put and told. */
void referral_early_open(struct referral_world *world, struct hub_session_state *session);

#endif
