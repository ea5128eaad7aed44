#include "referral-router/project.h"

#include "base/calendar.h"
#include "base/check.h"
#include "base/copy.h"
#include "base/decimal.h"
#include "records/bed_board.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "referral-router/board.h"
#include "referral-router/due.h"

enum { WORDS_MAX = 1024 };

/* Texts that are not empty; an absent field says "none". */
static void field_text(struct hub_store_sink *sink, const char *name, bool has, struct hub_str value)
{
	if (has && value.len)
		hub_store_field(sink, name, value);
}

static void field_name(struct hub_store_sink *sink, const char *name, const char *value)
{
	hub_store_field(sink, name, hub_str_from(value));
}

static void field_int(struct hub_store_sink *sink, const char *name, int64_t value)
{
	char digits[HUB_DECIMAL_MAX];
	hub_store_field(sink, name, hub_decimal(value, digits));
}

static void field_time(struct hub_store_sink *sink, const char *name, bool has, int64_t at_ms)
{
	char text[HUB_TIME_LEN + 1];
	if (!has)
		return;
	hub_time_format(at_ms, text);
	field_name(sink, name, text);
}

/* Words one after the other; every change makes some, so this is no printf. */
static struct hub_str join(const struct hub_str *words, size_t count, char text[WORDS_MAX])
{
	char *at = text;
	for (size_t i = 0; i < count; i++) {
		hub_check(words[i].len <= (size_t)(text + WORDS_MAX - at));
		at = hub_copy(at, words[i].data, words[i].len);
	}
	return (struct hub_str){ text, (uint32_t)(at - text) };
}

/* The member of `due` for one timer: "<state key> <timer>". */
static struct hub_str due_member(struct hub_str key, struct hub_str timer, char text[WORDS_MAX])
{
	return join((struct hub_str[]){ key, HUB_STR(" "), timer }, 3, text);
}

static void due_add(struct hub_store_sink *sink, struct hub_str key, struct hub_str timer, int64_t due_at_ms)
{
	char text[WORDS_MAX];
	hub_store_zadd(sink, HUB_STR("due"), due_at_ms, due_member(key, timer, text));
}

static void due_remove(struct hub_store_sink *sink, struct hub_str key, struct hub_str timer)
{
	char text[WORDS_MAX];
	hub_store_zrem(sink, HUB_STR("due"), due_member(key, timer, text));
}

static const struct hub_due_timer *find(const struct hub_due_timer_array *timers, struct hub_str name)
{
	for (uint32_t i = 0; timers && i < timers->count; i++) {
		if (hub_str_eq(timers->items[i].name, name))
			return &timers->items[i];
	}
	return NULL;
}

static void project_timers(struct hub_str key, const struct hub_due_timer_array *before,
        const struct hub_due_timer_array *after, struct hub_store_sink *sink)
{
	for (uint32_t i = 0; before && i < before->count; i++) {
		if (!find(after, before->items[i].name))
			due_remove(sink, key, before->items[i].name);
	}
	for (uint32_t i = 0; after && i < after->count; i++) {
		const struct hub_due_timer *timer = &after->items[i];
		const struct hub_due_timer *former = find(before, timer->name);
		if (!former || former->due_at != timer->due_at)
			due_add(sink, key, timer->name, timer->due_at);
	}
}

static void referral_fields(const struct hub_referral_state *referral, struct hub_store_sink *sink)
{
	const struct hub_referral *asked = &referral->referral;
	field_name(sink, "state", hub_referral_stage_name(referral->stage));
	field_text(sink, "county_id", true, referral->county_id);
	field_text(sink, "consortium_id", true, referral->consortium_id);
	field_text(sink, "from_org_id", true, asked->from_org_id);
	field_text(sink, "to_org_id", referral->has_to_org_id, referral->to_org_id);
	field_name(sink, "direction", hub_direction_name(asked->direction));
	field_name(sink, "urgency", hub_urgency_name(asked->urgency));
	field_name(sink, "condition", hub_condition_name(asked->condition));
	field_text(sink, "specialty", true, asked->specialty);
	field_name(sink, "need", hub_need_name(asked->need));
	field_text(sink, "exam_item", asked->has_exam_item, asked->exam_item);
	field_int(sink, "attempt", referral->attempt);
	if (referral->has_to_org_id)
		field_name(sink, "path", hub_route_path_name(referral->path));
	field_text(sink, "session_id", referral->has_session_id, referral->session_id);
	if (asked->need == HUB_NEED_BED)
		field_name(sink, "bed_kind", hub_bed_kind_name(referral_bed_kind(asked)));
	if (referral->bed_held)
		field_int(sink, "bed_held", 1);
	if (referral->has_abroad) {
		const struct hub_abroad *abroad = &referral->abroad;
		field_text(sink, "asked_county_id", true, abroad->county_id);
		field_text(sink, "asked_org_id", true, abroad->org_id);
		field_text(sink, "session_id", abroad->has_session_id, abroad->session_id);
	}
	if (referral->stage == HUB_REFERRAL_STAGE_WAITING)
		field_name(sink, "waits_for", hub_waits_for_name(referral->waits_for));
	field_time(sink, "requested_at", true, referral->requested_at);
	field_time(sink, "accepted_at", referral->has_accepted_at, referral->accepted_at);
	field_time(sink, "arrived_at", referral->has_arrived_at, referral->arrived_at);
	const struct hub_due_timer *next = referral_due_next(&referral->timers);
	if (next) {
		field_text(sink, "due", true, next->name);
		field_time(sink, "due_at", true, next->due_at);
	}
}

