/* Redis under a LIVE fence, by schemas/hot-state.json. */
#include "check.h"
#include "world.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/bed_board.h"
#include "records/catalogue.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "wire/framing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME = 320 };

struct look {
	struct check *check;
	int32_t partition;
	char tag[40];
	const struct redis_key *hash; /* the one that is being compared */
	struct hub_str key;
	uint32_t fields;
	uint32_t hashes, due, waiting; /* expected */
};

static const struct redis_key *find(const struct look *look, const char *name)
{
	char text[NAME];
	snprintf(text, sizeof(text), "%s%s", look->tag, name);
	return redis_key(&look->check->world->redis, hub_str_from(text));
}

_Noreturn static void differs(const struct look *look, struct hub_str key, const char *what)
{
	check_failed(look->check->world, "the hot state of partition %d is LIVE, but not the fold: %.*s: %s",
	        look->partition, HUB_STR_ARG(key), what);
}

static void text(struct look *look, const char *field, struct hub_str value)
{
	if (!value.len)
		return;
	look->fields++;
	if (!hub_str_eq(redis_cell(look->hash, hub_str_from(field)), value))
		differs(look, look->key, field);
}

static void name(struct look *look, const char *field, const char *value)
{
	text(look, field, hub_str_from(value));
}

static void number(struct look *look, const char *field, int64_t value)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	name(look, field, digits);
}

static void instant(struct look *look, const char *field, bool has, int64_t at_ms)
{
	char at[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, at);
	if (has)
		name(look, field, at);
}

static struct hub_str if_has(bool has, struct hub_str value)
{
	return has ? value : (struct hub_str){ NULL, 0 };
}

static void member(struct look *look, const char *zset, struct hub_str member_name, double score)
{
	char score_text[40];
	struct hub_str found = redis_cell(find(look, zset), member_name);
	if (!found.data)
		differs(look, member_name, zset);
	snprintf(score_text, sizeof(score_text), "%.*s", HUB_STR_ARG(found));
	if (fabs(strtod(score_text, NULL) - score) > 0.5)
		differs(look, member_name, "its score");
}

static void due(struct look *look, struct hub_str timer, int64_t due_ms)
{
	char words[NAME];
	snprintf(words, sizeof(words), "%.*s %.*s", HUB_STR_ARG(look->key), HUB_STR_ARG(timer));
	member(look, "due", hub_str_from(words), (double)due_ms);
	look->due++;
}

static const struct hub_due_timer *timers(struct look *look, const struct hub_due_timer_array *all)
{
	const struct hub_due_timer *next = NULL;
	for (uint32_t i = 0; i < all->count; i++) {
		due(look, all->items[i].name, all->items[i].due_at);
		if (!next || all->items[i].due_at < next->due_at)
			next = &all->items[i];
	}
	return next;
}

static enum hub_bed_kind wanted_bed(const struct hub_referral *asked)
{
	return asked->has_bed_kind ? asked->bed_kind : HUB_BED_KIND_GENERAL;
}

static void look_at_referral(struct look *look, const struct hub_referral_state *r)
{
	const struct hub_referral *asked = &r->referral;
	const struct hub_due_timer *next = timers(look, &r->timers);
	name(look, "state", hub_referral_stage_name(r->stage));
	text(look, "county_id", r->county_id);
	text(look, "consortium_id", r->consortium_id);
	text(look, "from_org_id", asked->from_org_id);
	text(look, "to_org_id", if_has(r->has_to_org_id, r->to_org_id));
	name(look, "direction", hub_direction_name(asked->direction));
	name(look, "urgency", hub_urgency_name(asked->urgency));
	name(look, "condition", hub_condition_name(asked->condition));
	text(look, "specialty", asked->specialty);
	name(look, "need", hub_need_name(asked->need));
	text(look, "exam_item", if_has(asked->has_exam_item, asked->exam_item));
	number(look, "attempt", r->attempt);
	if (r->has_to_org_id)
		name(look, "path", hub_route_path_name(r->path));
	text(look, "session_id",
	        if_has(r->has_session_id || r->has_abroad,
	                r->has_session_id ? r->session_id
	                                  : if_has(r->abroad.has_session_id, r->abroad.session_id)));
	text(look, "asked_county_id", if_has(r->has_abroad, r->abroad.county_id));
	text(look, "asked_org_id", if_has(r->has_abroad, r->abroad.org_id));
	if (asked->need == HUB_NEED_BED)
		name(look, "bed_kind", hub_bed_kind_name(wanted_bed(asked)));
	if (r->bed_held)
		number(look, "bed_held", 1);
	if (r->stage == HUB_REFERRAL_STAGE_WAITING)
		name(look, "waits_for", hub_waits_for_name(r->waits_for));
	instant(look, "requested_at", true, r->requested_at);
	instant(look, "accepted_at", r->has_accepted_at, r->accepted_at);
	instant(look, "arrived_at", r->has_arrived_at, r->arrived_at);
	text(look, "due", next ? next->name : (struct hub_str){ NULL, 0 });
	instant(look, "due_at", next != NULL, next ? next->due_at : 0);
}

