#include "publishers.h"
#include "county.h"
#include "draft.h"
#include "world.h"

#include "base/check.h"
#include "base/hash.h"
#include "records/beds_reported.h"
#include "records/catalogue.h"
#include "records/patient_arrived.h"
#include "records/patient_no_show.h"
#include "records/referral_accepted.h"
#include "records/referral_cancelled.h"
#include "records/referral_completed.h"
#include "records/referral_rejected.h"
#include "records/referral_requested.h"
#include "records/return_confirmed.h"
#include "records/session_cancelled.h"
#include "records/slot_freed.h"
#include "records/slot_taken.h"
#include "records/slots_opened.h"

#include <stdio.h>

enum { EVENT_LIMIT = 1 << 20, MINUTE_MS = 60 * 1000 };

void append(struct publishers *publishers, const struct said *said)
{
	struct hub_kafka_record record = { .to = { 0, said->partition },
		.key = said->key,
		.has_key = said->key.data != NULL,
		.value = said->value,
		.has_value = said->value.data != NULL };
	char where[48];
	int64_t offset = log_append(&publishers->world->kafka, record.to, &record, -1);
	snprintf(where, sizeof(where), "input %d/%lld", said->partition, (long long)offset);
	world_tell_record(publishers->world, where, &hub_referral_event_schemas, said->value);
}

void publishers_flush(struct publishers *publishers)
{
	if (publishers->has_held)
		append(publishers, &publishers->held);
	publishers->has_held = false;
}

/* Now and then one that was said before goes out after the one that was said later. */
static void send(struct publishers *publishers, struct dice *dice, const struct said *said)
{
	if (!publishers->has_held && one_in(dice, 12)) {
		publishers->held = *said;
		publishers->has_held = true;
		return;
	}
	append(publishers, said);
	publishers_flush(publishers);
}

struct hub_event_head head_of(struct draft *draft, const char *org)
{
	struct publishers *publishers = draft->publishers;
	snprintf(draft->event_id, sizeof(draft->event_id), "e%u", ++publishers->events);
	county_org(draft->consortium, 'G', 0, draft->county);
	return (struct hub_event_head){ .event_id = hub_str_from(draft->event_id),
		.occurred_at = world_broker_ms(publishers->world) + draft->ahead_ms,
		.county_id = hub_str_from(county_ids[draft->county]),
		.consortium_id = hub_str_from(draft->consortium),
		.source_org_id = hub_str_from(org) };
}

static struct said encode(
        struct publishers *publishers, uint32_t county, const struct hub_schema *schema, const void *record)
{
	struct world *world = publishers->world;
	hub_buf_reset(&publishers->value);
	hub_check(hub_frame_encode(schema, record, &publishers->value, NULL) == 0);
	return (struct said){ county_partition(world, county), hub_str_from(county_ids[county]),
		hub_arena_copy(world->arena, hub_buf_slice(&publishers->value)) };
}

void say(struct draft *draft, const struct hub_schema *schema, const void *record)
{
	struct publishers *publishers = draft->publishers;
	struct said said = encode(publishers, draft->county, schema, record);
	if (publishers->said_count < SAID_MAX)
		publishers->said[publishers->said_count++] = said;
	send(publishers, &draft->dice, &said);
}

/* ---- what they say */

/* An outpatient of a township, who goes up. reason: as long as a text may be. */
static struct hub_referral_requested outpatient(struct draft *draft, struct hub_str reason)
{
	static const enum hub_urgency urgencies[] = { HUB_URGENCY_ROUTINE, HUB_URGENCY_ROUTINE,
		HUB_URGENCY_URGENT, HUB_URGENCY_URGENT, HUB_URGENCY_EMERGENCY };
	struct dice *dice = &draft->dice;
	county_org(draft->org, 'T', 1 + roll(dice, TOWNSHIPS), draft->county);
	snprintf(draft->id, sizeof(draft->id), "r%u", ++draft->publishers->referrals);
	snprintf(draft->patient, sizeof(draft->patient), "p%u", roll(dice, 40));
	struct hub_referral_requested event = { .head = head_of(draft, draft->org) };
	event.referral = (struct hub_referral){ .referral_id = hub_str_from(draft->id),
		.patient = { .patient_id = hub_str_from(draft->patient),
		        .sex = HUB_SEX_FEMALE,
		        .birth_year = 1950 },
		.from_org_id = hub_str_from(draft->org),
		.direction = HUB_DIRECTION_UP,
		.urgency = urgencies[roll(dice, 5)],
		.condition = HUB_CONDITION_NONE,
		.specialty = hub_str_from(county_specialties[roll(dice, SPECIALTIES)]),
		.diagnosis = HUB_STR("I20.0"),
		.need = HUB_NEED_OUTPATIENT,
		.reason = reason };
	return event;
}

