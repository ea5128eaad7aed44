/* REF-07 REF-17 */
#include "referral-router/waiting.h"

#include "referral-router/due.h"
#include "referral-router/placing.h"

/* The most waiters that one step looks at. */
enum { MOST_LOOKED_AT = 1000 };

static struct hub_waiting_state place_of(const struct hub_referral_state *referral)
{
	const struct hub_referral *asked = &referral->referral;
	return (struct hub_waiting_state){
		.county_id = referral->county_id,
		.specialty = asked->specialty,
		.need = asked->need,
		.item = referral_world_item(asked->has_exam_item, asked->exam_item),
		.referral_id = asked->referral_id,
		.displaced = referral->displaced,
		.urgency = asked->urgency,
		.requested_at = referral->requested_at,
		.waits_for = referral->waits_for,
	};
}

int32_t referral_waiting_join(struct referral_world *world, const struct hub_referral_state *referral)
{
	struct hub_waiting_state waiting = place_of(referral);
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

bool referral_waiting_in_turn(
        const struct hub_referral_state *referral, const struct hub_session_state *session)
{
	if (!referral_due_find(&session->timers, REFERRAL_DUE_SERVE))
		return true;
	struct hub_waiting_state waiting = place_of(referral);
	struct referral_index_key own;
	referral_world_waiting_place(&waiting, &own);
	return hub_str_cmp(referral_world_order(&own), session->serve_after) <= 0;
}

/* Keeps the place that was reached, or forgets it when there is nothing more to do (after is empty). */
static void reached(struct referral_world *world, struct hub_session_state *session, struct hub_str after)
{
	if (!after.len && !referral_due_find(&session->timers, REFERRAL_DUE_SERVE))
		return;
	session->serve_after = after;
	if (after.len)
		referral_due_set(world->out->arena, &session->timers, REFERRAL_DUE_SERVE, world->now_ms + 1);
	else
		referral_due_clear(&session->timers, REFERRAL_DUE_SERVE);
	referral_world_put_session(world, session);
}

/* The session's slots go to those who stand behind `after`, in order, as far as one step goes. */
static void serve(
        struct referral_world *world, struct hub_str org_id, struct hub_str session_id, struct hub_str after)
{
	struct hub_session_state *session = referral_world_session(world, org_id, session_id);
	if (!session)
		return;
	int32_t placed = 0,
	        portion = referral_policy_limits(world->policy, session->county_id)->reroutes_per_event;
	const struct hub_sorted_node *node = referral_world_first_waiter(world, session, after);
	for (int looked_at = 0; node && referral_slots_offered(world, session); looked_at++) {
		if (looked_at == MOST_LOOKED_AT || placed == portion || !referral_world_may_go_on(world)) {
			reached(world, session, after);
			return;
		}
		struct hub_referral_state *referral = referral_world_referral_at(world, node);
		after = hub_arena_copy(world->out->arena, node->key);
		if (!referral || !after.len)
			return;
		if (!referral_place_in(world, referral, session)) {
			node = hub_table_next(node);
			continue;
		}
		placed++;
		session = referral_world_session(world, org_id, session_id);
		if (!session)
			return;
		node = referral_world_first_waiter(world, session, after);
	}
	reached(world, session, (struct hub_str){ NULL, 0 });
}

/* REF-07: the head of the waiting list gets a freed slot in the same step. Decided: it goes to the first
 * waiter for whom its hospital is a candidate that has not rejected it. From the head also when a portion is on its way:
 * somebody may have joined before the place that it has reached, when there was no slot left. */
void referral_waiting_serve(struct referral_world *world, struct hub_str org_id, struct hub_str session_id)
{
	serve(world, org_id, session_id, (struct hub_str){ NULL, 0 });
}

void referral_waiting_go_on(struct referral_world *world, const struct hub_session_state *session)
{
	serve(world, session->org_id, session->session_id, session->serve_after);
}

void referral_waiting_serve_freed(struct referral_world *world, struct referral_freed freed)
{
	if (freed.any)
		referral_waiting_serve(world, freed.org_id, freed.session_id);
	if (!freed.over)
		return;
	const struct hub_session_state *session =
	        referral_world_session(world, freed.org_id, freed.session_id);
	if (session)
		referral_tell_session(world, session, HUB_SESSION_CAUSE_FREED, false);
}
