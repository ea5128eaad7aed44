/* REF-01 REF-03 REF-08 REF-11 */
#include "referral-router/placing.h"

#include "base/check.h"
#include "referral-router/asking_county.h"
#include "referral-router/beds.h"
#include "referral-router/candidates.h"
#include "referral-router/criteria.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"
#include "referral-router/exclusions.h"
#include "referral-router/notices.h"
#include "referral-router/slots.h"
#include "referral-router/state_version.h"
#include "referral-router/waiting.h"

enum { MOST_CONSIDERED = 256 };

/* One search: what was looked at, and what stands in the way of those left. */
struct placing {
	struct referral_world *world;
	struct hub_referral_state *referral;
	struct hub_considered_array considered;
	uint32_t room; /* of considered.items; 0: they are the state's own */
	bool some_full;
	bool some_not_authorised;
};

static struct referral_search search_for(
        struct referral_world *world, const struct hub_referral_state *referral)
{
	struct referral_search search = referral_search_of(&referral->referral, referral->consortium_id);
	referral_exclude(world->out->arena, &referral->considered, &search);
	return search;
}

/* A copy with room for more. */
static struct hub_considered_array with_room(
        struct referral_world *world, struct hub_considered_array list, uint32_t room)
{
	struct hub_considered_array copy = { hub_arena_alloc(world->out->arena, room * sizeof(*copy.items)),
		0 };
	if (copy.items && list.count) {
		memcpy(copy.items, list.items, list.count * sizeof(*copy.items));
		copy.count = list.count;
	}
	return copy;
}

/* Why an earlier candidate was not taken; those that had it stand there already. */
static void consider(
        struct placing *placing, const struct referral_candidate *candidate, struct hub_str reason)
{
	struct hub_considered_array *list = &placing->considered;
	if (referral_exclusion_of(reason) || list->count == MOST_CONSIDERED)
		return;
	if (list->count >= placing->room) {
		placing->room = 2 * list->count + 4;
		*list = with_room(placing->world, *list, placing->room);
	}
	if (!list->items)
		return;
	list->items[list->count++] = (struct hub_considered){
		.org_id = candidate->org_id, .path = candidate->path, .reason_code = reason
	};
}

/* Another county is asked, once in a search. */
static bool may_ask(struct placing *placing, const struct referral_candidate *candidate,
        struct referral_target *ret_target)
{
	struct hub_str said = referral_county_said(placing->world, placing->referral, candidate->org_id);
	/* I-9: a state of an earlier version cannot keep what it asked elsewhere, so nobody leaves. */
	if (!referral_version_is_newest(placing->world)) {
		placing->some_not_authorised = true;
		consider(placing, candidate, HUB_STR("NOT_AUTHORISED"));
		return false;
	}
	ret_target->asks = true;
	ret_target->starts_at = INT64_MAX; /* nobody knows: whoever can take it now is earlier */
	if (!said.len)
		return true;
	placing->some_full |= referral_county_may_have_later(said);
	consider(placing, candidate, said);
	return false;
}

/* Whether that hospital could take it now: *ret_target is filled. */
static bool may_take(struct placing *placing, const struct referral_candidate *candidate,
        struct referral_target *ret_target)
{
	if (candidate->reason_code) {
		placing->some_not_authorised |= strcmp(candidate->reason_code, "NOT_AUTHORISED") == 0;
		consider(placing, candidate, hub_str_from(candidate->reason_code));
		return false;
	}
	*ret_target = (struct referral_target){ .org_id = candidate->org_id,
		.path = candidate->path,
		.leaves_county = candidate->leaves_county };
	const struct hub_referral *asked = &placing->referral->referral;
	if (candidate->leaves_county && referral_slots_may_be_needed(asked))
		return may_ask(placing, candidate, ret_target);
	if (candidate->leaves_county || !referral_slots_needed(placing->world, asked, candidate->org_id)) {
		ret_target->free_bed = !candidate->leaves_county &&
		                       referral_beds_seen(placing->world, asked, candidate->org_id);
		return true;
	}
	if (referral_slots_find(placing->world, placing->referral, candidate->org_id, ret_target))
		return true;
	/* Decided: a full candidate is skipped, not rejected. */
	placing->some_full = true;
	consider(placing, candidate, HUB_STR("FULL"));
	return false;
}