static void look_at_stub(struct look *look, const struct hub_referral_stub *stub)
{
	due(look, HUB_STR("forget"), stub->forget_at);
	name(look, "state", hub_final_state_name(stub->final_state));
	text(look, "county_id", stub->county_id);
	text(look, "consortium_id", stub->consortium_id);
	text(look, "from_org_id", stub->from_org_id);
	text(look, "to_org_id", if_has(stub->has_to_org_id, stub->to_org_id));
	text(look, "specialty", stub->specialty);
	name(look, "need", hub_need_name(stub->need));
	instant(look, "ended_at", true, stub->ended_at);
}

static void look_at_session(struct look *look, const struct hub_session_state *s)
{
	const struct hub_slot_counts *r = &s->reserved, *c = &s->common;
	int32_t reserved = r->open + r->held + r->used_referred;
	timers(look, &s->timers);
	name(look, "phase", hub_session_phase_name(s->phase));
	text(look, "county_id", s->county_id);
	text(look, "org_id", s->org_id);
	text(look, "session_id", s->session_id);
	text(look, "specialty", s->specialty);
	name(look, "need", hub_need_name(s->need));
	text(look, "exam_item", if_has(s->has_exam_item, s->exam_item));
	number(look, "expert", s->expert);
	instant(look, "starts_at", true, s->starts_at);
	instant(look, "ends_at", true, s->ends_at);
	for (uint32_t i = 0; i < s->timers.count; i++)
		instant(look, "common_opens_at", hub_str_is(s->timers.items[i].name, "common_open"),
		        s->timers.items[i].due_at);
	number(look, "revision", s->revision);
	number(look, "capacity", reserved + c->open + c->held + c->used_referred + c->used_own);
	number(look, "reserved", reserved);
	number(look, "open", r->open + c->open);
	number(look, "open_reserved", r->open);
	number(look, "held", r->held + c->held);
	number(look, "used_referred", r->used_referred + c->used_referred);
	number(look, "used_own", c->used_own);
}

static void look_at_board(struct look *look, const struct hub_bed_board *b)
{
	int32_t arrived = (int32_t)b->arrivals.count, left = b->free - b->held - arrived;
	timers(look, &b->timers);
	text(look, "county_id", b->county_id);
	text(look, "org_id", b->org_id);
	name(look, "bed_kind", hub_bed_kind_name(b->bed_kind));
	number(look, "revision", b->revision);
	instant(look, "reported_at", true, b->reported_at);
	number(look, "total", b->total);
	number(look, "reported_free", b->free);
	number(look, "held", b->held);
	number(look, "arrived", arrived);
	number(look, "free", left > 0 ? left : 0);
}

static void look_at_waiting(struct look *look, const struct hub_waiting_state *w)
{
	char list[NAME];
	int urgency = w->urgency == HUB_URGENCY_EMERGENCY ? 1 : w->urgency == HUB_URGENCY_URGENT ? 2 : 3;
	snprintf(list, sizeof(list), "waiting:%.*s:%.*s:%s:%.*s", HUB_STR_ARG(w->county_id),
	        HUB_STR_ARG(w->specialty), hub_need_name(w->need), HUB_STR_ARG(w->item));
	member(look, list, w->referral_id,
	        ((w->displaced || w->meets_criteria ? 0 : 8) + 2 * urgency + (w->lead_sender ? 0 : 1)) *
	                        1e13 +
	                (double)w->requested_at);
	look->waiting++;
}

static void look_at_foreign(struct look *look, const struct hub_foreign_hold_state *hold)
{
	const struct hub_referral *asked = &hold->referral;
	const struct hub_waiting_state waits = { .county_id = hold->county_id,
		.specialty = asked->specialty,
		.need = asked->need,
		.item = asked->need == HUB_NEED_BED ? hub_str_from(hub_bed_kind_name(wanted_bed(asked)))
		        : asked->has_exam_item      ? asked->exam_item
		                                    : HUB_STR("-"),
		.referral_id = hold->transfer_id,
		.meets_criteria = hold->meets_criteria,
		.displaced = hold->displaced,
		.urgency = asked->urgency,
		.requested_at = hold->requested_at,
		.lead_sender = hold->lead_sender };
	if (hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING)
		look_at_waiting(look, &waits);
	timers(look, &hold->timers);
	name(look, "phase", hub_foreign_hold_phase_name(hold->phase));
	text(look, "county_id", hold->county_id);
	text(look, "home_county_id", hold->home_county_id);
	text(look, "org_id", hold->org_id);
	text(look, "session_id", if_has(hold->has_session_id, hold->session_id));
	if (hold->bed_held)
		number(look, "bed_held", 1);
	instant(look, "requested_at", true, hold->requested_at);
}

