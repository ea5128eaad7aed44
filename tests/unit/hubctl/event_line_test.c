/* Lines of events: what Kafka gets, and what is said about a wrong line. */
#include "hubctl/event_line.h"

#include "hubctl/event_text.h"
#include "records/catalogue.h"
#include "records/referral_requested.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HEAD                                                                                                 \
	"\"event_id\": \"e1\", \"occurred_at\": \"2026-02-09T08:30:00+08:00\", \"county_id\": \"330281\", "  \
	"\"consortium_id\": \"yy-1\", \"source_org_id\": \"T01\", "
#define REQUEST                                                                                              \
	HEAD "\"referral_id\": \"r1\", \"patient\": {\"patient_id\": \"secret-p1\", \"sex\": \"FEMALE\", "   \
	     "\"birth_year\": 1950}, \"from_org_id\": \"T01\", \"direction\": \"UP\", \"urgency\": "         \
	     "\"ROUTINE\", "                                                                                 \
	     "\"specialty\": \"03.04\", \"diagnosis\": \"I20.0\", \"need\": \"OUTPATIENT\", \"reason\": "    \
	     "\"secret\""

static int up(void **state)
{
	*state = hub_arena_new(1 << 24);
	return *state == NULL;
}

static int down(void **state)
{
	hub_arena_free(*state);
	return 0;
}

static void a_line_becomes_avro_with_key_and_headers(void **state)
{
	static const char *const lines[] = { "{\"record\": \"ReferralRequested\", " REQUEST "}",
		"{\"type\": \"hub.referral.ReferralRequested\", \"//\": \"a comment\", " REQUEST "}\n" };
	for (size_t i = 0; i < 2; i++) {
		struct hubctl_event event;
		assert_int_equal(
		        hubctl_event_from_line(hub_str_from(lines[i]), *state, &event, NULL), HUB_OK);
		assert_string_equal(event.topic, "referral.events");
		assert_true(hub_str_is(event.key, "330281"));
		const struct hub_schema *schema;
		void *record;
		assert_int_equal(
		        hub_frame_decode(&hub_all_schemas, event.value, *state, &schema, &record, NULL),
		        HUB_OK);
		assert_ptr_equal(schema, &hub_referral_requested_schema);
		assert_true(hub_str_is(
		        ((const struct hub_referral_requested *)record)->referral.diagnosis, "I20.0"));
		struct hub_kafka_event sent = { .headers = event.headers,
			.header_count = event.header_count };
		assert_true(hub_str_is(hubctl_header(&sent, "ce_type"), "hub.referral.ReferralRequested"));
		assert_true(hub_str_is(hubctl_header(&sent, "ce_source"), "/org/T01"));
		assert_true(hub_str_is(hubctl_header(&sent, "ce_id"), "e1"));
		assert_true(hub_str_is(hubctl_header(&sent, "ce_time"), "2026-02-09T08:30:00+08:00"));
	}
}

