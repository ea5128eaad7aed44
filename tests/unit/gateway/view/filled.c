/* The world of the golden answers: rows, a story, publishers, letters, an acknowledgement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filled.h"

#include "base/calendar.h"
#include "records/beds_changed.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"

#include <stdio.h>
#include <stdlib.h>

enum { DECISIONS_MAX = 300 };

static struct gateway_decision told[DECISIONS_MAX];
static uint32_t told_count;

static void put_rows(struct world *world)
{
	static const char *const rows[][2] = {
		{ "referral:990121-T01-1",
		        "state=ROUTED to_org_id=990121-H01 path=OWN_LEAD session_id=S1 due=answer "
		        "due_at=2026-11-27T11:00:00+08:00" },
		{ "referral:990121-T01-2",
		        "state=WAITING waits_for=SLOT urgency=ROUTINE requested_at=2026-11-25T14:00:00+08:00 "
		        "due=waiting_notice due_at=2026-11-28T09:00:00+08:00" },
		{ "referral:990121-T01-3",
		        "state=WAITING waits_for=AUTHORISATION specialty=03.05 due=waiting_notice "
		        "due_at=2026-11-28T09:00:00+08:00" },
		{ "referral:990121-T02-4", "state=UNPLACED from_org_id=990121-T02 consortium_id=QX-2 "
		                           "attempt=2 due=waiting_notice "
		                           "due_at=2026-11-28T09:00:00+08:00" },
		{ "referral:990121-T02-5",
		        "state=ACCEPTED from_org_id=990121-T02 consortium_id=QX-2 urgency=EMERGENCY "
		        "condition=STROKE "
		        "to_org_id=990121-H05 path=GREEN_CHANNEL accepted_at=2026-11-26T08:03:00+08:00 "
		        "requested_at=2026-11-26T08:00:00+08:00 due=arrival "
		        "due_at=2026-11-28T08:03:00+08:00" },
		{ "referral:990121-T01-6",
		        "state=SUPPLEMENTING to_org_id=990121-H01 path=OWN_LEAD due=supplement_remind "
		        "due_at=2026-11-27T21:00:00+08:00" },
		{ "referral:990121-H01-7",
		        "state=ACCEPTED direction=DOWN urgency=ROUTINE from_org_id=990121-H01 "
		        "to_org_id=990121-T01 "
		        "path=HOME need=BED bed_kind=REHABILITATION accepted_at=2026-11-27T08:30:00+08:00 "
		        "due=return_confirm due_at=2026-12-02T08:30:00+08:00" },
		{ "referral:990121-T01-8",
		        "state=COMPLETED to_org_id=990121-H01 ended_at=2026-11-26T16:20:00+08:00" },
		{ "referral:990122-T01-9",
		        "state=ASKING_COUNTY county_id=990122 consortium_id=BS-1 from_org_id=990122-T01 "
		        "asked_county_id=990121 asked_org_id=990121-H01 due=transfer "
		        "due_at=2026-11-27T10:05:00+08:00" },
		{ "referral:990122-T01-10",
		        "state=ROUTED county_id=990122 consortium_id=BS-1 from_org_id=990122-T01 "
		        "to_org_id=990122-H01 path=OWN_LEAD due=answer due_at=2026-11-27T11:30:00+08:00" },
		{ "session:990121-H01:S1", "" },
		{ "session:990121-H05:S2", "org_id=990121-H05 expert=1 open=0 open_reserved=0 held=7 "
		                           "starts_at=2026-11-28T08:00:00+08:00" },
		{ "session:990121-H01:S3",
		        "need=EXAM exam_item=CT-HEAD starts_at=2026-11-29T08:00:00+08:00" },
		{ "session:990121-H01:S4", "phase=ENDED starts_at=2026-11-26T08:00:00+08:00" },
		{ "session:990122-H01:S5", "county_id=990122 org_id=990122-H01" },
		{ "beds:990121-H01:GENERAL", "" },
		{ "beds:990121-T01:REHABILITATION", "org_id=990121-T01 bed_kind=REHABILITATION total=4 "
		                                    "reported_free=1 held=1 arrived=0 free=0" },
		{ "beds:990122-H01:GENERAL", "county_id=990122 org_id=990122-H01" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char fields[600];
		(void)snprintf(fields, sizeof(fields), "%s", rows[i][1]);
		if (strncmp(rows[i][0], "session:", 8) == 0) {
			const char *id = strrchr(rows[i][0], ':') + 1;
			(void)snprintf(fields + strlen(fields), sizeof(fields) - strlen(fields),
			        " session_id=%s", id);
		}
		world_put(world, rows[i][0], fields + strspn(fields, " "));
	}
}

static struct hub_str parties[][3] = {
	{ HUB_STR(TOWN), HUB_STR(LEAD), { NULL, 0 } },
	{ HUB_STR(TOWN), HUB_STR(THIRD), { NULL, 0 } },
	{ HUB_STR(TOWN), { NULL, 0 }, { NULL, 0 } },
};

/* About the referral 990121-T01-1 unless changed. party: a row of parties. */
static struct hub_decision_head head(const char *when, int party, const char *source, const char *event_id)
{
	static char ids[DECISIONS_MAX][40];
	uint32_t count = 0;
	while (parties[party][count].len)
		count++;
	(void)snprintf(ids[told_count], sizeof(ids[0]), "e/referral.events/3/%u/0", 100 + told_count);
	struct hub_decision_head made = { .event_id = hub_str_from(ids[told_count]),
		.occurred_at = at(when),
		.county_id = HUB_STR(COUNTY),
		.consortium_id = HUB_STR("QX-1"),
		.party_org_ids = { parties[party], count },
		.registry_version = 42 };
	made.has_answers = source != NULL;
	made.answers.source_org_id = hub_str_from(source);
	made.answers.event_id = hub_str_from(event_id);
	return made;
}

