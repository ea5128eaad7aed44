/* REF-06 REF-07 REF-17: waiting lists, one per county, specialty, need and exam item or kind of bed. */
#ifndef REFERRAL_ROUTER_WAITING_H
#define REFERRAL_ROUTER_WAITING_H

#include "referral-router/slots.h"
#include "referral-router/world.h"

/* Positions are counted up to here: the last one means "here or later". */
enum { REFERRAL_WAITING_COUNTED = 500 };

/* Puts the referral on its list; its position from 1. */
int32_t referral_waiting_join(struct referral_world *world, const struct hub_referral_state *referral);

void referral_waiting_leave(struct referral_world *world, const struct hub_referral_state *referral);

/* Gives the session's open slots to the first waiters that can take them, in this step; what one step cannot
 * carry goes on by the session's timer `serve`. */
void referral_waiting_serve(struct referral_world *world, struct hub_str org_id, struct hub_str session_id);

/* The same after a referral gave its slot or bed back, or beds were reported. A session that is over reported its
 * numbers already: they are reported again (KPI-05). */
void referral_waiting_serve_freed(struct referral_world *world, struct referral_freed freed);

/* Timer `serve`: from the place that was reached. */
void referral_waiting_go_on(struct referral_world *world, const struct hub_session_state *session);
void referral_waiting_go_on_beds(struct referral_world *world, const struct hub_bed_board *board);

/* False while the waiters of a session (a board) are being served and the referral's place among them is still to
 * come. timers, serve_after: the session's (the board's). */
bool referral_waiting_in_turn(struct referral_world *world, const struct hub_referral_state *referral,
        const struct hub_due_timer_array *timers, struct hub_str serve_after);

#endif