static void look_at(struct look *look, struct hub_str key, struct hub_str value)
{
	const struct hub_schema *schema;
	void *record;
	char plain[NAME];
	if (hub_frame_decode(&hub_referral_router_state_schemas, value, look->check->arena, &schema, &record,
	            NULL) < 0)
		check_failed(look->check->world, "a state record cannot be decoded");
	look->key = key;
	if (schema == &hub_waiting_state_schema) {
		look_at_waiting(look, record);
		return;
	}
	bool referral = schema == &hub_referral_state_schema, stub = schema == &hub_referral_stub_schema;
	bool board = schema == &hub_bed_board_schema, foreign = schema == &hub_foreign_hold_state_schema;
	if (!referral && !stub && !board && !foreign && schema != &hub_session_state_schema)
		return;
	snprintf(plain, sizeof(plain), "%.*s", HUB_STR_ARG(key));
	look->hash = find(look, plain);
	look->hashes++;
	look->fields = 0;
	if (!look->hash)
		differs(look, key, "is missing");
	if (referral)
		look_at_referral(look, record);
	else if (stub)
		look_at_stub(look, record);
	else if (board)
		look_at_board(look, record);
	else if (foreign)
		look_at_foreign(look, record);
	else
		look_at_session(look, record);
	if (hub_map_count(look->hash->cells) != look->fields)
		differs(look, key, "has other fields");
}

/* Nothing more is there than what was expected. */
static void count_all(const struct look *look)
{
	uint32_t hashes = 0, due_members = 0, waiting = 0;
	struct hub_str key_name;
	void *value;
	for (size_t at = 0; hub_map_next(look->check->world->redis.keys, &at, &key_name, &value);) {
		const struct redis_key *key = value;
		if (!hub_str_starts_with(key_name, hub_str_from(look->tag)))
			continue;
		struct hub_str rest = { key_name.data + strlen(look->tag),
			key_name.len - (uint32_t)strlen(look->tag) };
		hashes += key->type == REDIS_HASH;
		if (key->type == REDIS_ZSET && hub_str_is(rest, "due"))
			due_members += (uint32_t)hub_map_count(key->cells);
		else if (key->type == REDIS_ZSET)
			waiting += (uint32_t)hub_map_count(key->cells);
		else if (key->type == REDIS_STRING && !hub_str_is(rest, "fence"))
			differs(look, key_name, "does not belong there");
	}
	if (hashes != look->hashes || due_members != look->due || waiting != look->waiting)
		check_failed(look->check->world,
		        "the hot state of partition %d is LIVE with %u hashes, %u timers, %u waiting; the "
		        "fold has %u, %u, %u",
		        look->partition, hashes, due_members, waiting, look->hashes, look->due,
		        look->waiting);
}

/* The changelog up to `to`, by what the coordinator committed; compaction takes nothing from it. */
static void compare(struct look *look, int64_t to)
{
	const struct world *world = look->check->world;
	const struct log *log = &world->kafka.logs[world->kafka.state][look->partition];
	struct hub_map *newest = hub_map_new();
	struct hub_str key;
	void *value;
	for (int64_t i = 0; i <= to; i++)
		if (log->entries[i].kind == ENTRY_RECORD && log->entries[i].committed)
			hub_map_put(newest, log->entries[i].key, &log->entries[i]);
	for (size_t at = 0; hub_map_next(newest, &at, &key, &value);) {
		const struct entry *entry = value;
		if (entry->has_value && !hub_str_is(key, "position"))
			look_at(look, key, entry->value);
	}
	hub_map_free(newest);
	count_all(look);
}

bool check_hot(struct check *check, int32_t partition, int64_t *ret_at)
{
	struct look look = { .check = check, .partition = partition };
	char fence[128];
	long long epoch, offset, timestamp;
	snprintf(look.tag, sizeof(look.tag), "{referral-router.%d}:", partition);
	snprintf(fence, sizeof(fence), "%.*s", HUB_STR_ARG(redis_cell(find(&look, "fence"), HUB_STR(""))));
	struct hub_str key = find(&look, "fence") ? find(&look, "fence")->name : (struct hub_str){ NULL, 0 };
	if (key.data && redis_fence_is_spoilt(&check->world->redis, key))
		return false;
	if (sscanf(fence, "%lld %lld LIVE %lld", &epoch, &offset, &timestamp) != 3)
		return false;
	const struct log *log = &check->world->kafka.logs[check->world->kafka.state][partition];
	if (offset >= log->end || !log->entries[offset].committed ||
	        !hub_str_is(log->entries[offset].key, "position") ||
	        log->entries[offset].timestamp_ms != timestamp)
		check_failed(check->world, "the fence of partition %d, %s, is no committed position",
		        partition, fence);
	hub_arena_reset(check->arena);
	compare(&look, offset);
	check->looks++;
	*ret_at = offset;
	return true;
}

static long long epoch_of(struct hub_str fence)
{
	char text[128];
	snprintf(text, sizeof(text), "%.*s", HUB_STR_ARG(fence));
	return strtoll(text, NULL, 10);
}

void check_fence(const struct world *world, struct hub_str before, struct hub_str after)
{
	if (before.data && epoch_of(before) > epoch_of(after))
		check_failed(world, "the fence of a later owner, %.*s, is overwritten by %.*s",
		        HUB_STR_ARG(before), HUB_STR_ARG(after));
}