static void request(struct draft *draft, struct hub_str reason)
{
	struct dice *dice = &draft->dice;
	struct hub_referral_requested event = outpatient(draft, reason);
	if (one_in(dice, 3)) {
		event.referral.specialty = hub_str_from(county_specialty_elsewhere);
		event.referral.out_of_county_authorised = roll(dice, 5) > 0;
	}
	say(draft, &hub_referral_requested_schema, &event);
}

/* An inpatient; some meet the criteria, some name none that is known. */
static void request_bed(struct draft *draft)
{
	struct hub_str criterion = one_in(&draft->dice, 2) ? HUB_STR("C1") : HUB_STR("C9");
	struct hub_referral_requested event = outpatient(draft, HUB_STR(""));
	event.referral.need = HUB_NEED_BED;
	event.referral.has_bed_kind = one_in(&draft->dice, 2);
	event.referral.bed_kind = HUB_BED_KIND_GENERAL;
	event.referral.criteria = (struct hub_str_array){ &criterion, 1 };
	if (one_in(&draft->dice, 3)) {
		event.referral.specialty = hub_str_from(county_specialty_elsewhere);
		event.referral.out_of_county_authorised = true;
		event.referral.has_bed_kind = true;
		event.referral.bed_kind = HUB_BED_KIND_NURSING;
	}
	say(draft, &hub_referral_requested_schema, &event);
}

/* A hospital sends somebody home, half of them to a bed. */
static void request_down(struct draft *draft)
{
	struct hub_medication drug = { .drug_code = one_in(&draft->dice, 2) ? HUB_STR("D1") : HUB_STR("D2"),
		.name = HUB_STR("drug"),
		.days_left = 3 };
	struct hub_referral_requested event = outpatient(draft, HUB_STR(""));
	bool bed = one_in(&draft->dice, 2);
	county_org(draft->more, 'T', 1 + roll(&draft->dice, TOWNSHIPS), draft->county);
	county_org(draft->org, 'H', 1 + roll(&draft->dice, HOSPITALS), draft->county);
	event.head.source_org_id = event.referral.from_org_id = hub_str_from(draft->org);
	event.referral.direction = HUB_DIRECTION_DOWN;
	event.referral.patient.has_contract_org_id = one_in(&draft->dice, 2);
	event.referral.patient.contract_org_id = hub_str_from(draft->more);
	event.referral.need = bed ? HUB_NEED_BED : HUB_NEED_OUTPATIENT;
	event.referral.has_bed_kind = bed;
	event.referral.bed_kind = HUB_BED_KIND_REHABILITATION;
	event.referral.medications = (struct hub_medication_array){ &drug, 1 };
	say(draft, &hub_referral_requested_schema, &event);
}

/* Now and then what was true a while ago, or an older revision. */
static void report_beds(struct draft *draft)
{
	struct dice *dice = &draft->dice;
	uint32_t board = roll(dice, HOSPITALS + 1);
	bool nursing = board == 0, general = !nursing && board < HOSPITALS;
	if (nursing) /* of the hospital that serves all counties */
		draft->county = COUNTIES - 1;
	county_org(draft->org, nursing || general ? 'H' : 'T',
	        nursing   ? HOSPITALS
	        : general ? board
	                  : 1,
	        draft->county);
	draft->ahead_ms = one_in(dice, 4) ? -(int64_t)roll(dice, 10 * MINUTE_MS) : 0;
	struct hub_beds_reported event = { .head = head_of(draft, draft->org),
		.org_id = hub_str_from(draft->org),
		.bed_kind = nursing   ? HUB_BED_KIND_NURSING
		            : general ? HUB_BED_KIND_GENERAL
		                      : HUB_BED_KIND_REHABILITATION,
		.revision = ++draft->publishers->reports - (one_in(dice, 10) ? 3 : 0),
		.total = 9,
		.free = (int32_t)roll(dice, 4) };
	say(draft, &hub_beds_reported_schema, &event);
}

