#include "invariants.h"
#include "invariants_transfers.h"

#include "base/check.h"
#include "records/bed_board.h"
#include "records/beds_changed.h"
#include "records/booking_state.h"
#include "records/event_head.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_rejected.h"
#include "records/referral_routed.h"
#include "records/referral_state.h"
#include "records/session_changed.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "referral-router/board.h"
#include "referral-router/candidates.h"
#include "referral-router/due.h"
#include "referral-router/slots.h"
#include "referral-router/view.h"
#include "referral-router/world.h"

#include <stdio.h>
#include <stdlib.h>

enum { SCRATCH_LIMIT = 256 << 20, NAME_ROOM = 512 };

struct invariants {
	struct hot_state *hot;
	struct hub_arena *arena;
	bool at_rest;      /* nothing is under way between counties */
	json_t *referrals; /* state key -> {"closed": true, "lost": {org: reason}} */
	json_t *capacity;  /* session key -> what the hospital said last */
	json_t *forgotten; /* keys of sessions that were forgotten: who arrived there may still point at them
	                    */
};

struct invariants *invariants_new(void)
{
	struct invariants *invariants = calloc(1, sizeof(*invariants));
	hub_check(invariants != NULL);
	invariants->hot = hot_state_new();
	invariants->arena = hub_arena_new(SCRATCH_LIMIT);
	invariants->referrals = json_object();
	invariants->capacity = json_object();
	invariants->forgotten = json_object();
	return invariants;
}

void invariants_free(struct invariants *invariants)
{
	hot_state_free(invariants->hot);
	hub_arena_free(invariants->arena);
	json_decref(invariants->referrals);
	json_decref(invariants->capacity);
	json_decref(invariants->forgotten);
	free(invariants);
}

const struct hot_state *invariants_hot(const struct invariants *invariants)
{
	return invariants->hot;
}

_Noreturn static void violated(const char *what, struct hub_str where)
{
	fprintf(stderr, "violated: %s: %.*s\n", what, HUB_STR_ARG(where));
	abort();
}

static void must(bool holds, const char *what, struct hub_str where)
{
	if (!holds)
		violated(what, where);
}

static json_t *known(struct invariants *invariants, struct hub_str referral_id)
{
	char name[NAME_ROOM];
	snprintf(name, sizeof(name), "referral:%.*s", HUB_STR_ARG(referral_id));
	json_t *entry = json_object_get(invariants->referrals, name);
	if (!entry) {
		entry = json_pack("{s:b,s:{}}", "closed", 0, "lost");
		json_object_set_new(invariants->referrals, name, entry);
	}
	return entry;
}

static void lose(struct invariants *invariants, struct hub_str referral_id, struct hub_str org_id)
{
	char org[NAME_ROOM];
	snprintf(org, sizeof(org), "%.*s", HUB_STR_ARG(org_id));
	json_object_set_new(json_object_get(known(invariants, referral_id), "lost"), org, json_true());
}

static bool lost(struct invariants *invariants, struct hub_str referral_id, struct hub_str org_id)
{
	char org[NAME_ROOM];
	snprintf(org, sizeof(org), "%.*s", HUB_STR_ARG(org_id));
	return json_object_get(json_object_get(known(invariants, referral_id), "lost"), org);
}

static void after_session_changed(struct invariants *invariants, const struct hub_session_changed *changed)
{
	char name[NAME_ROOM];
	must(changed->open + changed->held + changed->used_referred + changed->used_own == changed->capacity,
	        "I-4: what is told adds up", changed->session_id);
	snprintf(name, sizeof(name), "session:%.*s:%.*s", HUB_STR_ARG(changed->org_id),
	        HUB_STR_ARG(changed->session_id));
	if (changed->cause == HUB_SESSION_CAUSE_OPENED && !changed->head.has_repeat_of)
		json_object_set_new(invariants->capacity, name, json_integer(changed->capacity));
	if (changed->cause == HUB_SESSION_CAUSE_CANCELLED)
		json_object_del(invariants->capacity, name);
}