static void tell(struct world *world, const struct hub_schema *schema, const void *record)
{
	void *kept = malloc(schema->size);
	assert_non_null(kept);
	assert_true(told_count < DECISIONS_MAX);
	memcpy(kept, record, schema->size);
	told[told_count] = (struct gateway_decision){ 3, 100 + told_count, schema, kept };
	gateway_stories_add(world->stories, 3, 100 + told_count, schema, kept);
	gateway_heard_decision(world->heard, schema, kept);
	told_count++;
}

static struct hub_referral asked(void)
{
	static struct hub_medication medications[] = { { HUB_STR("C07AB02"), HUB_STR("美托洛尔"), 6 } };
	static struct hub_str criteria[] = { HUB_STR("UP-03.04-1") };
	return (struct hub_referral){ .referral_id = HUB_STR("990121-T01-1"),
		.patient = { .patient_id = HUB_STR(PSEUDONYM),
		        .sex = HUB_SEX_FEMALE,
		        .birth_year = 1951,
		        .has_identity = true,
		        .identity = { .key_id = HUB_STR("K1"),
		                .cipher = HUB_STR("X"),
		                .bytes = HUB_STR(SEALED) } },
		.from_org_id = HUB_STR(TOWN),
		.direction = HUB_DIRECTION_UP,
		.urgency = HUB_URGENCY_URGENT,
		.condition = HUB_CONDITION_NONE,
		.specialty = HUB_STR("03.04"),
		.diagnosis = HUB_STR("I20.0"),
		.need = HUB_NEED_OUTPATIENT,
		.criteria = { criteria, 1 },
		.reason = HUB_STR(FREE_TEXT " 胸痛三天 <b>"),
		.has_care_plan = true,
		.care_plan = HUB_STR(FREE_TEXT " 护理计划"),
		.medications = { medications, 1 } };
}

