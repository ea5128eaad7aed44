/* REF-05 REF-07 REF-15: the life of a session: opened, revised, its own bookings, released, cancelled, over,
 * forgotten. */
#ifndef REFERRAL_ROUTER_SESSIONS_H
#define REFERRAL_ROUTER_SESSIONS_H

#include "records/session_cancelled.h"
#include "records/slot_freed.h"
#include "records/slot_taken.h"
#include "records/slots_opened.h"

#include "referral-router/world.h"

void referral_session_open(struct referral_world *world, const struct hub_slots_opened *opened);
void referral_session_cancel(struct referral_world *world, const struct hub_session_cancelled *cancelled);
void referral_session_take(struct referral_world *world, const struct hub_slot_taken *taken);
void referral_session_free(struct referral_world *world, const struct hub_slot_freed *freed);

/* One of the session's timers fires. */
void referral_session_fire(
        struct referral_world *world, struct hub_session_state *session, struct hub_str timer);

#endif
