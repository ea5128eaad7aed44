/* REF-06 REF-07 REF-17 */
#include "referral-router/waiting.h"

#include "referral-router/board.h"
#include "referral-router/due.h"
#include "referral-router/foreign_holds.h"
#include "referral-router/placing.h"

/* The most waiters that one step looks at. */
enum { MOST_LOOKED_AT = 1000 };

/* Decided: at city hospitals lead-hospital senders come before others (REF-05). */
static struct hub_waiting_state place_of(
        struct referral_world *world, const struct hub_referral_state *referral)
{
	const struct hub_referral *asked = &referral->referral;
	return (struct hub_waiting_state){
		.county_id = referral->county_id,
		.specialty = asked->specialty,
		.need = asked->need,
		.item = referral_world_list_item(asked),
		.referral_id = asked->referral_id,
		.displaced = referral->displaced,
		.meets_criteria = referral->meets_criteria,
		.urgency = asked->urgency,
		.lead_sender =
		        referral_policy_leads_at(world->policy, referral->county_id, asked->from_org_id),
		.requested_at = referral->requested_at,
		.waits_for = referral->waits_for,
	};
}

int32_t referral_waiting_join(struct referral_world *world, const struct hub_referral_state *referral)
{
	struct hub_waiting_state waiting = place_of(world, referral);
	struct referral_index_key own;
	referral_world_put_waiting(world, &waiting);
	referral_world_waiting_place(&waiting, &own);
	int32_t position = 1;
	const struct hub_sorted_node *node = referral_world_list_head(world, &waiting);
	while (node && position < REFERRAL_WAITING_COUNTED &&
	        !hub_str_eq(node->key, referral_world_order(&own))) {
		node = hub_table_next(node);
		position++;
	}
	return position;
}

void referral_waiting_leave(struct referral_world *world, const struct hub_referral_state *referral)
{
	referral_world_remove_waiting(world, referral);
}

bool referral_waiting_in_turn(struct referral_world *world, const struct hub_referral_state *referral,
        const struct hub_due_timer_array *timers, struct hub_str serve_after)
{
	if (!referral_due_find(timers, REFERRAL_DUE_SERVE))
		return true;
	struct hub_waiting_state waiting = place_of(world, referral);
	struct referral_index_key own;
	referral_world_waiting_place(&waiting, &own);
	return hub_str_cmp(referral_world_order(&own), serve_after) <= 0;
}

/* What waiters are served with: a session's slots, or a hospital's beds of a kind. */
struct offer {
	struct referral_freed of;
	struct hub_session_state *session; /* of a slot */
	struct hub_bed_board *board;       /* of a bed */
};

/* As it is after the last placing. */
static bool load(struct referral_world *world, struct offer *offer)
{
	if (offer->of.bed)
		offer->board = referral_world_beds(world, offer->of.org_id, offer->of.bed_kind);
	else
		offer->session = referral_world_session(world, offer->of.org_id, offer->of.session_id);
	return offer->board || offer->session;
}

static bool has_some(const struct referral_world *world, const struct offer *offer)
{
	return offer->board ? referral_board_free(offer->board) > 0
	                    : referral_slots_offered(world, offer->session);
}

static const struct hub_sorted_node *first_waiter(
        struct referral_world *world, const struct offer *offer, struct hub_str after)
{
	return offer->board ? referral_world_first_bed_waiter(world, offer->board, after)
	                    : referral_world_first_waiter(world, offer->session, after);
}

/* The waiter takes some: one of ours, or another county's. False: it cannot. */
static bool place_in(
        struct referral_world *world, const struct hub_sorted_node *waiter, const struct offer *offer)
{
	struct hub_foreign_hold_state *hold = referral_world_foreign_at(world, waiter);
	if (hold)
		return offer->board ? referral_foreign_take_bed(world, hold, offer->board)
		                    : referral_foreign_take(world, hold, offer->session);
	struct hub_referral_state *referral = referral_world_referral_at(world, waiter);
	if (!referral)
		return false;
	return offer->board ? referral_place_in_bed(world, referral, offer->board)
	                    : referral_place_in(world, referral, offer->session);
}

/* Keeps the place that was reached, or forgets it when there is nothing more to do (after is empty). */
static void reached(struct referral_world *world, struct offer *offer, struct hub_str after)
{
	struct hub_due_timer_array *timers = offer->board ? &offer->board->timers : &offer->session->timers;
	if (!after.len && !referral_due_find(timers, REFERRAL_DUE_SERVE))
		return;
	if (after.len)
		referral_due_set(world->out->arena, timers, REFERRAL_DUE_SERVE, world->now_ms + 1);
	else
		referral_due_clear(timers, REFERRAL_DUE_SERVE);
	if (offer->board) {
		offer->board->serve_after = after;
		referral_world_put_beds(world, offer->board);
	} else {
		offer->session->serve_after = after;
		referral_world_put_session(world, offer->session);
	}
}

/* It goes to those who stand behind `after`, in order, as far as one step goes. */
static void serve(struct referral_world *world, struct referral_freed of, struct hub_str after)
{
	struct offer offer = { .of = of };
	if (!load(world, &offer))
		return;
	struct hub_str county_id = offer.board ? offer.board->county_id : offer.session->county_id;
	int32_t placed = 0, portion = referral_policy_limits(world->policy, county_id)->reroutes_per_event;
	const struct hub_sorted_node *node = first_waiter(world, &offer, after);
	for (int looked_at = 0; node && has_some(world, &offer); looked_at++) {
		if (looked_at == MOST_LOOKED_AT || placed == portion || !referral_world_may_go_on(world)) {
			reached(world, &offer, after);
			return;
		}
		after = hub_arena_copy(world->out->arena, node->key);
		if (!after.len)
			return;
		if (!place_in(world, node, &offer)) {
			node = hub_table_next(node);
			continue;
		}
		placed++;
		if (!load(world, &offer))
			return;
		node = first_waiter(world, &offer, after);
	}
	reached(world, &offer, (struct hub_str){ NULL, 0 });
}

/* REF-07: the head of the waiting list gets a freed slot in the same step. Decided: it goes to the first
 * waiter for whom its hospital is a candidate that has not rejected it. From the head also when a portion is on its way:
 * somebody may have joined before the place that it has reached, when there was no slot left. */
void referral_waiting_serve(struct referral_world *world, struct hub_str org_id, struct hub_str session_id)
{
	serve(world, (struct referral_freed){ .org_id = org_id, .session_id = session_id },
	        (struct hub_str){ NULL, 0 });
}

void referral_waiting_go_on(struct referral_world *world, const struct hub_session_state *session)
{
	serve(world, (struct referral_freed){ .org_id = session->org_id, .session_id = session->session_id },
	        session->serve_after);
}

void referral_waiting_go_on_beds(struct referral_world *world, const struct hub_bed_board *board)
{
	serve(world,
	        (struct referral_freed){ .bed = true, .org_id = board->org_id, .bed_kind = board->bed_kind },
	        board->serve_after);
}

void referral_waiting_serve_freed(struct referral_world *world, struct referral_freed freed)
{
	if (freed.any)
		serve(world, freed, (struct hub_str){ NULL, 0 });
	if (!freed.over)
		return;
	const struct hub_session_state *session =
	        referral_world_session(world, freed.org_id, freed.session_id);
	if (session)
		referral_tell_session(world, session, HUB_SESSION_CAUSE_FREED, false);
}
