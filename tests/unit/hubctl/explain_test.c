/* The story of a referral: order of cause and effect, candidates by the registry of the moment, sentences.
 * The county is that of tests/cases/county.json. */
#include "hubctl/explain.h"

#include "base/calendar.h"
#include "hubctl/refdata.h"
#include "records/catalogue.h"
#include "records/registry_loaded.h"
#include "wire/record_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
	struct hub_arena *arena;
	struct hubctl_story story;
};

static struct hub_str file_text(struct hub_arena *arena, const char *name)
{
	FILE *file = fopen(name, "r");
	assert_non_null(file);
	char *text = hub_arena_alloc(arena, 1 << 20);
	size_t n = fread(text, 1, 1 << 20, file);
	fclose(file);
	return (struct hub_str){ text, (uint32_t)n };
}

static struct hub_str encoded(struct hub_arena *arena, const struct hub_schema *schema, const void *record)
{
	struct hub_buf buf;
	struct hub_error err = { 0 };
	hub_buf_init(&buf, 1 << 20);
	if (hub_frame_encode(schema, record, &buf, &err))
		fail_msg("%s: %s", err.place, err.text);
	struct hub_str bytes = hub_arena_copy(arena, hub_buf_slice(&buf));
	hub_buf_done(&buf);
	return bytes;
}

/* The county as two loads: H-second is called otherwise in the first, and the second begins at offset 1000.
 */
static void load_county(struct fixture *f)
{
	struct hubctl_problems *problems = calloc(1, sizeof(*problems));
	problems->arena = f->arena;
	struct hubctl_refdata *refdata = hubctl_refdata_new(f->arena);
	hubctl_refdata_read(refdata, "county.json", file_text(f->arena, CASES_DIR "/county.json"), problems);
	assert_int_equal(problems->count, 0);
	const struct hubctl_entry *const *entries;
	uint32_t count = hubctl_refdata_sorted(refdata, &entries);
	struct hub_registry_loaded end = { .load_id = HUB_STR("x"), .records = (int32_t)count };
	struct hub_str end_bytes = encoded(f->arena, &hub_registry_loaded_schema, &end);
	int64_t offset = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct hub_kafka_event event = {
			.key = entries[i]->key, .value = entries[i]->value, .offset = offset++
		};
		if (hub_str_is(entries[i]->id, "Organisation:H-second"))
			event.offset = 1000;
		else
			hubctl_story_take_registry(&f->story, &event);
	}
	struct hub_kafka_event end_event = {
		.key = HUB_STR("RegistryLoaded:x"), .value = end_bytes, .offset = 900
	};
	hubctl_story_take_registry(&f->story, &end_event);
	for (uint32_t i = 0; i < count; i++)
		if (hub_str_is(entries[i]->id, "Organisation:H-second")) {
			struct hub_kafka_event event = {
				.key = entries[i]->key, .value = entries[i]->value, .offset = 1000
			};
			hubctl_story_take_registry(&f->story, &event);
		}
	end_event.offset = 1001;
	hubctl_story_take_registry(&f->story, &end_event);
	hubctl_refdata_free(refdata);
	free(problems);
}

static int up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->arena = hub_arena_new(1 << 26);
	f->story.arena = f->arena;
	f->story.referral_id = HUB_STR("T-1-r1");
	load_county(f);
	*state = f;
	return 0;
}

static int down(void **state)
{
	struct fixture *f = *state;
	hubctl_story_done(&f->story);
	hub_arena_free(f->arena);
	free(f);
	return 0;
}

/* One record of a topic, from its JSON. */
static void put(
        struct fixture *f, const char *topic, int64_t offset, const char *name, const char *format, ...)
{
	char text[4096];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	const struct hub_schema *schema = hub_schema_by_name(&hub_all_schemas, hub_str_from(name));
	void *record = hub_arena_alloc(f->arena, schema->size);
	json_t *json = json_loads(text, 0, NULL);
	struct hub_error err = { 0 };
	assert_non_null(json);
	if (hub_record_from_json(schema, json, f->arena, record, &err))
		fail_msg("%s: %s", err.place, err.text);
	json_decref(json);
	struct hub_kafka_event event = { .kind = HUB_KAFKA_RECORD,
		.at = { 0, 3 },
		.offset = offset,
		.has_value = true,
		.value = encoded(f->arena, schema, record) };
	hubctl_story_take(&f->story, topic, &event);
}