/* Decided: within a tier preferred_org_id, free bed, earliest slot, nearest, org_id; the last two are the candidates'
 * own order. No slot needed is as early as can be. REF-22: among equal candidates the one with a free bed wins. */
static bool better(bool preferred, const struct referral_target *target, bool best_preferred,
        const struct referral_target *best)
{
	if (preferred != best_preferred)
		return preferred;
	bool bed = target->has_bed || target->free_bed;
	if (bed != (best->has_bed || best->free_bed))
		return bed;
	return target->starts_at < best->starts_at;
}

static bool choose_in_tier(struct placing *placing, const struct referral_candidate *candidates,
        uint32_t count, struct referral_target *ret_target)
{
	bool found = false, best_preferred = false;
	for (uint32_t i = 0; i < count; i++) {
		struct referral_target target;
		if (!may_take(placing, &candidates[i], &target))
			continue;
		if (!found || better(candidates[i].preferred, &target, best_preferred, ret_target)) {
			*ret_target = target;
			best_preferred = candidates[i].preferred;
		}
		found = true;
		/* REF-03: the designated centres come by rank. */
		if (candidates[i].tier == REFERRAL_TIER_GREEN_CHANNEL)
			break;
	}
	return found;
}

/* REF-01: tier by tier; whoever can take it first is asked. */
static bool choose(struct placing *placing, struct referral_target *ret_target)
{
	struct referral_world *world = placing->world;
	struct referral_search search = search_for(world, placing->referral);
	struct referral_candidates walk;
	const struct referral_candidate *candidates;
	uint32_t count;
	referral_candidates_init(&walk, world->policy, &search, world->out->arena);
	while (referral_candidates_next_tier(&walk, &candidates, &count)) {
		if (choose_in_tier(placing, candidates, count, ret_target))
			return true;
	}
	return false;
}

/* The search is over: what was said in it is of the past. */
static void end_search(struct hub_referral_state *referral)
{
	referral->asked_abroad.count = referral->searched.count = 0;
}

/* The slot of the target is the referral's: here it is taken now; another county holds it, or needs none. */
static void take_slot(struct referral_world *world, struct hub_referral_state *referral,
        const struct referral_target *target)
{
	if (!target->held) {
		referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_RELEASED);
		referral->attempt++;
		referral_slots_hold(world, referral, target);
	} else if (!target->has_slot && !target->has_bed) {
		referral->has_abroad = false;
	}
}

/* REF-08: the answer clock is full at each ReferralRouted. */
static void route(struct placing *placing, const struct referral_target *target, struct hub_str lost_org_id)
{
	struct referral_world *world = placing->world;
	struct hub_referral_state *referral = placing->referral;
	if (target->path == HUB_ROUTE_PATH_GREEN_CHANNEL)
		hub_effects_rule(world->out, "REF-03");
	if (referral->referral.direction == HUB_DIRECTION_DOWN)
		hub_effects_rule(world->out, "REF-02");
	referral_world_move(world, referral, target->held ? REFERRAL_EVENT_HELD : REFERRAL_EVENT_PLACED);
	referral->has_to_org_id = true;
	referral->to_org_id = target->org_id;
	referral->path = target->path;
	referral->left_county = target->leaves_county;
	referral->displaced = referral->meets_criteria = false;
	referral->waits_for = HUB_WAITS_FOR_UNKNOWN;
	take_slot(world, referral, target);
	end_search(referral);
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_ANSWER,
	        referral_deadline_answer(
	                world->policy, referral->county_id, referral->referral.urgency, world->now_ms));
	referral_county_watch_session(world, referral);
	referral_world_put_referral(world, referral);
	referral_tell_routed(world, referral, target, placing->considered, lost_org_id);
}

