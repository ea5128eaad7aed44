#include "sample-county/tally.h"

#include "base/calendar.h"
#include "base/check.h"
#include "kafka/reader.h"
#include "records/catalogue.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_requested.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "records/session_state.h"
#include "wire/framing.h"

#include <stdio.h>

enum { KEPT_LIMIT = 256 << 20, SCRATCH_LIMIT = 16 << 20, WAIT_MS = 10000 };

struct referral {
	struct hub_str event_id; /* of its request */
	enum tally_answer first, last;
	enum hub_route_path first_path, last_path;
	enum tally_fate fate;
};

struct session {
	bool gone; /* forgotten since */
	int64_t starts_ms;
	struct hub_slot_counts reserved, common;
};

static void count(struct tally *tally, struct tally_counts *counts, struct hub_str name)
{
	counts->total++;
	for (uint32_t i = 0; i < counts->count; i++)
		if (hub_str_eq(counts->items[i].name, name)) {
			counts->items[i].count++;
			return;
		}
	if (counts->count == TALLY_NAMES)
		return;
	counts->items[counts->count].name = hub_arena_copy(tally->arena, name);
	counts->items[counts->count++].count = 1;
}

/* The entry of key, made when it is missing. */
static void *entry(struct tally *tally, struct hub_map *map, struct hub_str key, size_t size)
{
	void *found = hub_map_get(map, key);
	if (!found) {
		found = hub_arena_alloc(tally->arena, size);
		hub_check(found);
		hub_map_put(map, hub_arena_copy(tally->arena, key), found);
	}
	return found;
}

static void on_event(struct tally *tally, const struct hub_kafka_event *event,
        const struct hub_schema *schema, const void *record)
{
	const struct hub_event_head *head = record;
	count(tally, &tally->events, hub_str_from(schema->name));
	if (head->occurred_at > tally->day_ms)
		tally->day_ms = head->occurred_at;
	if (!tally->appended_first_ms || event->timestamp_ms < tally->appended_first_ms)
		tally->appended_first_ms = event->timestamp_ms;
	if (event->timestamp_ms > tally->appended_last_ms)
		tally->appended_last_ms = event->timestamp_ms;
	if (schema == &hub_referral_requested_schema) {
		const struct hub_referral_requested *request = record;
		struct referral *referral =
		        entry(tally, tally->referrals, request->referral.referral_id, sizeof(*referral));
		if (!referral->event_id.len)
			referral->event_id = hub_arena_copy(tally->arena, head->event_id);
	}
}

static void answer(struct referral *referral, enum tally_answer answer, enum hub_route_path path)
{
	if (!referral->first) {
		referral->first = answer;
		referral->first_path = path;
	}
	referral->last = answer;
	referral->last_path = path;
	referral->fate = TALLY_OPEN;
}

static void on_chain(
        struct tally *tally, struct hub_str referral_id, const struct hub_considered_array *considered)
{
	uint32_t said_no = 0;
	for (uint32_t i = 0; i < considered->count; i++) {
		struct hub_str reason = considered->items[i].reason_code;
		said_no += hub_str_is(reason, "REJECTED") || hub_str_is(reason, "EXPIRED");
	}
	if (said_no <= tally->chain)
		return;
	tally->chain = said_no;
	tally->chain_referral = hub_arena_copy(tally->arena, referral_id);
}

static void on_refused(
        struct tally *tally, struct hub_arena *scratch, const struct hub_referral_event_refused *refused)
{
	count(tally, &tally->refusals,
	        refused->has_rule ? hub_arena_printf(scratch, "%.*s %.*s", HUB_STR_ARG(refused->reason_code),
	                                    HUB_STR_ARG(refused->rule))
	                          : refused->reason_code);
	struct referral *referral =
	        refused->has_referral_id ? hub_map_get(tally->referrals, refused->referral_id) : NULL;
	if (referral && !referral->first && hub_str_eq(referral->event_id, refused->refused_event_id))
		answer(referral, TALLY_REFUSED, 0);
}

static enum tally_fate fate_of(enum hub_final_state state)
{
	switch (state) {
	case HUB_FINAL_STATE_COMPLETED:
	case HUB_FINAL_STATE_RETURN_CONFIRMED:
		return TALLY_COMPLETED;
	case HUB_FINAL_STATE_CANCELLED:
		return TALLY_CANCELLED;
	case HUB_FINAL_STATE_NO_SHOW:
		return TALLY_NO_SHOW;
	default:
		return TALLY_OTHER_END;
	}
}