#define EVENT_HEAD                                                                                           \
	"\"event_id\": \"e\", \"occurred_at\": \"2026-03-02T08:00:00+08:00\", \"county_id\": \"990121\", "   \
	"\"consortium_id\": \"GENERAL\", \"source_org_id\": \"T-1\", "
#define ASKED(id)                                                                                            \
	"\"referral_id\": \"" id                                                                             \
	"\", \"patient\": {\"patient_id\": \"p\", \"sex\": \"MALE\", \"birth_year\": "                       \
	"1950}, \"from_org_id\": \"T-1\", \"direction\": \"UP\", \"urgency\": \"ROUTINE\", \"specialty\": "  \
	"\"03.04\", \"diagnosis\": \"I20.0\", \"need\": \"OUTPATIENT\""
/* version, cause */
#define DECISION_HEAD                                                                                        \
	"\"event_id\": \"d\", \"occurred_at\": \"2026-03-02T08:00:00+08:00\", \"county_id\": \"990121\", "   \
	"\"consortium_id\": \"GENERAL\", \"registry_version\": %d, \"decided_from\": {\"topic\": "           \
	"\"referral.events\", \"partition\": 3, \"offset\": %d, \"index\": 0, \"count\": 1}, "

static void put_request(struct fixture *f, int64_t offset)
{
	put(f, "referral.events", offset, "ReferralRequested", "{" EVENT_HEAD ASKED("T-1-r1") "}");
}

static void put_routed(
        struct fixture *f, int64_t offset, int version, int cause, const char *to, const char *considered)
{
	put(f, "referral.decisions", offset, "ReferralRouted",
	        "{" DECISION_HEAD
	        "\"referral_id\": \"T-1-r1\", \"from_org_id\": \"T-1\", \"to_org_id\": \"%s\", "
	        "\"referral\": {" ASKED(
	                "T-1-r1") "}, \"attempt\": 1, \"answer_by\": \"2026-03-03T08:00:00+08:00\", "
	                          "\"path\": \"OWN_LEAD\", \"considered\": [%s]}",
	        version, cause, to, considered);
}

static void steps_stand_in_the_order_of_cause_and_effect(void **state)
{
	struct fixture *f = *state;
	/* As topics deliver them: all decisions before the events. */
	put_routed(f, 5, 1001, 10, "H-lead", "");
	put_routed(f, 6, 1001, 12, "H-second",
	        "{\"org_id\": \"H-lead\", \"path\": \"OWN_LEAD\", \"reason_code\": \"REJECTED\"}");
	put(f, "referral.events", 12, "ReferralRejected",
	        "{" EVENT_HEAD
	        "\"referral_id\": \"T-1-r1\", \"org_id\": \"H-lead\", \"reason_code\": \"NO_CAPACITY\", "
	        "\"reason\": \"secret\"}");
	put_request(f, 10);
	put(f, "referral.events", 13, "ReferralAccepted",
	        "{" EVENT_HEAD "\"referral_id\": \"T-1-r1\", \"org_id\": \"H-second\"}");
	hubctl_story_order(&f->story);
	static const char *const names[] = { "ReferralRequested", "ReferralRouted", "ReferralRejected",
		"ReferralRouted", "ReferralAccepted" };
	assert_int_equal(f->story.step_count, 5);
	for (int i = 0; i < 5; i++)
		assert_string_equal(f->story.steps[i].seen.schema->name, names[i]);
	assert_int_equal(f->story.partition, 3);
	assert_true(hub_str_is(f->story.referral->specialty, "03.04"));
}

static void other_referrals_that_mention_the_id_are_left_out(void **state)
{
	struct fixture *f = *state;
	put(f, "referral.events", 9, "ReferralRequested",
	        "{" EVENT_HEAD ASKED("T-1-r2") ", \"origin_referral_id\": \"T-1-r1\"}");
	put(f, "referral.events", 10, "ReferralAccepted",
	        "{" EVENT_HEAD "\"referral_id\": \"T-1-r12\", \"org_id\": \"H-lead\"}");
	hubctl_story_order(&f->story);
	assert_int_equal(f->story.step_count, 0);
	assert_int_equal(f->story.records_seen, 2);
}