/* REF-01: what would leave the county waits for an authorisation, and the control centre is told. Decided:
 * only when no candidate inside the county remains. */
static void wait(struct placing *placing, enum referral_event event, struct hub_str lost_org_id)
{
	struct referral_world *world = placing->world;
	struct hub_referral_state *referral = placing->referral;
	referral_world_move(world, referral, event);
	end_search(referral);
	referral->waits_for = !placing->some_full                       ? HUB_WAITS_FOR_AUTHORISATION
	                      : referral->referral.need == HUB_NEED_BED ? HUB_WAITS_FOR_BED
	                                                                : HUB_WAITS_FOR_SLOT;
	/* Whoever lost it hears of this step, and no more (REF-10). */
	referral->abroad.has_lost_org_id = false;
	referral->timers.count = 0;
	referral_notice_begin(world, referral);
	referral_world_put_referral(world, referral);
	int32_t position = referral_waiting_join(world, referral);
	referral_tell_waitlisted(world, referral, position, placing->considered, lost_org_id);
	if (referral->waits_for != HUB_WAITS_FOR_AUTHORISATION)
		return;
	hub_effects_rule(world->out, "REF-01");
	referral_tell_control(world, referral, "WAITS_FOR_AUTHORISATION", world->now_ms, 1);
}

/* REF-08: candidates exhausted, told to the sender and the control centre. */
static void leave_unplaced(struct placing *placing, struct hub_str lost_org_id)
{
	struct referral_world *world = placing->world;
	struct hub_referral_state *referral = placing->referral;
	referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_RELEASED);
	referral_world_move(world, referral, REFERRAL_EVENT_NONE_LEFT);
	end_search(referral);
	referral->timers.count = 0;
	referral_notice_begin(world, referral);
	referral_world_put_referral(world, referral);
	referral_tell_unplaced(world, referral, placing->considered, lost_org_id);
	referral_tell_control(world, referral, "UNPLACED", world->now_ms, 1);
}

/* What was considered in this search, beside those that had the referral. */
static struct hub_considered_array searched(const struct placing *placing)
{
	uint32_t had = placing->referral->considered.count;
	return (struct hub_considered_array){ placing->considered.items + had,
		placing->considered.count - had };
}

void referral_place(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_str lost_org_id)
{
	hub_check(referral->stage == HUB_REFERRAL_STAGE_ROUTING);
	struct placing placing = { .world = world, .referral = referral, .considered = referral->considered };
	struct referral_target target = { .has_slot = false };
	/* Before anybody is chosen: who comes first need not wait for those who are being served. */
	referral->meets_criteria =
	        referral_criteria_first(world->policy, referral->county_id, &referral->referral);
	bool found = choose(&placing, &target);
	/* When all are full, the first is asked again and may wait. */
	const struct hub_considered *full =
	        found || referral->has_abroad ? NULL : referral_county_to_wait_at(referral);
	if (found && target.asks)
		referral_county_ask(world, referral,
		        &(struct hub_considered){ target.org_id, target.path, { NULL, 0 } }, false,
		        searched(&placing), lost_org_id);
	else if (found)
		route(&placing, &target, lost_org_id);
	else if (full)
		referral_county_ask(world, referral, full, true, searched(&placing), lost_org_id);
	else if (placing.some_full || placing.some_not_authorised)
		wait(&placing, REFERRAL_EVENT_FULL, lost_org_id);
	else
		leave_unplaced(&placing, lost_org_id);
}

/* A search that another county's answer ends: what was considered in it is told as if it had been one step. */
static struct placing go_on(struct referral_world *world, struct hub_referral_state *referral)
{
	const struct hub_considered_array *more = &referral->searched;
	struct placing placing = { .world = world, .referral = referral, .some_full = true };
	placing.considered = with_room(world, referral->considered, referral->considered.count + more->count);
	if (placing.considered.items && more->count) {
		memcpy(placing.considered.items + placing.considered.count, more->items,
		        more->count * sizeof(*more->items));
		placing.considered.count += more->count;
	}
	return placing;
}

