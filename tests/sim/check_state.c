/* The state as the committed changelog has it. */
#include "check.h"
#include "county.h"
#include "world.h"

#include "base/check.h"
#include "records/bed_board.h"
#include "records/booking_state.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "records/foreign_hold_state.h"
#include "records/referral_closed.h"
#include "records/referral_routed.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_changed.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "wire/framing.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME = 256 };

static struct fact *fact_of(struct check *check, struct checked_partition *partition, struct hub_str key)
{
	struct fact *fact = hub_map_get(partition->facts, key);
	if (fact)
		return fact;
	fact = hub_arena_alloc(check->world->arena, sizeof(*fact));
	fact->key = key;
	hub_map_put(partition->facts, key, fact);
	if (partition->count == partition->room) {
		partition->room = partition->room ? 2 * partition->room : 128;
		partition->all = realloc(partition->all, partition->room * sizeof(struct fact *));
		hub_check(partition->all != NULL);
	}
	partition->all[partition->count++] = fact;
	return fact;
}

static int64_t first_due(const struct hub_due_timer_array *timers)
{
	int64_t due = INT64_MAX;
	for (uint32_t i = 0; i < timers->count; i++)
		due = timers->items[i].due_at < due ? timers->items[i].due_at : due;
	return due;
}

static void classify(struct fact *fact, const struct hub_schema *schema)
{
	fact->due_ms = INT64_MAX;
	fact->kind = FACT_OTHER;
	if (schema == &hub_referral_state_schema) {
		fact->kind = FACT_REFERRAL;
		fact->due_ms = first_due(&((const struct hub_referral_state *)fact->record)->timers);
	} else if (schema == &hub_referral_stub_schema) {
		fact->kind = FACT_STUB;
		fact->due_ms = ((const struct hub_referral_stub *)fact->record)->forget_at;
	} else if (schema == &hub_session_state_schema) {
		fact->kind = FACT_SESSION;
		fact->due_ms = first_due(&((const struct hub_session_state *)fact->record)->timers);
	} else if (schema == &hub_booking_state_schema) {
		fact->kind = FACT_BOOKING;
	} else if (schema == &hub_waiting_state_schema) {
		fact->kind = FACT_WAITING;
	} else if (schema == &hub_bed_board_schema) {
		fact->kind = FACT_BEDS;
		fact->due_ms = first_due(&((const struct hub_bed_board *)fact->record)->timers);
	} else if (schema == &hub_foreign_hold_state_schema) {
		fact->kind = FACT_FOREIGN;
		fact->due_ms = first_due(&((const struct hub_foreign_hold_state *)fact->record)->timers);
	}
}

/* What is forgotten may be said again, and then all of it happens again. */
static void forget(struct check *check, int32_t partition, struct hub_str key, enum fact_kind kind)
{
	struct hub_str timer, found = { NULL, 0 };
	void *value;
	if (kind == FACT_STUB)
		hub_map_remove(
		        check->partitions[partition].ended, (struct hub_str){ key.data + 9, key.len - 9 });
	if (kind != FACT_STUB && kind != FACT_SESSION && kind != FACT_FOREIGN)
		return;
	do {
		found.data = NULL;
		for (size_t at = 0;
		        !found.data && hub_map_next(check->partitions[partition].fired, &at, &timer, &value);)
			if (timer.len > key.len && timer.data[key.len] == ' ' &&
			        hub_str_starts_with(timer, key))
				found = timer;
		if (found.data)
			hub_map_remove(check->partitions[partition].fired, found);
	} while (found.data);
}

void check_state_record(struct check *check, int32_t partition, const struct entry *entry)
{
	const struct hub_schema *schema;
	void *record;
	if (hub_str_is(entry->key, "position"))
		return;
	struct fact *fact = fact_of(check, &check->partitions[partition], entry->key);
	enum fact_kind before = fact->kind;
	if (before == FACT_REFERRAL && !fact->former)
		fact->former = fact->record;
	fact->value = entry->value;
	fact->record = NULL;
	fact->kind = FACT_NONE;
	fact->due_ms = INT64_MAX;
	if (!entry->has_value) {
		forget(check, partition, entry->key, before);
		return;
	}
	if (hub_frame_decode(&hub_referral_router_state_schemas, entry->value, check->world->arena, &schema,
	            &record, NULL) < 0)
		check_failed(check->world, "a state record cannot be decoded");
	fact->record = record;
	classify(fact, schema);
	if (before == FACT_STUB && fact->kind == FACT_REFERRAL)
		check_failed(check->world, "%.*s goes on after its end", HUB_STR_ARG(fact->key));
}

/* ---- decisions */