static void after_output(struct invariants *invariants, const struct hub_output *output)
{
	const struct hub_decision_head *head = output->record;
	bool transfer = hub_str_starts_with(hub_str_from(output->schema->name), HUB_STR("Transfer"));
	must(head->county_id.len > 0 && (transfer || head->party_org_ids.count > 0),
	        "a decision has a county and parties", hub_str_from(output->schema->name));
	if (output->schema == &hub_referral_routed_schema) {
		const struct hub_referral_routed *routed = output->record;
		must(!lost(invariants, routed->referral_id, routed->to_org_id), "REF-11: never back",
		        routed->referral_id);
		must(!json_is_true(json_object_get(known(invariants, routed->referral_id), "closed")),
		        "I-5: nothing after the end", routed->referral_id);
	} else if (output->schema == &hub_referral_expired_schema) {
		const struct hub_referral_expired *expired = output->record;
		lose(invariants, expired->referral_id, expired->org_id);
	} else if (output->schema == &hub_referral_closed_schema && !head->has_repeat_of) {
		json_t *entry =
		        known(invariants, ((const struct hub_referral_closed *)output->record)->referral_id);
		must(!json_is_true(json_object_get(entry, "closed")), "I-5: one terminal state",
		        ((const struct hub_referral_closed *)output->record)->referral_id);
		json_object_set_new(entry, "closed", json_true());
	} else if (output->schema == &hub_session_changed_schema) {
		after_session_changed(invariants, output->record);
	}
}

/* Every event has one answer, which names it; a timer answers nobody. */
static const struct hub_output *answer_to(
        const struct hub_event_head *event, const struct hub_effects *effects)
{
	const struct hub_output *answer = NULL;
	for (uint32_t i = 0; i < effects->count; i++) {
		const struct hub_decision_head *head = effects->outputs[i].record;
		if (!head->has_answers)
			continue;
		must(event && hub_str_eq(head->answers.event_id, event->event_id) &&
		                hub_str_eq(head->answers.source_org_id, event->source_org_id),
		        "an answer names its event", head->answers.event_id);
		must(!answer, "one answer", head->answers.event_id);
		answer = &effects->outputs[i];
	}
	return answer;
}

static const struct hub_bed_board *board_in(struct hub_arena *arena, struct hub_str value)
{
	const struct hub_schema *schema;
	void *record;
	if (!value.len)
		return NULL;
	hub_check(hub_frame_decode(
	                  referral_router_core.table->schemas, value, arena, &schema, &record, NULL) == 0);
	return schema == &hub_bed_board_schema ? record : NULL;
}

/* REF-22: holds never exceed what was reported free at the moment of the hold. */
static void after_board(struct invariants *invariants, const struct hub_change *change)
{
	hub_arena_reset(invariants->arena);
	const struct hub_bed_board *after = board_in(invariants->arena, change->after);
	const struct hub_bed_board *before = board_in(invariants->arena, change->before);
	if (after && after->held > (before ? before->held : 0))
		must(referral_board_held(after) <= after->free, "REF-22: no bed is promised twice",
		        change->key);
}

void invariants_after(struct invariants *invariants, struct partition *partition,
        const struct hub_schema *schema, const void *record, const struct hub_effects *effects)
{
	const struct hub_output *answer = answer_to(record, effects);
	if (record)
		must(answer || effects->dead_reason, "every event is answered",
		        ((const struct hub_event_head *)record)->event_id);
	if (answer && schema == &hub_referral_rejected_schema &&
	        answer->schema != &hub_referral_event_refused_schema &&
	        !((const struct hub_decision_head *)answer->record)->has_repeat_of) {
		const struct hub_referral_rejected *rejected = record;
		lose(invariants, rejected->referral_id, rejected->org_id);
	}
	for (uint32_t i = 0; i < effects->count; i++)
		after_output(invariants, &effects->outputs[i]);
	const struct hub_change *changes;
	uint32_t count = partition_changes(partition, &changes);
	bool refused = answer && answer->schema == &hub_referral_event_refused_schema;
	bool repeated = answer && ((const struct hub_decision_head *)answer->record)->has_repeat_of;
	must(count == 0 || !(refused || repeated), "REF-12: a refused or repeated event changes nothing",
	        count ? changes[0].key : HUB_STR(""));
	for (uint32_t i = 0; i < count; i++) {
		char key[NAME_ROOM];
		snprintf(key, sizeof(key), "%.*s", HUB_STR_ARG(changes[i].key));
		if (!changes[i].after.len) {
			json_object_del(invariants->referrals, key);
			json_object_del(invariants->capacity, key);
			if (hub_str_starts_with(changes[i].key, HUB_STR("session:")))
				json_object_set_new(invariants->forgotten, key, json_true());
		}
		after_board(invariants, &changes[i]);
		hot_state_apply(invariants->hot, &referral_router_core, &changes[i]);
	}
}

/* What the referrals and bookings say about a session: {"held0": .., "held1": .., "arrived0": .., "own": ..}.
 */