void referral_place_held(struct referral_world *world, struct hub_referral_state *referral)
{
	const struct hub_abroad *abroad = &referral->abroad;
	struct placing placing = go_on(world, referral);
	const struct referral_target target = {
		.org_id = abroad->org_id,
		.path = abroad->path,
		.leaves_county = true,
		.held = true,
		.has_slot = abroad->has_session_id,
		.has_bed = abroad->bed_held,
		.session_id = abroad->session_id,
		.starts_at = abroad->starts_at,
		.ends_at = abroad->ends_at,
	};
	route(&placing, &target, referral_county_lost(referral));
}

/* What opened here while the other county was asked went past it: nobody waits beside a slot that it could take (REF-07). */
void referral_place_listed(struct referral_world *world, struct hub_referral_state *referral)
{
	struct placing placing = go_on(world, referral);
	struct placing again = { .world = world, .referral = referral, .considered = referral->considered };
	struct referral_target here = { .has_slot = false };
	bool opened = choose(&again, &here) && !here.asks;
	wait(&placing, REFERRAL_EVENT_LISTED, referral_county_lost(referral));
	if (!opened)
		return;
	referral_waiting_leave(world, referral);
	referral_world_move(
	        world, referral, here.has_bed ? REFERRAL_EVENT_BED_FREE : REFERRAL_EVENT_SLOT_FREE);
	route(&again, &here, (struct hub_str){ NULL, 0 });
}

/* A waiter takes what that hospital offers; false: it is no candidate. */
static bool take(struct referral_world *world, struct hub_referral_state *referral, enum referral_event event,
        struct referral_target *target)
{
	struct referral_search search = search_for(world, referral);
	struct referral_candidate candidate;
	if (!referral_candidates_find(world->policy, &search, target->org_id, &candidate) ||
	        candidate.reason_code)
		return false;
	target->path = candidate.path;
	target->leaves_county = candidate.leaves_county;
	struct placing placing = { .world = world, .referral = referral, .considered = referral->considered };
	referral_waiting_leave(world, referral);
	referral_world_move(world, referral, event);
	route(&placing, target, (struct hub_str){ NULL, 0 });
	return true;
}

bool referral_place_in(struct referral_world *world, struct hub_referral_state *referral,
        const struct hub_session_state *session)
{
	const struct hub_referral *asked = &referral->referral;
	if (asked->has_earliest && session->starts_at < asked->earliest)
		return false;
	struct referral_target target = {
		.org_id = session->org_id,
		.has_slot = true,
		.session_id = session->session_id,
		.starts_at = session->starts_at,
		.ends_at = session->ends_at,
		.reserved = referral_slots_from_reserved(session),
	};
	return take(world, referral, REFERRAL_EVENT_SLOT_FREE, &target);
}

bool referral_place_in_bed(
        struct referral_world *world, struct hub_referral_state *referral, const struct hub_bed_board *board)
{
	struct referral_target target = { .org_id = board->org_id, .has_bed = true };
	return take(world, referral, REFERRAL_EVENT_BED_FREE, &target);
}

struct hub_str referral_place_lose(
        struct referral_world *world, struct hub_referral_state *referral, const char *reason_code)
{
	struct hub_considered_array *list = &referral->considered;
	struct hub_str lost = referral->to_org_id;
	uint32_t at = 0;
	while (at < list->count && !hub_str_eq(list->items[at].org_id, lost))
		at++;
	if (at == list->count && list->count < MOST_CONSIDERED) {
		*list = with_room(world, *list, list->count + 1);
		list->count += list->items != NULL;
	}
	if (at < list->count)
		list->items[at] = (struct hub_considered){ lost, referral->path, hub_str_from(reason_code) };
	referral->has_to_org_id = false;
	referral->path = HUB_ROUTE_PATH_UNKNOWN;
	referral->left_county = false;
	referral->timers.count = 0;
	return lost;
}