static const struct hubctl_candidate *candidate(struct fixture *f, uint32_t step, const char *org_id)
{
	const struct hubctl_candidate *items;
	uint32_t count = hubctl_story_candidates(&f->story, &f->story.steps[step], &items);
	for (uint32_t i = 0; i < count; i++)
		if (hub_str_is(items[i].org_id, org_id))
			return &items[i];
	return NULL;
}

static void each_candidate_is_told_why_it_was_not_taken(void **state)
{
	struct fixture *f = *state;
	put_request(f, 10);
	put_routed(f, 6, 1001, 10, "H-tcm",
	        "{\"org_id\": \"H-lead\", \"path\": \"OWN_LEAD\", \"reason_code\": \"REJECTED\"}, "
	        "{\"org_id\": \"H-second\", \"path\": \"OWN_MEMBER\", \"reason_code\": \"FULL\"}, "
	        "{\"org_id\": \"H-gone\", \"path\": \"OWN_MEMBER\", \"reason_code\": \"FULL\"}");
	hubctl_story_order(&f->story);
	assert_true(hubctl_step_places(&f->story.steps[1]));
	assert_int_equal(candidate(f, 1, "H-lead")->fate, HUBCTL_BARRED);
	assert_true(hub_str_is(candidate(f, 1, "H-lead")->reason_code, "REJECTED"));
	assert_true(hub_str_is(candidate(f, 1, "H-second")->reason_code, "FULL"));
	assert_int_equal(candidate(f, 1, "H-tcm")->fate, HUBCTL_TAKEN);
	assert_int_equal(candidate(f, 1, "H-third")->fate, HUBCTL_NOT_ASKED);
	assert_string_equal(candidate(f, 1, "H-third")->path, "PARTNER_CONSORTIUM");
	assert_true(hub_str_is(candidate(f, 1, "C-first")->reason_code, "NOT_AUTHORISED"));
	/* What the decision says holds, also where today's rules know nothing of it. */
	assert_int_equal(candidate(f, 1, "H-gone")->fate, HUBCTL_BARRED);
}

static void the_registry_of_the_moment_decides_who_was_a_candidate(void **state)
{
	struct fixture *f = *state;
	put_request(f, 10);
	put_routed(f, 5, 900, 10, "H-lead", "");
	put_routed(f, 6, 1001, 10, "H-lead", "");
	put_routed(f, 7, 5, 10, "H-lead", "");
	hubctl_story_order(&f->story);
	assert_null(candidate(f, 1, "H-second"));
	assert_int_equal(candidate(f, 2, "H-second")->fate, HUBCTL_NOT_ASKED);
	/* Before the first load ended there is nothing to recompute from: only what the decision says. */
	assert_null(candidate(f, 3, "H-third"));
	assert_int_equal(candidate(f, 3, "H-lead")->fate, HUBCTL_TAKEN);
}

static void assert_says(struct fixture *f, uint32_t step, const char *words)
{
	struct hub_str text = hubctl_step_text(&f->story, &f->story.steps[step]);
	if (!memmem(text.data, text.len, words, strlen(words)))
		fail_msg("\"%.*s\" should say \"%s\"", HUB_STR_ARG(text), words);
	assert_null(memmem(text.data, text.len, "secret", 6));
}

static void put_authorised(struct fixture *f, int64_t offset)
{
	put(f, "referral.events", offset, "OutOfCountyAuthorised",
	        "{" EVENT_HEAD "\"referral_id\": \"T-1-r1\", \"by_org_id\": \"H-control\"}");
}

static void an_authorisation_holds_from_then_on(void **state)
{
	struct fixture *f = *state;
	put_request(f, 10);
	put_routed(f, 5, 1001, 10, "H-lead", "");
	put_authorised(f, 12);
	put_routed(f, 6, 1001, 12, "C-first", "");
	hubctl_story_order(&f->story);
	assert_true(hub_str_is(candidate(f, 1, "C-heart")->reason_code, "NOT_AUTHORISED"));
	assert_int_equal(candidate(f, 3, "C-heart")->fate, HUBCTL_NOT_ASKED);
}