static void count(
        json_t *sessions, struct hub_str org_id, struct hub_str session_id, const char *what, bool reserved)
{
	char name[NAME_ROOM], field[NAME_ROOM];
	snprintf(name, sizeof(name), "session:%.*s:%.*s", HUB_STR_ARG(org_id), HUB_STR_ARG(session_id));
	snprintf(field, sizeof(field), "%s%d", what, reserved);
	if (!json_object_get(sessions, name))
		json_object_set_new(sessions, name, json_object());
	json_t *entry = json_object_get(sessions, name);
	json_object_set_new(
	        entry, field, json_integer(json_integer_value(json_object_get(entry, field)) + 1));
}

static void check_timers(const struct hub_referral_state *referral)
{
	bool down = referral->referral.direction == HUB_DIRECTION_DOWN;
	const char *const of_stage[] = {
		[HUB_REFERRAL_STAGE_WAITING] = REFERRAL_DUE_NOTICE,
		[HUB_REFERRAL_STAGE_ASKING_COUNTY] = REFERRAL_DUE_TRANSFER,
		[HUB_REFERRAL_STAGE_ROUTED] = REFERRAL_DUE_ANSWER,
		[HUB_REFERRAL_STAGE_SUPPLEMENTING] = REFERRAL_DUE_SUPPLEMENT_REMIND,
		[HUB_REFERRAL_STAGE_ACCEPTED] = down ? REFERRAL_DUE_RETURN : REFERRAL_DUE_ARRIVAL,
		[HUB_REFERRAL_STAGE_ARRIVED] = down ? REFERRAL_DUE_RETURN : REFERRAL_DUE_COMPLETION,
		[HUB_REFERRAL_STAGE_UNPLACED] = REFERRAL_DUE_NOTICE,
	};
	struct hub_str id = referral->referral.referral_id;
	must(referral->stage < sizeof(of_stage) / sizeof(of_stage[0]) && of_stage[referral->stage],
	        "a stage that lasts", id);
	const char *timer = of_stage[referral->stage];
	bool reminded = referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING &&
	                referral_due_find(&referral->timers, REFERRAL_DUE_SUPPLEMENT_RETURN);
	bool told = referral_due_find(&referral->timers, REFERRAL_DUE_NOTICE) != NULL;
	bool own = strcmp(timer, REFERRAL_DUE_NOTICE) != 0;
	bool watched = referral_due_find(&referral->timers, REFERRAL_DUE_ABROAD_END);
	bool stays = referral->stage == HUB_REFERRAL_STAGE_ARRIVED && !down &&
	             referral->referral.need == HUB_NEED_BED;
	must(!stays || referral_due_find(&referral->timers, REFERRAL_DUE_LONG_STAY),
	        "REF-22: a long stay is seen", id);
	must((reminded || referral_due_find(&referral->timers, timer)) &&
	                referral->timers.count == 1U + (own && told) + stays + watched,
	        "REF-17: nothing leaves a worklist in silence", id);
	must(referral->has_answer_left_ms == (referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING),
	        "REF-13: a clock that stands still", id);
}

static void check_referral(struct invariants *invariants, struct referral_world *world,
        const struct hub_referral_state *referral, json_t *sessions)
{
	(void)invariants;
	struct hub_str id = referral->referral.referral_id;
	bool waits = referral->stage == HUB_REFERRAL_STAGE_WAITING;
	bool placed = referral->stage == HUB_REFERRAL_STAGE_ROUTED ||
	              referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING ||
	              referral->stage == HUB_REFERRAL_STAGE_ACCEPTED ||
	              referral->stage == HUB_REFERRAL_STAGE_ARRIVED;
	struct hub_str key = hub_arena_printf(world->out->arena, "waiting:%.*s:%.*s:%s:%.*s:%.*s",
	        HUB_STR_ARG(referral->county_id), HUB_STR_ARG(referral->referral.specialty),
	        hub_need_name(referral->referral.need),
	        HUB_STR_ARG(referral_world_list_item(&referral->referral)), HUB_STR_ARG(id));
	check_timers(referral);
	must(placed == referral->has_to_org_id, "a placed referral has its hospital", id);
	must(!referral->has_session_id || placed, "only a placed referral has a slot", id);
	must(waits == (referral_world_at(world, key, &hub_waiting_state_schema) != NULL),
	        "who waits is on the list", id);
	must(!referral->bed_held || (placed && referral->stage != HUB_REFERRAL_STAGE_ARRIVED &&
	                                    referral->referral.need == HUB_NEED_BED),
	        "REF-22: a bed is held from routing to arrival", id);
	if (referral->bed_held)
		count(sessions, referral->to_org_id,
		        hub_str_from(hub_bed_kind_name(referral_bed_kind(&referral->referral))), "bed",
		        false);
	if (referral->has_session_id)
		count(sessions, referral->to_org_id, referral->session_id,
		        referral->stage == HUB_REFERRAL_STAGE_ARRIVED ? "arrived" : "held",
		        referral->slot_reserved);
}