/* Decisions about one referral, by its id. */
static void on_referral(struct tally *tally, const struct hub_schema *schema, const void *record)
{
	struct referral *referral;
	if (schema == &hub_referral_routed_schema) {
		const struct hub_referral_routed *routed = record;
		if ((referral = hub_map_get(tally->referrals, routed->referral_id)))
			answer(referral, TALLY_ROUTED, routed->path);
		on_chain(tally, routed->referral_id, &routed->considered);
	} else if (schema == &hub_referral_waitlisted_schema) {
		const struct hub_referral_waitlisted *waits = record;
		if ((referral = hub_map_get(tally->referrals, waits->referral_id)))
			answer(referral,
			        waits->waits_for == HUB_WAITS_FOR_AUTHORISATION
			                ? TALLY_WAITS_FOR_AUTHORISATION
			                : TALLY_WAITS_FOR_SLOT,
			        0);
		on_chain(tally, waits->referral_id, &waits->considered);
	} else if (schema == &hub_referral_unplaced_schema) {
		const struct hub_referral_unplaced *unplaced = record;
		if ((referral = hub_map_get(tally->referrals, unplaced->referral_id)))
			answer(referral, TALLY_UNPLACED, 0);
		on_chain(tally, unplaced->referral_id, &unplaced->considered);
	} else if (schema == &hub_referral_progressed_schema) {
		const struct hub_referral_progressed *progressed = record;
		if (!(referral = hub_map_get(tally->referrals, progressed->referral_id)))
			return;
		if (progressed->state == HUB_REFERRAL_STAGE_ACCEPTED)
			referral->fate = TALLY_ACCEPTED;
		else if (progressed->state == HUB_REFERRAL_STAGE_ARRIVED)
			referral->fate = TALLY_ARRIVED;
	} else if (schema == &hub_referral_closed_schema) {
		const struct hub_referral_closed *closed = record;
		if ((referral = hub_map_get(tally->referrals, closed->referral_id)))
			referral->fate = fate_of(closed->final_state);
	}
}

static void on_decision(
        struct tally *tally, struct hub_arena *scratch, const struct hub_schema *schema, const void *record)
{
	const struct hub_decision_head *head = record;
	count(tally, &tally->decisions, hub_str_from(schema->name));
	if (head->has_timer && head->timer.index == 0)
		count(tally, &tally->deadlines, head->timer.name);
	if (head->has_repeat_of) {
		tally->repeats++;
	} else if (schema == &hub_referral_event_refused_schema) {
		on_refused(tally, scratch, record);
	} else {
		on_referral(tally, schema, record);
	}
}

/* The changelog: the newest value of a key is the truth about it. */
static void on_state(struct tally *tally, const struct hub_kafka_event *event,
        const struct hub_schema *schema, const struct hub_session_state *state)
{
	bool is_session = schema == &hub_session_state_schema;
	struct session *session = is_session ? entry(tally, tally->sessions, event->key, sizeof(*session))
	                                     : hub_map_get(tally->sessions, event->key);
	if (!session)
		return;
	session->gone = !is_session;
	if (!is_session)
		return;
	session->starts_ms = state->starts_at;
	session->reserved = state->reserved;
	session->common = state->common;
}

enum { EVENTS, DECISIONS, STATE, DEAD_LETTERS, TOPICS };

static int on_state_record(struct tally *tally, struct hub_arena *scratch,
        const struct hub_kafka_event *event, struct hub_error *reterr)
{
	const struct hub_schema *schema = NULL;
	void *record = NULL;
	int rc = event->has_value ? hub_frame_decode(&hub_referral_router_state_schemas, event->value,
	                                    scratch, &schema, &record, reterr)
	                          : 0;
	if (!rc)
		on_state(tally, event, schema, record);
	return rc;
}

static int on_record(struct tally *tally, int topic, struct hub_arena *scratch,
        const struct hub_kafka_event *event, struct hub_error *reterr)
{
	if (topic == DEAD_LETTERS) {
		tally->dead_letters++;
		return 0;
	}
	hub_arena_reset(scratch);
	if (topic == STATE)
		return on_state_record(tally, scratch, event, reterr);
	const struct hub_schema *schema;
	void *record;
	if (topic == EVENTS) {
		/* What does not decode is the router's to judge; here it only counts. */
		if (hub_frame_decode(
		            &hub_referral_event_schemas, event->value, scratch, &schema, &record, NULL))
			count(tally, &tally->events, HUB_STR("undecodable"));
		else
			on_event(tally, event, schema, record);
		return 0;
	}
	int rc = hub_frame_decode(
	        &hub_referral_decision_schemas, event->value, scratch, &schema, &record, reterr);
	if (!rc)
		on_decision(tally, scratch, schema, record);
	return rc;
}

/* One topic from its beginning to its end; one after the other, since decisions are understood by their
 * events. */
