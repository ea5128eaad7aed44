/* Bodies of POST .../events become what a hospital would send. */
#include "dashboard-gateway/http/event.h"

#include "records/catalogue.h"
#include "records/out_of_county_authorised.h"
#include "records/referral_rejected.h"
#include "wire/cloudevent.h"
#include "wire/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct gateway_viewer viewer = { .role = GATEWAY_ROLE_HOSPITAL, .org_id = { "H2", 2 } };
static const struct gateway_referral referral = {
	.referral_id = { "R1", 2 },
	.county_id = { "330281", 6 },
	.consortium_id = { "C1", 2 },
};
static const struct hub_trace trace = { .trace_id = { 1, 2, 3 }, .span_id = { 4 }, .flags = 1 };

struct built {
	struct hub_arena *arena;
	struct gateway_event event;
	struct hub_error error;
	int code;
	void *record;
};

static struct built build(const char *body)
{
	struct built built = { .arena = hub_arena_new(1 << 20) };
	const struct gateway_event_source source = {
		.viewer = &viewer,
		.referral = &referral,
		.event_id = { "dashboard-1", 11 },
		.occurred_at = 1795900000123,
		.trace = &trace,
		.tracestate = { "vendor=1", 8 },
	};
	const struct hub_schema *schema;
	json_t *json = json_loads(body, 0, NULL);
	assert_non_null(json);
	built.code = gateway_event_build(&source, json, built.arena, &built.event, &built.error);
	json_decref(json);
	if (!built.code) {
		assert_int_equal(hub_frame_decode(&hub_referral_event_schemas, built.event.value, built.arena,
		                         &schema, &built.record, NULL),
		        HUB_OK);
		assert_ptr_equal(schema, built.event.schema);
	}
	return built;
}

static void head_and_ids_are_filled_in(void **state)
{
	(void)state;
	struct built built =
	        build("{\"type\":\"ReferralRejected\",\"reason_code\":\"NO_CAPACITY\",\"reason\":\"满\"}");
	assert_int_equal(built.code, HUB_OK);
	const struct hub_referral_rejected *record = built.record;
	assert_true(hub_str_is(record->head.event_id, "dashboard-1"));
	assert_true(record->head.occurred_at == 1795900000123);
	assert_true(hub_str_is(record->head.county_id, "330281"));
	assert_true(hub_str_is(record->head.consortium_id, "C1"));
	assert_true(hub_str_is(record->head.source_org_id, "H2"));
	assert_true(hub_str_is(record->referral_id, "R1"));
	assert_true(hub_str_is(record->org_id, "H2"));
	assert_true(hub_str_is(record->reason_code, "NO_CAPACITY"));
	assert_true(hub_str_is(record->reason, "满"));
	assert_true(hub_str_is(built.event.key, "330281"));
	hub_arena_free(built.arena);
}

static void headers_tell_the_same_and_the_trace_goes_on(void **state)
{
	(void)state;
	struct built built = build("{\"type\":\"OutOfCountyAuthorised\"}");
	struct hub_trace span = { 0 };
	assert_int_equal(built.code, HUB_OK);
	assert_true(hub_str_is(((const struct hub_out_of_county_authorised *)built.record)->by_org_id, "H2"));
	assert_int_equal(built.event.header_count, GATEWAY_EVENT_HEADERS);
	assert_int_equal(hub_cloudevent_check(built.event.schema, built.record, built.event.headers,
	                         built.event.header_count, NULL),
	        HUB_OK);
	bool state_went_on = false;
	for (uint32_t i = 0; i < built.event.header_count; i++) {
		const struct hub_header *header = &built.event.headers[i];
		if (hub_str_is(header->name, "traceparent"))
			assert_true(hub_traceparent_parse(header->value, &span));
		if (hub_str_is(header->name, "tracestate"))
			state_went_on = hub_str_is(header->value, "vendor=1");
	}
	assert_true(state_went_on);
	assert_memory_equal(span.trace_id, trace.trace_id, HUB_TRACE_ID_LEN);
	assert_memory_not_equal(span.span_id, trace.span_id, HUB_SPAN_ID_LEN);
	hub_arena_free(built.arena);
}

static void what_is_not_the_senders_to_say_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *body, *place;
	} cases[] = {
		{ "{}", "type" },
		{ "{\"type\":7}", "type" },
		{ "{\"type\":\"BedsReported\"}", "type" },
		{ "{\"type\":\"ReferralRouted\"}", "type" },
		{ "{\"type\":\"hub.referral.ReferralAccepted\"}", "type" },
		{ "{\"type\":\"ReferralAccepted\",\"org_id\":\"H9\"}", "org_id" },
		{ "{\"type\":\"ReferralAccepted\",\"referral_id\":\"R2\"}", "referral_id" },
		{ "{\"type\":\"ReferralAccepted\",\"source_org_id\":\"H9\"}", "source_org_id" },
		{ "{\"type\":\"ReferralAccepted\",\"event_id\":\"x\"}", "event_id" },
		{ "{\"type\":\"ReferralAccepted\",\"reason\":\"x\"}", "ReferralAccepted" },
		{ "{\"type\":\"ReferralRejected\"}", "reason_code" },
		{ "{\"type\":\"ReferralRejected\",\"reason_code\":7}", "reason_code" },
		{ "{\"type\":\"ReferralCompleted\",\"outcome\":\"BETTER\"}", "outcome" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct built built = build(cases[i].body);
		if (built.code != HUB_E_INVALID || strcmp(built.error.place, cases[i].place) != 0)
			fail_msg("%s: %d, %s: %s", cases[i].body, built.code, built.error.place,
			        built.error.text);
		hub_arena_free(built.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_and_ids_are_filled_in),
		cmocka_unit_test(headers_tell_the_same_and_the_trace_goes_on),
		cmocka_unit_test(what_is_not_the_senders_to_say_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