void check_decision(
        struct check *check, int32_t partition, const struct hub_schema *schema, const void *record)
{
	struct hub_map *ended = check->partitions[partition].ended;
	const struct hub_decision_head *head = record;
	char name[NAME];
	if (schema == &hub_referral_closed_schema && !head->has_repeat_of) {
		struct hub_str id = ((const struct hub_referral_closed *)record)->referral_id;
		if (hub_map_get(ended, id))
			check_failed(check->world, "referral %.*s ends a second time", HUB_STR_ARG(id));
		hub_map_put(ended, hub_arena_copy(check->world->arena, id), check);
	} else if (schema == &hub_referral_routed_schema) {
		struct hub_str id = ((const struct hub_referral_routed *)record)->referral_id;
		if (hub_map_get(ended, id))
			check_failed(check->world, "referral %.*s is routed after its end", HUB_STR_ARG(id));
	} else if (schema == &hub_session_changed_schema) {
		const struct hub_session_changed *changed = record;
		if (changed->open < 0 || changed->held < 0 || changed->used_referred < 0 ||
		        changed->used_own < 0 ||
		        changed->open + changed->held + changed->used_referred + changed->used_own !=
		                changed->capacity)
			check_failed(check->world, "session %.*s: what is told does not add up",
			        HUB_STR_ARG(changed->session_id));
		if (changed->cause != HUB_SESSION_CAUSE_OPENED || head->has_repeat_of)
			return;
		snprintf(name, sizeof(name), "session:%.*s:%.*s", HUB_STR_ARG(changed->org_id),
		        HUB_STR_ARG(changed->session_id));
		hub_map_put(check->capacity, hub_arena_copy(check->world->arena, hub_str_from(name)),
		        (void *)(uintptr_t)(changed->capacity + 1));
	}
}

/* ---- the whole of a partition */

static bool lost(const struct hub_referral_state *referral, struct hub_str org_id)
{
	for (uint32_t i = 0; i < referral->considered.count; i++) {
		const struct hub_considered *one = &referral->considered.items[i];
		if (hub_str_eq(one->org_id, org_id) &&
		        (hub_str_is(one->reason_code, "REJECTED") || hub_str_is(one->reason_code, "EXPIRED")))
			return true;
	}
	return false;
}

static struct fact *session_of(struct checked_partition *partition, struct hub_str org, struct hub_str id)
{
	char name[NAME];
	snprintf(name, sizeof(name), "session:%.*s:%.*s", HUB_STR_ARG(org), HUB_STR_ARG(id));
	struct fact *fact = hub_map_get(partition->facts, hub_str_from(name));
	return fact && fact->record ? fact : NULL;
}

static struct fact *board_of(struct checked_partition *partition, struct hub_str org, enum hub_bed_kind kind)
{
	char name[NAME];
	snprintf(name, sizeof(name), "beds:%.*s:%s", HUB_STR_ARG(org), hub_bed_kind_name(kind));
	struct fact *fact = hub_map_get(partition->facts, hub_str_from(name));
	return fact && fact->record ? fact : NULL;
}

static enum hub_bed_kind bed_kind(const struct hub_referral *asked)
{
	return asked->has_bed_kind ? asked->bed_kind : HUB_BED_KIND_GENERAL;
}

static bool is_listed(const struct checked_partition *partition, const struct hub_referral_state *referral)
{
	char name[NAME];
	snprintf(name, sizeof(name), "waiting:%.*s:%.*s:%s:%s:%.*s", HUB_STR_ARG(referral->county_id),
	        HUB_STR_ARG(referral->referral.specialty), hub_need_name(referral->referral.need),
	        referral->referral.need == HUB_NEED_BED ? hub_bed_kind_name(bed_kind(&referral->referral))
	                                                : "-",
	        HUB_STR_ARG(referral->referral.referral_id));
	const struct fact *fact = hub_map_get(partition->facts, hub_str_from(name));
	return fact && fact->record;
}

static void check_referral(struct check *check, struct checked_partition *partition, const struct fact *fact)
{
	const struct hub_referral_state *referral = fact->record;
	bool waits = referral->stage == HUB_REFERRAL_STAGE_WAITING;
	bool holds = referral->stage == HUB_REFERRAL_STAGE_ROUTED ||
	             referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING ||
	             referral->stage == HUB_REFERRAL_STAGE_ACCEPTED;
	check_wait(check, partition, fact);
	if (waits != is_listed(partition, referral))
		check_failed(check->world, "%.*s waits without being on the list, or the other way round",
		        HUB_STR_ARG(fact->key));
	/* A claim is the hospital's own act: it may have rejected before. */
	if (holds && referral->stage != HUB_REFERRAL_STAGE_ACCEPTED && lost(referral, referral->to_org_id))
		check_failed(check->world, "%.*s is with %.*s, which has rejected it", HUB_STR_ARG(fact->key),
		        HUB_STR_ARG(referral->to_org_id));
	if (referral->bed_held) {
		struct fact *board = board_of(partition, referral->to_org_id, bed_kind(&referral->referral));
		if (!holds || !board)
			check_failed(check->world, "%.*s holds a bed where it is not to have one",
			        HUB_STR_ARG(fact->key));
		board->held[0]++;
	}
	if (!referral->has_session_id)
		return;
	struct fact *session = session_of(partition, referral->to_org_id, referral->session_id);
	if (holds && !session)
		check_failed(check->world, "%.*s holds a slot of a session that is not there",
		        HUB_STR_ARG(fact->key));
	if (holds)
		session->held[referral->slot_reserved]++;
}

