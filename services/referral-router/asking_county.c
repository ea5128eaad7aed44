/* REF-01 */
#include "referral-router/asking_county.h"

#include "base/calendar.h"
#include "base/check.h"
#include "referral-router/due.h"
#include "referral-router/placing.h"
#include "referral-router/transfers.h"
#include "referral-router/waiting.h"

#define FULL "FULL"
#define NO_ANSWER "NO_ANSWER"
#define NOT_SERVED "NOT_SERVED"
#define UNKNOWN_ORGANISATION "UNKNOWN_ORGANISATION"

static const struct hub_str NOBODY = { NULL, 0 };

/* Each candidate is asked once in a search; a transfer is known by the referral and its attempt. */
void referral_county_ask(struct referral_world *world, struct hub_referral_state *referral,
        const struct hub_considered *candidate, bool may_wait, struct hub_considered_array searched,
        struct hub_str lost_org_id)
{
	int64_t minutes = referral_policy_limits(world->policy, referral->county_id)->transfer_minutes;
	referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_RELEASED);
	referral_world_move(world, referral, REFERRAL_EVENT_ABROAD);
	referral->attempt++;
	referral->has_abroad = true;
	referral->abroad = (struct hub_abroad){
		.county_id = referral_policy_county_of(world->policy, candidate->org_id),
		.org_id = candidate->org_id,
		.path = candidate->path,
		.attempt = referral->attempt,
		.may_wait = may_wait,
		.has_lost_org_id = lost_org_id.len > 0,
		.lost_org_id = lost_org_id,
	};
	referral->searched = searched;
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_TRANSFER,
	        world->now_ms + minutes * HUB_MINUTE_MS);
	referral_world_put_referral(world, referral);
	referral_transfer_request(world, referral);
	/* REF-10: the sender hears of every step that an event caused. */
	if (world->cause)
		referral_tell_progressed(world, referral, false);
}

/* A county that is silent about one hospital is not asked about the next in the same search. */
struct hub_str referral_county_said(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id)
{
	const struct hub_considered_array *asked = &referral->asked_abroad;
	struct hub_str county_id = referral_policy_county_of(world->policy, org_id);
	for (uint32_t i = 0; i < asked->count; i++)
		if (hub_str_eq(asked->items[i].org_id, org_id))
			return asked->items[i].reason_code;
	for (uint32_t i = 0; i < asked->count; i++) {
		struct hub_str there = referral_policy_county_of(world->policy, asked->items[i].org_id);
		if (hub_str_is(asked->items[i].reason_code, NO_ANSWER) && hub_str_eq(there, county_id))
			return asked->items[i].reason_code;
	}
	return county_id.len ? NOBODY : HUB_STR("UNKNOWN_COUNTY");
}

/* It says nothing of the hospital: the county is silent, its state is of an earlier version (I-9), or its registry is behind
 * ours. That passes. */
static bool cannot_say(struct hub_str said)
{
	return hub_str_is(said, NO_ANSWER) || hub_str_is(said, NOT_SERVED) ||
	       hub_str_is(said, UNKNOWN_ORGANISATION);
}

bool referral_county_may_have_later(struct hub_str said)
{
	return hub_str_is(said, FULL) || cannot_say(said);
}

const struct hub_considered *referral_county_to_wait_at(const struct hub_referral_state *referral)
{
	const struct hub_considered_array *asked = &referral->asked_abroad;
	const struct hub_considered *other = NULL;
	for (uint32_t i = 0; i < asked->count; i++) {
		if (hub_str_is(asked->items[i].reason_code, FULL))
			return &asked->items[i];
		if (!other && cannot_say(asked->items[i].reason_code))
			other = &asked->items[i];
	}
	return other;
}