/* Sessions are known by number; most of them begin within the hours that a run lasts. */
static void open_session(struct draft *draft, uint32_t session, int32_t revision)
{
	struct dice traits = dice_of(draft->publishers->world->seed, 50000 + session);
	int64_t base_ms = world_broker_ms(draft->publishers->world);
	draft->county = roll(&traits, COUNTIES);
	uint32_t hospital = 1 + roll(&traits, HOSPITALS);
	county_org(draft->org, 'H', hospital, draft->county);
	snprintf(draft->id, sizeof(draft->id), "s%u", session);
	struct hub_slots_opened event = { .head = head_of(draft, draft->org),
		.org_id = hub_str_from(draft->org),
		.session_id = hub_str_from(draft->id),
		.revision = revision,
		.specialty = hub_str_from(
		        county_specialties[hospital == HOSPITALS ? 0 : roll(&traits, SPECIALTIES)]),
		.need = HUB_NEED_OUTPATIENT,
		.expert = one_in(&traits, 4),
		.starts_at = (base_ms / MINUTE_MS + 2 + roll(&draft->dice, 1 << roll(&draft->dice, 12))) *
		             MINUTE_MS,
		.capacity = (int32_t)roll(&draft->dice, 5) };
	if (county_serves_all(hospital, draft->county) && roll(&traits, 3))
		event.specialty = hub_str_from(county_specialty_elsewhere);
	event.has_common_opens_at = one_in(&draft->dice, 4);
	event.common_opens_at = base_ms + (int64_t)roll(&draft->dice, (uint32_t)(event.starts_at - base_ms));
	event.ends_at = event.starts_at + (1 + roll(&draft->dice, 90)) * MINUTE_MS;
	if (one_in(&draft->dice, 3)) {
		event.has_reserved_for_primary = true;
		event.reserved_for_primary = (int32_t)roll(&draft->dice, (uint32_t)event.capacity + 1);
	}
	say(draft, &hub_slots_opened_schema, &event);
}

/* One of the newest sessions, by its hospital. */
static bool pick_session(struct draft *draft)
{
	uint32_t sessions = draft->publishers->sessions, recent = sessions < 8 ? sessions : 8;
	if (!sessions)
		return false;
	uint32_t session = sessions - roll(&draft->dice, recent);
	struct dice traits = dice_of(draft->publishers->world->seed, 50000 + session);
	draft->county = roll(&traits, COUNTIES);
	county_org(draft->org, 'H', 1 + roll(&traits, HOSPITALS), draft->county);
	snprintf(draft->id, sizeof(draft->id), "s%u", session);
	return true;
}

static void about_session(struct draft *draft, uint32_t what)
{
	if (!pick_session(draft))
		return;
	struct hub_str org = hub_str_from(draft->org), id = hub_str_from(draft->id);
	snprintf(draft->more, sizeof(draft->more), "b%u", roll(&draft->dice, 3));
	struct hub_slot_taken taken = { head_of(draft, draft->org), org, id, hub_str_from(draft->more) };
	struct hub_slot_freed freed = { taken.head, org, id, hub_str_from(draft->more) };
	struct hub_session_cancelled cancelled = { .head = taken.head, .org_id = org, .session_id = id };
	if (what == 0)
		say(draft, &hub_slot_taken_schema, &taken);
	else if (what == 1)
		say(draft, &hub_slot_freed_schema, &freed);
	else
		say(draft, &hub_session_cancelled_schema, &cancelled);
}

/* A referral that is with a hospital as far as committed decisions say: what the hospital can have heard. */
static const struct hub_referral_state *pick_referral(struct draft *draft)
{
	struct world *world = draft->publishers->world;
	uint32_t referrals = draft->publishers->referrals, recent = referrals < 30 ? referrals : 30;
	char key[NAME + 16];
	for (int tries = 0; recent && tries < 6; tries++) {
		snprintf(draft->id, sizeof(draft->id), "r%u", referrals - roll(&draft->dice, recent));
		snprintf(key, sizeof(key), "referral:%s", draft->id);
		for (int32_t p = 0; p < world->partitions; p++) {
			const struct fact *fact =
			        hub_map_get(world->check.partitions[p].facts, hub_str_from(key));
			if (fact && fact->kind == FACT_REFERRAL && fact->record)
				return fact->record;
		}
	}
	return NULL;
}