static void project_referral(struct hub_str key, const struct hub_referral_state *before,
        const struct hub_referral_state *after, struct hub_store_sink *sink)
{
	project_timers(key, before ? &before->timers : NULL, after ? &after->timers : NULL, sink);
	if (!after) {
		hub_store_del(sink, key);
		return;
	}
	hub_store_set_hash(sink, key);
	referral_fields(after, sink);
}

static void project_stub(
        struct hub_str key, const struct hub_referral_stub *after, struct hub_store_sink *sink)
{
	if (!after) {
		due_remove(sink, key, HUB_STR("forget"));
		hub_store_del(sink, key);
		return;
	}
	due_add(sink, key, HUB_STR("forget"), after->forget_at);
	hub_store_set_hash(sink, key);
	field_name(sink, "state", hub_final_state_name(after->final_state));
	field_text(sink, "county_id", true, after->county_id);
	field_text(sink, "consortium_id", true, after->consortium_id);
	field_text(sink, "from_org_id", true, after->from_org_id);
	field_text(sink, "to_org_id", after->has_to_org_id, after->to_org_id);
	field_text(sink, "specialty", true, after->specialty);
	field_name(sink, "need", hub_need_name(after->need));
	field_time(sink, "ended_at", true, after->ended_at);
}

static void session_fields(const struct hub_session_state *session, struct hub_store_sink *sink)
{
	const struct hub_slot_counts *reserved = &session->reserved, *common = &session->common;
	int32_t reserved_all = reserved->open + reserved->held + reserved->used_referred;
	int32_t common_all = common->open + common->held + common->used_referred + common->used_own;
	field_name(sink, "phase", hub_session_phase_name(session->phase));
	field_text(sink, "county_id", true, session->county_id);
	field_text(sink, "org_id", true, session->org_id);
	field_text(sink, "session_id", true, session->session_id);
	field_text(sink, "specialty", true, session->specialty);
	field_name(sink, "need", hub_need_name(session->need));
	field_text(sink, "exam_item", session->has_exam_item, session->exam_item);
	field_int(sink, "expert", session->expert);
	field_time(sink, "starts_at", true, session->starts_at);
	field_time(sink, "ends_at", true, session->ends_at);
	const struct hub_due_timer *opens = referral_due_find(&session->timers, REFERRAL_DUE_OPEN);
	field_time(sink, "common_opens_at", opens != NULL, opens ? opens->due_at : 0);
	field_int(sink, "revision", session->revision);
	field_int(sink, "capacity", reserved_all + common_all);
	field_int(sink, "reserved", reserved_all);
	field_int(sink, "open", reserved->open + common->open);
	field_int(sink, "open_reserved", reserved->open);
	field_int(sink, "held", reserved->held + common->held);
	field_int(sink, "used_referred", reserved->used_referred + common->used_referred);
	field_int(sink, "used_own", common->used_own);
}

static void project_session(struct hub_str key, const struct hub_session_state *before,
        const struct hub_session_state *after, struct hub_store_sink *sink)
{
	project_timers(key, before ? &before->timers : NULL, after ? &after->timers : NULL, sink);
	if (!after) {
		hub_store_del(sink, key);
		return;
	}
	hub_store_set_hash(sink, key);
	session_fields(after, sink);
}