static void a_wrong_line_is_told_by_field_and_rule(void **state)
{
	static const struct {
		const char *line, *place, *text;
	} cases[] = {
		{ "nonsense", "", "not JSON" },
		{ "[]", "", "one JSON object a line" },
		{ "{\"event_id\": \"e\"}", "record", "missing" },
		{ "{\"record\": \"ReferralAcepted\"}", "record", "did you mean ReferralAccepted" },
		{ "{\"record\": \"ReferralRouted\"}", "record", "not written by publishers" },
		{ "{\"record\": \"ReferralAccepted\", " HEAD "\"org_id\": \"H1\"}",
		        "ReferralAccepted.referral_id", "missing" },
		{ "{\"record\": \"ReferralAccepted\", " HEAD "\"org_id\": \"H1\", \"referral_id\": 7}",
		        "ReferralAccepted.referral_id", "string" },
		{ "{\"record\": \"ReferralAccepted\", \"event_id\": \"\", \"occurred_at\": 1, \"county_id\": "
		  "\"1\", "
		  "\"consortium_id\": \"\", \"source_org_id\": \"a\", \"org_id\": \"H1\", \"referral_id\": "
		  "\"r\"}",
		        "event_id", "empty" },
		{ "{\"record\": \"ReferralCompleted\", " HEAD
		  "\"org_id\": \"H1\", \"referral_id\": \"r\", \"outcome\": \"TREATD\"}",
		        "ReferralCompleted.outcome", "did you mean TREATED" },
		{ "{\"record\": \"ReferralRequested\", " REQUEST ", \"urgency\": \"SOON\"}", "",
		        "duplicate" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hubctl_event event;
		struct hub_error err = { 0 };
		assert_int_equal(hubctl_event_from_line(hub_str_from(cases[i].line), *state, &event, &err),
		        HUB_E_INVALID);
		if (strcmp(err.place, cases[i].place) != 0 || !strstr(err.text, cases[i].text))
			fail_msg("\"%s\": \"%s\" (wanted \"%s\": \"%s\")", err.place, err.text,
			        cases[i].place, cases[i].text);
	}
}

static void an_unknown_that_steers_is_refused(void **state)
{
	struct hubctl_event event;
	struct hub_error err = { 0 };
	const char *line = "{\"record\": \"SlotsOpened\", " HEAD
	                   "\"org_id\": \"H\", \"session_id\": \"s\", \"revision\": 1, \"specialty\": "
	                   "\"03\", \"need\": \"UNKNOWN\", "
	                   "\"starts_at\": 1, \"ends_at\": 2, \"capacity\": 3}";
	assert_int_equal(hubctl_event_from_line(hub_str_from(line), *state, &event, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.text, "UNKNOWN"));
}

/* A record of a topic that the hub set aside: from a person it is a mistake, from a copy of the topic it is what was there. */
static void what_a_topic_had_is_made_all_the_same(void **state)
{
	struct hubctl_event line, event;
	struct hub_error refusal, err = { 0 };
	const struct hub_schema *schema = &hub_referral_requested_schema;
	const char *text = "{\"record\": \"ReferralRequested\", " REQUEST "}";
	assert_int_equal(hubctl_event_from_line(hub_str_from(text), *state, &line, NULL), HUB_OK);
	struct hub_referral_requested request = *(const struct hub_referral_requested *)line.record;
	assert_int_equal(hubctl_event_as_saved(schema, &request, *state, &event, &refusal, &err), HUB_OK);
	assert_int_equal(refusal.code, HUB_OK);

	request.head.event_id = HUB_STR("");
	assert_int_equal(hubctl_event_from_record(schema, &request, *state, &event, &err), HUB_E_INVALID);
	assert_string_equal(err.place, "event_id");
	assert_int_equal(hubctl_event_as_saved(schema, &request, *state, &event, &refusal, &err), HUB_OK);
	assert_int_equal(refusal.code, HUB_E_INVALID);
	assert_string_equal(refusal.place, "event_id");
	assert_string_equal(event.topic, "referral.events");
	assert_true(hub_str_is(event.key, "330281"));
	assert_true(event.value.len > 0 && event.header_count == HUBCTL_CLOUDEVENT_HEADERS);

	request.head.event_id = HUB_STR("e1");
	request.referral.urgency = 0;
	assert_int_equal(hubctl_event_as_saved(schema, &request, *state, &event, &refusal, &err), HUB_OK);
	assert_non_null(strstr(refusal.text, "UNKNOWN"));
}

/* The text of a request, as tail would print it. */
static struct hub_str shown(struct hub_arena *arena, struct hub_buf *out, bool personal)
{
	struct hubctl_event event;
	struct hubctl_seen seen;
	const char *line = "{\"record\": \"ReferralRequested\", " REQUEST "}";
	assert_int_equal(hubctl_event_from_line(hub_str_from(line), arena, &event, NULL), HUB_OK);
	struct hub_kafka_event kafka = { .kind = HUB_KAFKA_RECORD,
		.at = { 0, 3 },
		.offset = 42,
		.key = event.key,
		.has_key = true,
		.value = event.value,
		.has_value = true };
	hubctl_see("referral.events", &kafka, arena, &seen);
	hubctl_event_line(&seen, personal, out);
	json_t *json = hubctl_event_json(&seen, personal);
	char *text = json_dumps(json, 0);
	hub_buf_text(out, text);
	free(text);
	json_decref(json);
	return hub_buf_slice(out);
}

static void personal_fields_are_shown_only_on_demand(void **state)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	struct hub_str text = shown(*state, &out, false);
	assert_non_null(memmem(text.data, text.len, "2026-02-09 08:30:00   3:42", 26));
	assert_non_null(memmem(text.data, text.len, "referral_id=r1", 14));
	assert_null(memmem(text.data, text.len, "secret", 6));
	hub_buf_reset(&out);
	text = shown(*state, &out, true);
	assert_non_null(memmem(text.data, text.len, "secret-p1", 9));
	hub_buf_done(&out);
}

static void bytes_that_are_no_record_are_shown_as_such(void **state)
{
	struct hub_buf out;
	struct hubctl_seen seen;
	struct hub_kafka_event kafka = {
		.kind = HUB_KAFKA_RECORD, .value = HUB_STR("\x1b[2J garbage"), .has_value = true
	};
	hub_buf_init(&out, 1 << 20);
	hubctl_see("referral.events", &kafka, *state, &seen);
	hubctl_event_line(&seen, false, &out);
	assert_null(memchr(out.data, 0x1b, out.len));
	assert_non_null(memmem(out.data, out.len, "1b5b324a", 8));
	hub_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_becomes_avro_with_key_and_headers, up, down),
		cmocka_unit_test_setup_teardown(a_wrong_line_is_told_by_field_and_rule, up, down),
		cmocka_unit_test_setup_teardown(an_unknown_that_steers_is_refused, up, down),
		cmocka_unit_test_setup_teardown(what_a_topic_had_is_made_all_the_same, up, down),
		cmocka_unit_test_setup_teardown(personal_fields_are_shown_only_on_demand, up, down),
		cmocka_unit_test_setup_teardown(bytes_that_are_no_record_are_shown_as_such, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