static void answer(struct draft *draft, uint32_t what)
{
	const struct hub_referral_state *referral = pick_referral(draft);
	if (!referral)
		return;
	bool sender = what == 2;
	if (!sender && !referral->has_to_org_id)
		sender = one_in(&draft->dice, 2);
	for (draft->county = 0; draft->county < COUNTIES - 1; draft->county++)
		if (hub_str_is(referral->county_id, county_ids[draft->county]))
			break;
	snprintf(draft->org, sizeof(draft->org), "%.*s",
	        HUB_STR_ARG(sender || !referral->has_to_org_id ? referral->referral.from_org_id
	                                                       : referral->to_org_id));
	struct hub_event_head head = head_of(draft, draft->org);
	struct hub_str id = referral->referral.referral_id, org = hub_str_from(draft->org);
	struct hub_referral_accepted accepted = { head, id, org };
	struct hub_patient_arrived arrived = { head, id, org };
	struct hub_patient_no_show no_show = { head, id, org };
	struct hub_referral_rejected rejected = {
		.head = head, .referral_id = id, .org_id = org, .reason_code = HUB_STR("NO_CAPACITY")
	};
	struct hub_referral_cancelled cancelled = { .head = head, .referral_id = id, .org_id = org };
	struct hub_referral_completed completed = {
		.head = head, .referral_id = id, .org_id = org, .outcome = HUB_TREATMENT_OUTCOME_TREATED
	};
	struct hub_return_confirmed confirmed = { head, id, org };
	if (referral->referral.direction == HUB_DIRECTION_DOWN && what > 2 && one_in(&draft->dice, 2))
		say(draft, &hub_return_confirmed_schema, &confirmed);
	else if (what == 0)
		say(draft, &hub_referral_accepted_schema, &accepted);
	else if (what == 1)
		say(draft, &hub_referral_rejected_schema, &rejected);
	else if (what == 2)
		say(draft, &hub_referral_cancelled_schema, &cancelled);
	else if (what == 3)
		say(draft, &hub_patient_arrived_schema, &arrived);
	else if (what == 4)
		say(draft, &hub_patient_no_show_schema, &no_show);
	else
		say(draft, &hub_referral_completed_schema, &completed);
}

static void loop(struct draft *draft)
{
	const struct hub_referral_state *referral = pick_referral(draft);
	if (referral)
		loops_act(draft, referral);
}

static void event(struct draft *draft, uint32_t kind)
{
	static const uint32_t answers[] = { 0, 0, 0, 1, 2, 3, 4, 5 };
	struct publishers *publishers = draft->publishers;
	draft->county = roll(&draft->dice, COUNTIES);
	if (kind < 5)
		request(draft, HUB_STR(""));
	else if (kind < 7)
		open_session(draft, ++publishers->sessions, 1);
	else if (kind == 7 && publishers->sessions)
		open_session(draft,
		        publishers->sessions -
		                roll(&draft->dice, publishers->sessions < 8 ? publishers->sessions : 8),
		        2 + (int32_t)roll(&draft->dice, 3));
	else if (kind < 10)
		about_session(draft, one_in(&draft->dice, 3) ? 2 : roll(&draft->dice, 2));
	else if (kind < 16)
		answer(draft, answers[roll(&draft->dice, 8)]);
	else if (kind == 16)
		request_bed(draft);
	else if (kind == 17)
		request_down(draft);
	else if (kind < 20)
		report_beds(draft);
	else
		loop(draft);
}

static void large(struct draft *draft)
{
	char text[3000];
	memset(text, 'x', sizeof(text));
	draft->county = roll(&draft->dice, COUNTIES);
	request(draft, (struct hub_str){ text, sizeof(text) });
}

void publishers_act(struct publishers *publishers, const struct action *action)
{
	struct draft draft = { .publishers = publishers,
		.dice = dice_of(publishers->world->seed, ((uint64_t)action->b << 20) ^ action->c ^ 'E') };
	if (action->act == ACT_REGISTRY) {
		county_load(publishers->world, ++publishers->loads);
	} else if (action->act == ACT_AGAIN) {
		if (publishers->said_count)
			append(publishers, &publishers->said[action->b % publishers->said_count]);
	} else if (action->act == ACT_EVENT) {
		event(&draft, action->a);
	} else if (action->a == 11) {
		large(&draft);
	} else {
		hostile_act(&draft, action->a);
	}
}

void publishers_init(struct publishers *publishers, struct world *world)
{
	memset(publishers, 0, sizeof(*publishers));
	publishers->world = world;
	hub_buf_init(&publishers->value, EVENT_LIMIT);
}

void publishers_done(struct publishers *publishers)
{
	hub_buf_done(&publishers->value);
}