static void tell_routed(struct world *world)
{
	static struct hub_considered considered[] = { { HUB_STR(THIRD), HUB_ROUTE_PATH_PARTNER_CONSORTIUM,
		HUB_STR("REJECTED") } };
	static struct hub_str flags[] = { HUB_STR("CRITERIA_NOT_MET") };
	struct hub_referral_routed routed = { .head = head("2026-11-27T08:00:00+08:00", 1, TOWN, "ev-1"),
		.referral_id = HUB_STR("990121-T01-1"),
		.from_org_id = HUB_STR(TOWN),
		.to_org_id = HUB_STR(THIRD),
		.referral = asked(),
		.attempt = 1,
		.answer_by = at("2026-11-27T10:00:00+08:00"),
		.flags = { flags, 1 },
		.path = HUB_ROUTE_PATH_PARTNER_CONSORTIUM };
	tell(world, &hub_referral_routed_schema, &routed);
	routed.head = head("2026-11-27T09:00:00.250+08:00", 0, THIRD, "dashboard-9");
	routed.to_org_id = HUB_STR(LEAD);
	routed.attempt = 2;
	routed.answer_by = at("2026-11-27T11:00:00+08:00");
	routed.path = HUB_ROUTE_PATH_OWN_LEAD;
	routed.has_session_id = true;
	routed.session_id = HUB_STR("S1");
	routed.has_starts_at = true;
	routed.starts_at = at("2026-11-30T08:00:00+08:00");
	routed.considered = (struct hub_considered_array){ considered, 1 };
	routed.has_said = true;
	routed.said = (struct hub_said){ .org_id = HUB_STR(THIRD),
		.has_reason_code = true,
		.reason_code = HUB_STR("NO_CAPACITY"),
		.has_text = true,
		.text = HUB_STR(FREE_TEXT " 无床") };
	tell(world, &hub_referral_routed_schema, &routed);
}

static void tell_others(struct world *world)
{
	struct hub_referral_progressed progressed = {
		.head = head("2026-11-27T09:10:00+08:00", 0, LEAD, "dashboard-10"),
		.referral_id = HUB_STR("990121-T01-1"),
		.state = HUB_REFERRAL_STAGE_SUPPLEMENTING,
		.has_due_at = true,
		.due_at = at("2026-11-27T21:00:00+08:00"),
		.has_said = true,
		.said = { .org_id = HUB_STR(LEAD), .has_text = true, .text = HUB_STR(FREE_TEXT " 心电图?") }
	};
	tell(world, &hub_referral_progressed_schema, &progressed);
	struct hub_referral_reminder reminder = { .head = head("2026-11-27T09:20:00+08:00", 2, NULL, NULL),
		.referral_id = HUB_STR("990121-T01-1"),
		.to_org_id = HUB_STR(TOWN),
		.reason_code = HUB_STR("SUPPLEMENT_OVERDUE"),
		.due_at = at("2026-11-27T09:20:00+08:00"),
		.times = 1 };
	reminder.head.has_timer = true;
	reminder.head.timer = (struct hub_fired_timer){ .entity = HUB_STR("referral:990121-T01-1"),
		.name = HUB_STR("supplement_remind") };
	tell(world, &hub_referral_reminder_schema, &reminder);
	struct hub_referral_event_refused refused = { .head = head("2026-11-27T09:30:00+08:00", 0, LEAD,
		                                              "dashboard-11"),
		.has_referral_id = true,
		.referral_id = HUB_STR("990121-T01-1"),
		.refused_event_id = HUB_STR("dashboard-11"),
		.reason_code = HUB_STR("RULE"),
		.has_rule = true,
		.rule = HUB_STR("REF-13"),
		.reason = HUB_STR("this hospital has asked for a supplement as often as it may: accept, or "
		                  "reject with INCOMPLETE") };
	tell(world, &hub_referral_event_refused_schema, &refused);
	struct hub_referral_waitlisted listed = { .head = head("2026-11-27T09:40:00+08:00", 2, TOWN, "ev-2"),
		.referral_id = HUB_STR("990121-T01-2"),
		.specialty = HUB_STR("03.04"),
		.need = HUB_NEED_OUTPATIENT,
		.position = 3,
		.waits_for = HUB_WAITS_FOR_SLOT };
	tell(world, &hub_referral_waitlisted_schema, &listed);
	struct hub_referral_unplaced unplaced = { .head = head("2026-11-27T07:45:00+08:00", 2, TOWN, "ev-3"),
		.referral_id = HUB_STR("990121-T02-4") };
	tell(world, &hub_referral_unplaced_schema, &unplaced);
}