static int read_topic(struct tally *tally, int topic, const char *name,
        const struct hub_kafka_properties *properties, struct hub_arena *scratch, struct hub_error *reterr)
{
	const struct hub_kafka_reader_options options = {
		.properties = *properties,
		.topics = &name,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
	};
	struct hub_kafka_reader *reader;
	int rc = hub_kafka_reader_open(&options, &reader, reterr);
	if (rc)
		return rc;
	for (bool end = false; !rc && !end;) {
		struct hub_kafka_event event;
		rc = hub_kafka_reader_next(reader, WAIT_MS, &event, reterr);
		if (rc)
			break;
		if (event.kind == HUB_KAFKA_RECORD)
			rc = on_record(tally, topic, scratch, &event, reterr);
		else if (event.kind == HUB_KAFKA_NOTHING)
			rc = hub_error_set(reterr, HUB_E_RETRY, name, "the broker does not answer");
		end = event.kind == HUB_KAFKA_EOF;
	}
	hub_kafka_reader_close(reader);
	return rc;
}

static int take_lag(struct tally *tally, const char *prefix, const struct hub_kafka_properties *properties,
        struct hub_arena *scratch, struct hub_error *reterr)
{
	char group[256], topic[256];
	snprintf(group, sizeof(group), "%sreferral-router", prefix);
	snprintf(topic, sizeof(topic), "%sreferral.events", prefix);
	struct hub_group_position *positions;
	uint32_t n;
	int rc =
	        hub_kafka_group_positions(properties, group, topic, WAIT_MS, scratch, &positions, &n, reterr);
	for (uint32_t i = 0; !rc && i < n; i++) {
		int64_t read =
		        positions[i].committed == HUB_OFFSET_NONE ? positions[i].low : positions[i].committed;
		tally->lag += positions[i].high - read;
	}
	return rc;
}

static void add_slots(struct tally_slots *slots, const struct session *session)
{
	const struct hub_slot_counts *reserved = &session->reserved, *common = &session->common;
	slots->sessions++;
	slots->open += (uint64_t)(reserved->open + common->open);
	slots->held += (uint64_t)(reserved->held + common->held);
	slots->used_referred += (uint64_t)(reserved->used_referred + common->used_referred);
	slots->used_own += (uint64_t)(reserved->used_own + common->used_own);
}

static void add_answer(struct tally_answers *answers, enum tally_answer answer, enum hub_route_path path)
{
	if (answer == TALLY_ROUTED)
		answers->paths[path]++;
	answers->others[answer]++;
}

static void sum(struct tally *tally)
{
	struct hub_str key;
	void *value;
	for (size_t at = 0; hub_map_next(tally->referrals, &at, &key, &value);) {
		const struct referral *referral = value;
		add_answer(&tally->first, referral->first, referral->first_path);
		add_answer(&tally->last, referral->last, referral->last_path);
		if (referral->last != TALLY_REFUSED)
			tally->fates[referral->fate]++;
	}
	for (size_t at = 0; hub_map_next(tally->sessions, &at, &key, &value);) {
		const struct session *session = value;
		if (session->gone)
			continue;
		add_slots(&tally->slots, session);
		if (hub_day_of(session->starts_ms) == hub_day_of(tally->day_ms))
			add_slots(&tally->slots_of_day, session);
	}
}

int tally_take(struct tally *tally, const struct hub_kafka_properties *properties, const char *prefix,
        struct hub_error *reterr)
{
	static const char *const names[TOPICS] = { "referral.events", "referral.decisions",
		"referral-router.state", "referral-router.dead-letters" };
	*tally = (struct tally){
		.arena = hub_arena_new(KEPT_LIMIT), .referrals = hub_map_new(), .sessions = hub_map_new()
	};
	struct hub_arena *scratch = hub_arena_new(SCRATCH_LIMIT);
	char topic[256];
	int rc = 0;
	for (int i = EVENTS; !rc && i < TOPICS; i++) {
		snprintf(topic, sizeof(topic), "%s%s", prefix, names[i]);
		rc = read_topic(tally, i, topic, properties, scratch, reterr);
	}
	if (!rc)
		rc = take_lag(tally, prefix, properties, scratch, reterr);
	hub_arena_free(scratch);
	if (!rc && hub_arena_exhausted(tally->arena))
		rc = hub_error_set(reterr, HUB_E_TOO_LARGE, topic, "too much for a summary");
	if (!rc)
		sum(tally);
	return rc;
}

void tally_done(struct tally *tally)
{
	hub_map_free(tally->referrals);
	hub_map_free(tally->sessions);
	hub_arena_free(tally->arena);
}