static bool is_full(struct referral_world *world, const struct hub_referral_state *referral,
        const struct referral_candidate *candidate)
{
	const struct hub_referral *asked = &referral->referral;
	struct referral_target target;
	if (candidate->leaves_county)
		return referral_slots_may_be_needed(asked); /* another county's matter */
	return referral_slots_needed(world, asked, candidate->org_id) &&
	       !referral_slots_find(world, referral, candidate->org_id, &target);
}

/* REF-07: nobody waits while a slot that it could take is open; REF-01: whoever in the registry that is. */
static void check_waiter(struct referral_world *world, const struct hub_referral_state *referral)
{
	struct referral_exclusion excluded[64];
	const struct hub_referral *asked = &referral->referral;
	struct referral_search search = referral_search_of(asked, referral->consortium_id);
	search.excluded = excluded;
	for (uint32_t i = 0; i < referral->considered.count; i++) {
		struct hub_str reason = referral->considered.items[i].reason_code;
		if (hub_str_is(reason, "REJECTED") || hub_str_is(reason, "EXPIRED"))
			excluded[search.excluded_count++] =
			        (struct referral_exclusion){ referral->considered.items[i].org_id,
				        "REJECTED" };
	}
	struct hub_str org_id;
	void *org;
	for (size_t at = 0; hub_map_next(world->policy->orgs, &at, &org_id, &org);) {
		struct referral_candidate candidate;
		if (referral_candidates_find(world->policy, &search, org_id, &candidate))
			must(candidate.reason_code || is_full(world, referral, &candidate),
			        "REF-07: nobody waits beside an open slot", asked->referral_id);
	}
}

static int32_t said(json_t *sessions, struct hub_str key, const char *what)
{
	char name[NAME_ROOM];
	snprintf(name, sizeof(name), "%.*s", HUB_STR_ARG(key));
	return (int32_t)json_integer_value(json_object_get(json_object_get(sessions, name), what));
}

static void check_session(struct invariants *invariants, struct hub_str key,
        const struct hub_session_state *session, json_t *sessions)
{
	const struct hub_slot_counts *reserved = &session->reserved, *common = &session->common;
	char name[NAME_ROOM];
	snprintf(name, sizeof(name), "%.*s", HUB_STR_ARG(key));
	must(reserved->held == said(sessions, key, "held1") && common->held == said(sessions, key, "held0"),
	        "I-4: held slots are those that referrals hold", key);
	must(json_object_get(invariants->forgotten, name) ||
	                (reserved->used_referred >= said(sessions, key, "arrived1") &&
	                        common->used_referred >= said(sessions, key, "arrived0")),
	        "I-4: who arrived uses a slot", key);
	must(common->used_own == said(sessions, key, "own0"), "I-4: own bookings", key);
	int32_t sum = reserved->open + reserved->held + reserved->used_referred + common->open +
	              common->held + common->used_referred + common->used_own;
	json_t *capacity = json_object_get(invariants->capacity, name);
	if (session->phase != HUB_SESSION_PHASE_CANCELLED)
		must(capacity && json_integer_value(capacity) == sum, "I-4: open + held + used = capacity",
		        key);
	else
		must(reserved->open + common->open == 0, "a cancelled session has nothing open", key);
}

/* REF-22: what a board holds is what referrals hold, none of them ended; and never more than it had free. */
static void check_board(struct hub_str key, const struct hub_bed_board *board, json_t *sessions)
{
	char name[NAME_ROOM];
	snprintf(name, sizeof(name), "session:%.*s:%s", HUB_STR_ARG(board->org_id),
	        hub_bed_kind_name(board->bed_kind));
	must(board->held == said(sessions, hub_str_from(name), "bed0"),
	        "REF-22: held beds are those that referrals hold", key);
	for (uint32_t i = 0; i < board->arrivals.count; i++)
		must(board->arrivals.items[i] > board->reported_at,
		        "REF-22: the report knows who had arrived", key);
}

typedef void visit(struct invariants *, struct referral_world *, json_t *, struct hub_str key,
        const struct hub_schema *schema, const void *record);