static void project_board(struct hub_str key, const struct hub_bed_board *before,
        const struct hub_bed_board *after, struct hub_store_sink *sink)
{
	project_timers(key, before ? &before->timers : NULL, after ? &after->timers : NULL, sink);
	if (!after) {
		hub_store_del(sink, key);
		return;
	}
	hub_store_set_hash(sink, key);
	field_text(sink, "county_id", true, after->county_id);
	field_text(sink, "org_id", true, after->org_id);
	field_name(sink, "bed_kind", hub_bed_kind_name(after->bed_kind));
	field_int(sink, "revision", after->revision);
	field_time(sink, "reported_at", true, after->reported_at);
	field_int(sink, "total", after->total);
	field_int(sink, "reported_free", after->free);
	field_int(sink, "held", after->held);
	field_int(sink, "arrived", after->arrivals.count);
	field_int(sink, "free", referral_board_free(after));
}

/* A score that sorts as the list does: displaced or meeting the criteria, then urgency, then lead-hospital senders, then
 * time; Redis sorts equal ones by member. Its leading digits are the class, the rest the milliseconds since 1970: below
 * 2^53, so a double holds it. */
static int64_t waiting_score(const struct hub_waiting_state *waiting)
{
	bool first = waiting->displaced || waiting->meets_criteria;
	int rank = (first ? 0 : 8) + 2 * (int)waiting->urgency + (waiting->lead_sender ? 0 : 1);
	return rank * INT64_C(10000000000000) + waiting->requested_at;
}

static void project_waiting(const struct hub_waiting_state *before, const struct hub_waiting_state *after,
        struct hub_store_sink *sink)
{
	const struct hub_waiting_state *waiting = after ? after : before;
	const struct hub_str words[] = { HUB_STR("waiting:"), waiting->county_id, HUB_STR(":"),
		waiting->specialty, HUB_STR(":"), hub_str_from(hub_need_name(waiting->need)), HUB_STR(":"),
		waiting->item };
	char text[WORDS_MAX];
	struct hub_str list = join(words, sizeof(words) / sizeof(words[0]), text);
	if (after)
		hub_store_zadd(sink, list, waiting_score(after), after->referral_id);
	else
		hub_store_zrem(sink, list, before->referral_id);
}

/* Another county's stands on the list with ours, under its transfer_id. */
static const struct hub_waiting_state *as_waiting(
        const struct hub_foreign_hold_state *hold, struct hub_waiting_state *ret)
{
	const struct hub_referral *asked = hold ? &hold->referral : NULL;
	if (!hold || hold->phase != HUB_FOREIGN_HOLD_PHASE_WAITING)
		return NULL;
	*ret = (struct hub_waiting_state){ .county_id = hold->county_id,
		.specialty = asked->specialty,
		.need = asked->need,
		.item = asked->need == HUB_NEED_BED
		                ? hub_str_from(hub_bed_kind_name(referral_bed_kind(asked)))
		        : asked->has_exam_item ? asked->exam_item
		                               : HUB_STR("-"),
		.referral_id = hold->transfer_id,
		.displaced = hold->displaced,
		.meets_criteria = hold->meets_criteria,
		.urgency = asked->urgency,
		.lead_sender = hold->lead_sender,
		.requested_at = hold->requested_at };
	return ret;
}

static void project_foreign(struct hub_str key, const struct hub_foreign_hold_state *before,
        const struct hub_foreign_hold_state *after, struct hub_store_sink *sink)
{
	struct hub_waiting_state was, is;
	const struct hub_waiting_state *waited = as_waiting(before, &was), *waits = as_waiting(after, &is);
	project_timers(key, before ? &before->timers : NULL, after ? &after->timers : NULL, sink);
	if (waited || waits)
		project_waiting(waited, waits, sink);
	if (!after) {
		hub_store_del(sink, key);
		return;
	}
	hub_store_set_hash(sink, key);
	field_name(sink, "phase", hub_foreign_hold_phase_name(after->phase));
	field_text(sink, "county_id", true, after->county_id);
	field_text(sink, "home_county_id", true, after->home_county_id);
	field_text(sink, "org_id", true, after->org_id);
	field_text(sink, "session_id", after->has_session_id, after->session_id);
	if (after->bed_held)
		field_int(sink, "bed_held", 1);
	field_time(sink, "requested_at", true, after->requested_at);
}

void referral_project(struct hub_str key, const struct hub_schema *schema, const void *before,
        const void *after, struct hub_store_sink *sink)
{
	if (schema == &hub_referral_state_schema)
		project_referral(key, before, after, sink);
	else if (schema == &hub_referral_stub_schema)
		project_stub(key, after, sink);
	else if (schema == &hub_session_state_schema)
		project_session(key, before, after, sink);
	else if (schema == &hub_waiting_state_schema)
		project_waiting(before, after, sink);
	else if (schema == &hub_bed_board_schema)
		project_board(key, before, after, sink);
	else if (schema == &hub_foreign_hold_state_schema)
		project_foreign(key, before, after, sink);
}