/* Another county's slot or bed is held like one of ours. */
static void check_foreign(struct check *check, struct checked_partition *partition, const struct fact *fact)
{
	const struct hub_foreign_hold_state *hold = fact->record;
	bool waits = hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING;
	if ((hold->has_session_id || hold->bed_held) != (hold->phase == HUB_FOREIGN_HOLD_PHASE_HELD))
		check_failed(check->world,
		        "%.*s has a slot or bed and does not hold it, or the other way round",
		        HUB_STR_ARG(fact->key));
	if (!waits && fact->due_ms == INT64_MAX)
		check_failed(check->world, "%.*s has no deadline", HUB_STR_ARG(fact->key));
	struct fact *board =
	        hold->bed_held ? board_of(partition, hold->org_id, bed_kind(&hold->referral)) : NULL;
	if (hold->bed_held && !board)
		check_failed(check->world, "%.*s holds a bed that nobody reported", HUB_STR_ARG(fact->key));
	if (board)
		board->held[0]++;
	if (!hold->has_session_id)
		return;
	struct fact *session = session_of(partition, hold->org_id, hold->session_id);
	if (!session)
		check_failed(check->world, "%.*s holds a slot of a session that is not there",
		        HUB_STR_ARG(fact->key));
	session->held[hold->slot_reserved]++;
}

static void check_session(struct check *check, const struct fact *fact)
{
	const struct hub_session_state *session = fact->record;
	const struct hub_slot_counts *r = &session->reserved, *c = &session->common;
	int32_t parts[] = { r->open, r->held, r->used_referred, r->used_own, c->open, c->held,
		c->used_referred, c->used_own },
	        sum = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i] < 0)
			check_failed(
			        check->world, "%.*s: a negative number of slots", HUB_STR_ARG(fact->key));
		sum += parts[i];
	}
	if (r->held != fact->held[1] || c->held != fact->held[0])
		check_failed(check->world, "%.*s: %d + %d slots are held, referrals hold %d + %d",
		        HUB_STR_ARG(fact->key), r->held, c->held, fact->held[1], fact->held[0]);
	if (c->used_own != fact->own)
		check_failed(check->world, "%.*s: %d own bookings, %d are there", HUB_STR_ARG(fact->key),
		        c->used_own, fact->own);
	if (session->phase == HUB_SESSION_PHASE_CANCELLED) {
		if (r->open + c->open)
			check_failed(
			        check->world, "%.*s is cancelled and has open slots", HUB_STR_ARG(fact->key));
		return;
	}
	if (session->phase == HUB_SESSION_PHASE_OPEN && r->open &&
	        !check_has_timer(&session->timers, "reserve_release"))
		check_failed(
		        check->world, "%.*s: a slot is reserved after the release", HUB_STR_ARG(fact->key));
	int32_t capacity = (int32_t)(uintptr_t)hub_map_get(check->capacity, fact->key) - 1;
	if (sum != capacity)
		check_failed(check->world, "%.*s: open + held + used = %d, the capacity is %d",
		        HUB_STR_ARG(fact->key), sum, capacity);
	if (fact->due_ms == INT64_MAX)
		check_failed(check->world, "%.*s has no deadline", HUB_STR_ARG(fact->key));
}

static bool may_go_there(const struct hub_referral_state *referral, const struct hub_session_state *session)
{
	return referral->stage == HUB_REFERRAL_STAGE_WAITING && referral->waits_for == HUB_WAITS_FOR_SLOT &&
	       hub_str_eq(referral->county_id, session->county_id) &&
	       hub_str_eq(referral->referral.specialty, session->specialty) &&
	       referral->referral.need == session->need && !lost(referral, session->org_id);
}

static bool may_foreign_go_there(
        const struct hub_foreign_hold_state *hold, const struct hub_session_state *session)
{
	return hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING && hub_str_eq(hold->org_id, session->org_id) &&
	       hub_str_eq(hold->referral.specialty, session->specialty) &&
	       hold->referral.need == session->need;
}