static void visit_referral(struct invariants *invariants, struct referral_world *world, json_t *sessions,
        struct hub_str key, const struct hub_schema *schema, const void *record)
{
	(void)key;
	if (schema == &hub_referral_state_schema)
		check_referral(invariants, world, record, sessions);
	if (schema == &hub_referral_state_schema &&
	        ((const struct hub_referral_state *)record)->stage == HUB_REFERRAL_STAGE_WAITING)
		check_waiter(world, record);
	const struct hub_foreign_hold_state *hold = record;
	if (schema == &hub_foreign_hold_state_schema && hold->has_session_id)
		count(sessions, hold->org_id, hold->session_id, "held", hold->slot_reserved);
	if (schema == &hub_foreign_hold_state_schema && hold->bed_held)
		count(sessions, hold->org_id,
		        hub_str_from(hub_bed_kind_name(referral_bed_kind(&hold->referral))), "bed", false);
	if (schema == &hub_booking_state_schema && ((const struct hub_booking_state *)record)->taken) {
		const struct hub_booking_state *booking = record;
		count(sessions, booking->org_id, booking->session_id, "own", false);
	}
}

static void visit_session(struct invariants *invariants, struct referral_world *world, json_t *sessions,
        struct hub_str key, const struct hub_schema *schema, const void *record)
{
	const char *wrong = transfers_violated(world, invariants->at_rest, schema, record);
	must(!wrong, wrong, key);
	if (schema == &hub_session_state_schema)
		check_session(invariants, key, record, sessions);
	if (schema == &hub_bed_board_schema)
		check_board(key, record, sessions);
	if (schema == &hub_waiting_state_schema)
		must(referral_world_referral(
		             world, ((const struct hub_waiting_state *)record)->referral_id) != NULL,
		        "who is on the list waits", key);
}

static void each(
        struct invariants *invariants, struct referral_world *world, json_t *sessions, visit *visit_one)
{
	struct hub_str key, value;
	for (size_t at = 0; hub_table_each(world->table, &at, &key, &value);) {
		const struct hub_schema *schema;
		void *record;
		hub_check(hub_frame_decode(referral_router_core.table->schemas, value, world->out->arena,
		                  &schema, &record, NULL) == 0);
		visit_one(invariants, world, sessions, key, schema, record);
	}
}

/* Each group of one table is in the other, entry by entry. */
static void check_groups(const struct hub_table *table, const struct hub_table *other)
{
	struct hub_str group;
	for (size_t at = 0; hub_table_each_group(table, &at, &group);) {
		const struct hub_sorted_node *a = hub_table_seek(table, group, HUB_STR("")),
		                             *b = hub_table_seek(other, group, HUB_STR(""));
		must(a != NULL, "no group is empty", group);
		for (; a && b; a = hub_table_next(a), b = hub_table_next(b))
			must(hub_str_eq(a->key, b->key) &&
			                hub_str_eq(hub_table_entity(a), hub_table_entity(b)),
			        "indexes = recomputed", hub_table_entity(a));
		must(!a && !b, "as many index entries as recomputed", group);
	}
}

/* Indexes and timers are derived: a table that folds the same values has the same ones. */
static void check_indexes(struct hub_table *table)
{
	struct hub_table *folded = hub_table_new(referral_router_core.table);
	struct hub_str key, value;
	for (size_t at = 0; hub_table_each(table, &at, &key, &value);)
		hub_check(hub_table_fold(folded, key, value, NULL) == 0);
	check_groups(table, folded);
	check_groups(folded, table);
	struct hub_timer one, other;
	bool has = hub_table_first_timer(table, &one);
	must(has == hub_table_first_timer(folded, &other), "timers = recomputed", HUB_STR(""));
	must(!has || (one.due_at_ms == other.due_at_ms && hub_str_eq(one.entity, other.entity)),
	        "first timer = recomputed", has ? one.entity : HUB_STR(""));
	hub_table_free(folded);
}

void invariants_check(struct invariants *invariants, struct partition *partition, int64_t now_ms)
{
	struct hub_effects nothing;
	hub_arena_reset(invariants->arena);
	hub_effects_init(&nothing, invariants->arena);
	struct referral_world world = {
		.table = partition_table(partition),
		.policy = partition_policy(partition, now_ms),
		.out = &nothing,
		.now_ms = now_ms,
	};
	invariants->at_rest = partition_is_at_rest(partition);
	json_t *sessions = json_object();
	each(invariants, &world, sessions, visit_referral);
	each(invariants, &world, sessions, visit_session);
	json_decref(sessions);
	hub_check(!hub_arena_exhausted(invariants->arena));
	check_indexes(world.table);
	struct hot_state *rebuilt = hot_state_new();
	hot_state_rebuild(rebuilt, &referral_router_core, world.table);
	must(hot_state_equal(invariants->hot, rebuilt), "I-2: hot state = fold", HUB_STR(""));
	hot_state_free(rebuilt);
}