static void the_loops_of_a_referral_are_told(void **state)
{
	struct fixture *f = *state;
	put_request(f, 10);
	put(f, "referral.events", 11, "SupplementRequested",
	        "{" EVENT_HEAD "\"referral_id\": \"T-1-r1\", \"org_id\": \"H-lead\", \"text\": \"secret\"}");
	put(f, "referral.decisions", 6, "ReferralProgressed",
	        "{" DECISION_HEAD "\"referral_id\": \"T-1-r1\", \"state\": \"SUPPLEMENTING\", "
	        "\"by_event_id\": \"e11\", \"said\": {\"org_id\": \"H-lead\", \"text\": \"secret\"}}",
	        1001, 11);
	put(f, "referral.decisions", 7, "ReferralReminder",
	        "{" DECISION_HEAD "\"referral_id\": \"T-1-r1\", \"to_org_id\": \"T-1\", "
	        "\"reason_code\": \"SUPPLEMENT_OVERDUE\", \"due_at\": \"2026-03-03T08:00:00Z\", \"times\": "
	        "1}",
	        1001, 11);
	put(f, "referral.decisions", 8, "ReferralClosed",
	        "{" DECISION_HEAD "\"referral_id\": \"T-1-r1\", \"final_state\": \"RETURNED\", "
	        "\"direction\": \"UP\", \"urgency\": \"ROUTINE\", \"need\": \"OUTPATIENT\", "
	        "\"specialty\": \"03.04\", \"diagnosis\": \"I20.0\", \"from_org_id\": \"T-1\", "
	        "\"accepted\": false, \"left_county\": false}",
	        1001, 11);
	hubctl_story_order(&f->story);
	assert_says(f, 1, "SupplementRequested by ");
	assert_says(f, 2, "now SUPPLEMENTING: the hospital has asked the sender for more");
	assert_says(f, 3, "soon it gets the referral back (REF-13)");
	assert_says(f, 4, "closed: RETURNED, went back to the sender, which did not supplement");
}

static void sentences_name_who_did_what(void **state)
{
	struct fixture *f = *state;
	f->story.now = hubctl_story_policy(
	        &f->story, INT64_MAX, hub_day_from_ymd(2026, 3, 2), &f->story.now_registry);
	put_request(f, 10);
	put_routed(f, 5, 1001, 10, "H-lead", "");
	put(f, "referral.events", 12, "ReferralRejected",
	        "{" EVENT_HEAD
	        "\"referral_id\": \"T-1-r1\", \"org_id\": \"H-lead\", \"reason_code\": \"NO_CAPACITY\", "
	        "\"reason\": \"secret\"}");
	put(f, "referral.decisions", 6, "ReferralEventRefused",
	        "{" DECISION_HEAD
	        "\"referral_id\": \"T-1-r1\", \"refused_event_id\": \"e9\", \"reason_code\": \"NOT_YOURS\", "
	        "\"repeat_of\": \"e9\", \"reason\": \"secret\"}",
	        1001, 12);
	hubctl_story_order(&f->story);
	assert_says(f, 0, "ReferralRequested: UP ROUTINE OUTPATIENT 03.04, by T-1 ");
	assert_says(f, 1, "routed to H-lead ");
	assert_says(f, 1, "to answer by 2026-03-03 08:00");
	assert_says(f, 2, "ReferralRejected by T-1");
	assert_says(f, 2, ": NO_CAPACITY");
	assert_says(f, 3,
	        "refused event e9: NOT_YOURS, the sender has no say in it (REF-12) (repeat of event e9, "
	        "answered again)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(steps_stand_in_the_order_of_cause_and_effect, up, down),
		cmocka_unit_test_setup_teardown(other_referrals_that_mention_the_id_are_left_out, up, down),
		cmocka_unit_test_setup_teardown(each_candidate_is_told_why_it_was_not_taken, up, down),
		cmocka_unit_test_setup_teardown(
		        the_registry_of_the_moment_decides_who_was_a_candidate, up, down),
		cmocka_unit_test_setup_teardown(an_authorisation_holds_from_then_on, up, down),
		cmocka_unit_test_setup_teardown(the_loops_of_a_referral_are_told, up, down),
		cmocka_unit_test_setup_teardown(sentences_name_who_did_what, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