/* Nobody waits beside an open slot. */
static void check_served(
        struct check *check, const struct checked_partition *partition, const struct fact *fact)
{
	const struct hub_session_state *session = fact->record;
	if (session->phase != HUB_SESSION_PHASE_OPEN || session->ends_at <= partition->clock_ms ||
	        check_has_timer(&session->timers, "serve"))
		return;
	/* REF-15: common slots are for nobody before they are open to everyone. */
	bool common = !check_has_timer(&session->timers, "common_open");
	if (session->reserved.open + (common ? session->common.open : 0) == 0)
		return;
	for (uint32_t i = 0; i < partition->count; i++) {
		const struct fact *other = partition->all[i];
		if ((other->kind == FACT_REFERRAL && may_go_there(other->record, session)) ||
		        (other->kind == FACT_FOREIGN && may_foreign_go_there(other->record, session)))
			check_failed(check->world, "%.*s waits although %.*s has an open slot",
			        HUB_STR_ARG(other->key), HUB_STR_ARG(fact->key));
	}
}

static int32_t free_beds(const struct hub_bed_board *board)
{
	return board->free - board->held - (int32_t)board->arrivals.count;
}

static bool may_lie_there(const struct hub_referral_state *referral, const struct hub_bed_board *board)
{
	return referral->stage == HUB_REFERRAL_STAGE_WAITING && referral->waits_for == HUB_WAITS_FOR_BED &&
	       hub_str_eq(referral->county_id, board->county_id) &&
	       bed_kind(&referral->referral) == board->bed_kind && !lost(referral, board->org_id) &&
	       !hub_str_is(referral->referral.specialty, county_specialty_elsewhere) &&
	       !hub_str_eq(referral->referral.from_org_id, board->org_id);
}

static bool may_foreign_lie_there(
        const struct hub_foreign_hold_state *hold, const struct hub_bed_board *board)
{
	return hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING && hub_str_eq(hold->org_id, board->org_id) &&
	       hold->referral.need == HUB_NEED_BED && bed_kind(&hold->referral) == board->bed_kind;
}

/* Beds are held by those who hold them, and nobody waits beside a free one. */
static void check_board(
        struct check *check, const struct checked_partition *partition, const struct fact *fact)
{
	const struct hub_bed_board *board = fact->record;
	if (board->held != fact->held[0])
		check_failed(check->world, "%.*s: %d beds are held, referrals hold %d",
		        HUB_STR_ARG(fact->key), board->held, fact->held[0]);
	for (uint32_t i = 0; i < board->arrivals.count; i++)
		if (board->arrivals.items[i] <= board->reported_at)
			check_failed(check->world,
			        "%.*s: an arrival that the report knows of is counted again",
			        HUB_STR_ARG(fact->key));
	/* REF-22: who has no beds of the kind is no candidate for one, whatever it reports. */
	if (free_beds(board) <= 0 || board->timers.count || !county_has_beds(board->org_id, board->bed_kind))
		return;
	for (uint32_t i = 0; i < partition->count; i++) {
		const struct fact *other = partition->all[i];
		if ((other->kind == FACT_REFERRAL && may_lie_there(other->record, board)) ||
		        (other->kind == FACT_FOREIGN && may_foreign_lie_there(other->record, board)))
			check_failed(check->world, "%.*s waits although %.*s has a free bed",
			        HUB_STR_ARG(other->key), HUB_STR_ARG(fact->key));
	}
}

void check_state(struct check *check, int32_t p)
{
	struct checked_partition *partition = &check->partitions[p];
	for (uint32_t i = 0; i < partition->count; i++)
		partition->all[i]->held[0] = partition->all[i]->held[1] = partition->all[i]->own = 0;
	for (uint32_t i = 0; i < partition->count; i++) {
		const struct fact *fact = partition->all[i];
		if (fact->kind == FACT_REFERRAL)
			check_referral(check, partition, fact);
		if (fact->kind == FACT_FOREIGN)
			check_foreign(check, partition, fact);
		if (fact->kind == FACT_BOOKING && ((const struct hub_booking_state *)fact->record)->taken) {
			const struct hub_booking_state *booking = fact->record;
			struct fact *session = session_of(partition, booking->org_id, booking->session_id);
			if (!session)
				check_failed(check->world, "%.*s: of a session that is not there",
				        HUB_STR_ARG(fact->key));
			session->own++;
		}
	}
	for (uint32_t i = 0; i < partition->count; i++)
		if (partition->all[i]->kind == FACT_SESSION) {
			check_session(check, partition->all[i]);
			check_served(check, partition, partition->all[i]);
		} else if (partition->all[i]->kind == FACT_BEDS) {
			check_board(check, partition, partition->all[i]);
		}
	for (uint32_t i = 0; i < partition->count; i++)
		partition->all[i]->former = NULL;
}