/* VALLEY spoke each ten minutes until eight; the others go on. */
static void tell_publishers(struct world *world)
{
	for (int i = 0; i < 60; i++) {
		static char ids[60][16];
		char when[HUB_TIME_LEN + 1];
		hub_time_format(at("2026-11-27T05:01:00+08:00") + i * 5 * (int64_t)HUB_MINUTE_MS, when);
		(void)snprintf(ids[i], sizeof(ids[0]), "ev-b%d", i);
		struct hub_beds_changed changed = { .head = head(
			                                    when, 0, i % 2 && i < 36 ? VALLEY : LEAD, ids[i]),
			.org_id = HUB_STR(LEAD) };
		tell(world, &hub_beds_changed_schema, &changed);
	}
}

static void put_letter(
        struct world *world, int64_t offset, const char *key, const char *reason, const char *when)
{
	const struct hub_header headers[] = {
		{ HUB_STR("hub_dlq_reason"), hub_str_from(reason) },
		{ HUB_STR("hub_dlq_detail"), HUB_STR("ReferralRequested.need: expected a symbol") },
		{ HUB_STR("hub_dlq_topic"), HUB_STR("referral.events") },
		{ HUB_STR("hub_dlq_partition"), HUB_STR("3") },
		{ HUB_STR("hub_dlq_offset"), HUB_STR("4711") },
		{ HUB_STR("hub_dlq_daemon"), HUB_STR("referral-router") },
	};
	struct hub_kafka_event event = { .kind = HUB_KAFKA_RECORD,
		.at = { 0, 3 },
		.offset = offset,
		.timestamp_ms = at(when),
		.key = hub_str_from(key),
		.has_key = true,
		.value = HUB_STR("bytes " PSEUDONYM),
		.has_value = true,
		.headers = headers,
		.header_count = sizeof(headers) / sizeof(headers[0]) };
	gateway_letters_add(world->letters, &event);
}

void world_fill(struct world *world)
{
	told_count = 0;
	put_rows(world);
	tell_publishers(world);
	tell_routed(world);
	tell_others(world);
	put_letter(world, 10, COUNTY, "UNDECODABLE", "2026-11-27T06:00:00+08:00");
	put_letter(world, 11, OTHER_COUNTY, "RULE", "2026-11-27T06:10:00+08:00");
	put_letter(world, 12, "Zhang San", "WRONG_KEY", "2026-11-27T06:20:00+08:00");
	struct hub_alert_acknowledged record = { .alert_id = HUB_STR("unplaced-990121"),
		.county_id = HUB_STR(COUNTY),
		.note = HUB_STR("called the valley"),
		.by_user = HUB_STR("zhang"),
		.by_org_id = HUB_STR(CONTROL),
		.at = at("2026-11-27T09:55:00+08:00"),
		.covers_until = at("2026-11-27T07:45:00+08:00") };
	gateway_alerts_acknowledged(world->alerts, &record);
}

const struct gateway_decision *world_story(const char *referral_id, uint32_t *ret_count)
{
	static struct gateway_decision story[DECISIONS_MAX];
	*ret_count = 0;
	for (uint32_t i = 0; i < told_count; i++) {
		const struct hub_field *field = hub_schema_field(told[i].schema, HUB_STR("referral_id"));
		if (field && hub_str_is(*(const struct hub_str *)(const void *)((const char *)told[i].record +
		                                                                field->offset),
		                     referral_id))
			story[(*ret_count)++] = told[i];
	}
	return story;
}

void world_forget(void)
{
	for (uint32_t i = 0; i < told_count; i++)
		free((void *)(uintptr_t)told[i].record);
	told_count = 0;
}