/* Each hospital once, with the last that its county said. */
static void note(struct referral_world *world, struct hub_referral_state *referral, struct hub_str said)
{
	struct hub_considered_array *asked = &referral->asked_abroad;
	const struct hub_abroad *abroad = &referral->abroad;
	uint32_t at = 0;
	while (at < asked->count && !hub_str_eq(asked->items[at].org_id, abroad->org_id))
		at++;
	struct hub_considered *items =
	        hub_arena_alloc(world->out->arena, (asked->count + 1) * sizeof(*items));
	if (!items)
		return;
	if (asked->count)
		memcpy(items, asked->items, asked->count * sizeof(*items));
	items[at] = (struct hub_considered){ abroad->org_id, abroad->path, said };
	*asked = (struct hub_considered_array){ items, at == asked->count ? at + 1 : asked->count };
}

void referral_county_end(
        struct referral_world *world, struct hub_referral_state *referral, enum hub_transfer_end_cause end)
{
	if (!referral->has_abroad)
		return;
	referral_transfer_end(world, referral->county_id, referral->abroad.county_id,
	        referral_transfer_id(world, referral->referral.referral_id, referral->abroad.attempt), end);
	referral->has_abroad = false;
}

struct hub_str referral_county_lost(const struct hub_referral_state *referral)
{
	return referral->abroad.has_lost_org_id ? referral->abroad.lost_org_id : NOBODY;
}

/* The next candidate, as if there had never been this one. */
static void search_on(struct referral_world *world, struct hub_referral_state *referral)
{
	if (referral->stage == HUB_REFERRAL_STAGE_WAITING)
		referral_waiting_leave(world, referral);
	referral_world_move(world, referral, REFERRAL_EVENT_DECLINED);
	referral_place(world, referral, referral_county_lost(referral));
}

/* A county that does not answer is not waited for: the next candidate. What was asked of it is taken back, so that it holds
 * nothing when it comes to it; but for the place on its list: that question stands until it is there again. */
void referral_county_silent(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	/* REF-17: told to sender and control centre. */
	referral_tell_reminder(
	        world, referral, referral->referral.from_org_id, "COUNTY_SILENT", due->due_at, 1);
	referral_tell_control(world, referral, "COUNTY_SILENT", due->due_at, 1);
	note(world, referral, HUB_STR(NO_ANSWER));
	if (!referral->abroad.may_wait)
		referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_RELEASED);
	search_on(world, referral);
}

void referral_county_watch_session(struct referral_world *world, struct hub_referral_state *referral)
{
	if (!referral->has_abroad || !referral->abroad.has_ends_at)
		return;
	/* By our clock it is over, by theirs it was not: two counties' clocks differ by twice the tolerance at most, and whoever
	 * asked anew at once would get the same slot until they agree. */
	int64_t minutes = referral_policy_limits(world->policy, referral->county_id)->clock_skew_minutes;
	int64_t due_at_ms = referral->abroad.ends_at;
	if (due_at_ms <= world->now_ms)
		due_at_ms = world->now_ms + 2 * minutes * HUB_MINUTE_MS;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_ABROAD_END, due_at_ms);
}

/* Decided: a session's end also ends answer and supplement clocks: the holder is routed anew, same hospital allowed. */
void referral_county_session_over(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	(void)due;
	referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_RELEASED);
	referral_world_move(world, referral, REFERRAL_EVENT_SESSION_ENDED);
	referral_place(world, referral, referral_place_lose(world, referral, "SESSION_ENDED"));
}

/* HELD -> ROUTED. Where no slot is needed there, nothing is held either. */
static void held(struct referral_world *world, struct hub_referral_state *referral,
        const struct hub_transfer_answered *answered)
{
	struct hub_abroad *abroad = &referral->abroad;
	if (referral->stage != HUB_REFERRAL_STAGE_ASKING_COUNTY &&
	        referral->stage != HUB_REFERRAL_STAGE_WAITING)
		return; /* it is said again */
	abroad->has_session_id = answered->has_session_id;
	abroad->session_id = answered->session_id;
	abroad->has_starts_at = answered->has_starts_at;
	abroad->starts_at = answered->starts_at;
	abroad->has_ends_at = answered->has_ends_at;
	abroad->ends_at = answered->ends_at;
	abroad->bed_held = answered->bed_held;
	if (referral->stage == HUB_REFERRAL_STAGE_WAITING)
		referral_waiting_leave(world, referral);
	referral_place_held(world, referral);
}

/* Decided: routed anew, same hospital allowed, head of the list. */
static void withdrawn(struct referral_world *world, struct hub_referral_state *referral)
{
	referral->has_abroad = false;
	referral_world_move(world, referral, REFERRAL_EVENT_WITHDRAWN);
	struct hub_str lost = referral_place_lose(world, referral, "SESSION_CANCELLED");
	referral->displaced = true;
	referral_place(world, referral, lost);
}

/* The other county has nothing of it, or nothing any more. */
static void declined(struct referral_world *world, struct hub_referral_state *referral,
        const struct hub_transfer_answered *answered)
{
	bool had_it = referral->has_to_org_id;
	struct hub_str said = answered->has_reason_code ? answered->reason_code : HUB_STR("REFUSED");
	if (had_it) {
		withdrawn(world, referral);
		return;
	}
	bool stands = referral->abroad.may_wait && cannot_say(said);
	if (stands && referral->stage == HUB_REFERRAL_STAGE_WAITING)
		return; /* still so */
	/* Asked to keep it waiting: full is no answer. */
	if (referral->abroad.may_wait && hub_str_is(said, FULL))
		said = HUB_STR("REFUSED");
	note(world, referral, said);
	/* As with a silent county the question for a place on its list stands, and is asked again with each notice (REF-17). */
	referral->has_abroad = stands;
	search_on(world, referral);
}

/* The referral that a transfer is about, if that is what it has abroad now. */
static struct hub_referral_state *current(
        struct referral_world *world, struct hub_str county_id, struct hub_str transfer_id)
{
	struct hub_str referral_id;
	int32_t attempt = referral_transfer_split(transfer_id, &referral_id);
	struct hub_referral_state *referral =
	        attempt < 0 ? NULL : referral_world_referral(world, referral_id);
	bool is = referral && hub_str_eq(referral->county_id, county_id) && referral->has_abroad &&
	          referral->abroad.attempt == attempt;
	return is ? referral : NULL;
}

/* An unwanted HELD (late, or of a referral that was cancelled or is elsewhere) is answered with RELEASED; so is an unwanted
 * place on a waiting list. */
void referral_county_answered(struct referral_world *world, const struct hub_transfer_answered *answered)
{
	enum hub_transfer_reply answer = answered->answer;
	bool has = answer == HUB_TRANSFER_REPLY_HELD || answer == HUB_TRANSFER_REPLY_WAITLISTED;
	struct hub_referral_state *referral = current(world, answered->head.county_id, answered->transfer_id);
	hub_effects_rule(world->out, "REF-01");
	if (!referral && has && answered->from_county_id.len)
		referral_transfer_end(world, answered->head.county_id, answered->from_county_id,
		        answered->transfer_id, HUB_TRANSFER_END_CAUSE_RELEASED);
	else if (referral && answer == HUB_TRANSFER_REPLY_HELD)
		held(world, referral, answered);
	else if (referral && !has)
		declined(world, referral, answered);
	else if (referral && referral->stage == HUB_REFERRAL_STAGE_ASKING_COUNTY)
		referral_place_listed(world, referral);
}

/* The asked county never frees a hold by itself. It is told again what is wanted, or that nothing is. */
void referral_county_queried(struct referral_world *world, const struct hub_transfer_queried *queried)
{
	const struct hub_referral_state *referral =
	        current(world, queried->head.county_id, queried->transfer_id);
	hub_effects_rule(world->out, "REF-01");
	if (referral)
		referral_transfer_request(world, referral);
	else if (queried->from_county_id.len)
		referral_transfer_end(world, queried->head.county_id, queried->from_county_id,
		        queried->transfer_id, HUB_TRANSFER_END_CAUSE_RELEASED);
}
