/* CloudEvents headers, traceparent. */
#include "records/referral_accepted.h"
#include "records/referral_expired.h"
#include "records/region.h"
#include "wire/cloudevent.h"
#include "wire/traceparent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct hub_referral_accepted accepted = {
	.head = { { "e1", 2 }, 1770597000250, { "330281", 6 }, { "C1", 2 }, { "H-1", 3 } },
};

static const struct hub_schema *const schema = &hub_referral_accepted_schema;

static void headers_say_what_the_record_says(void **state)
{
	(void)state;
	static const char *const expected[HUB_CLOUDEVENT_HEADERS][2] = { { "ce_specversion", "1.0" },
		{ "ce_id", "e1" }, { "ce_source", "/org/H-1" },
		{ "ce_type", "hub.referral.ReferralAccepted" },
		{ "ce_time", "2026-02-09T08:30:00.250+08:00" }, { "content-type", "application/avro" } };
	struct hub_arena *arena = hub_arena_new(4096);
	struct hub_header headers[HUB_CLOUDEVENT_HEADERS];
	struct hub_error err;
	assert_true(hub_cloudevent_build(schema, &accepted, NULL, arena, headers));
	for (int i = 0; i < HUB_CLOUDEVENT_HEADERS; i++) {
		assert_true(hub_str_is(headers[i].name, expected[i][0]));
		assert_true(hub_str_is(headers[i].value, expected[i][1]));
	}
	assert_int_equal(
	        hub_cloudevent_check(schema, &accepted, headers, HUB_CLOUDEVENT_HEADERS, &err), HUB_OK);

	struct hub_referral_expired expired = { .head.event_id = HUB_STR("e/t/0/1/0") };
	assert_true(hub_cloudevent_build(
	        &hub_referral_expired_schema, &expired, "referral-router", arena, headers));
	assert_true(hub_str_is(headers[2].value, "/hub/referral-router"));
	struct hub_region region = { .region_id = HUB_STR("330281") };
	assert_false(hub_cloudevent_build(&hub_region_schema, &region, NULL, arena, headers));
	hub_arena_free(arena);
}

static int check_one(const char *name, const char *value, struct hub_error *err)
{
	struct hub_header header = { hub_str_from(name), hub_str_from(value) };
	return hub_cloudevent_check(schema, &accepted, &header, 1, err);
}

static void a_header_that_contradicts_the_record_is_an_error(void **state)
{
	(void)state;
	static const char *const wrong[][2] = { { "ce_specversion", "0.3" }, { "ce_id", "e2" },
		{ "ce_source", "/org/H-2" }, { "ce_source", "/hub/H-1" }, { "ce_source", "H-1" },
		{ "ce_type", "ReferralAccepted" }, { "ce_time", "2026-02-09T00:30:01Z" },
		{ "ce_time", "now" }, { "content-type", "application/json" } };
	static const char *const right[][2] = { { "ce_time", "2026-02-09T00:30:00Z" },
		{ "ce_time", "2026-02-09T00:30:00.250Z" }, { "traceparent", "x" }, { "ce_subject", "x" },
		{ "", "" } };
	struct hub_error err;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(check_one(wrong[i][0], wrong[i][1], &err), HUB_E_INVALID);
		assert_string_equal(err.place, wrong[i][0]);
	}
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_int_equal(check_one(right[i][0], right[i][1], &err), HUB_OK);
}

static const char golden[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

static void traceparent_is_parsed_as_w3c_says(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "00",
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
		"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
		"01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
		"00+0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
	struct hub_trace trace;
	char text[HUB_TRACEPARENT_LEN + 1];
	assert_true(hub_traceparent_parse(
	        HUB_STR("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"), &trace));
	assert_true(hub_traceparent_parse(HUB_STR(golden), &trace));
	hub_traceparent_format(&trace, text);
	assert_string_equal(text, golden);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(hub_traceparent_parse(hub_str_from(wrong[i]), &trace));
}

static void a_child_stays_in_the_trace_and_can_be_derived_again(void **state)
{
	(void)state;
	struct hub_trace parent;
	char once[HUB_TRACEPARENT_LEN + 1];
	char again[HUB_TRACEPARENT_LEN + 1];
	assert_true(hub_traceparent_parse(HUB_STR(golden), &parent));
	struct hub_trace child = hub_trace_child(&parent, HUB_STR("e/t/0/1/0"));
	assert_memory_equal(child.trace_id, parent.trace_id, sizeof(child.trace_id));
	assert_memory_not_equal(child.span_id, parent.span_id, sizeof(child.span_id));
	hub_traceparent_format(&child, once);
	child = hub_trace_child(&parent, HUB_STR("e/t/0/1/0"));
	hub_traceparent_format(&child, again);
	assert_string_equal(once, again);
	child = hub_trace_child(NULL, HUB_STR("e/t/0/1/0"));
	hub_traceparent_format(&child, once);
	assert_true(hub_traceparent_parse(hub_str_from(once), &parent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_say_what_the_record_says),
		cmocka_unit_test(a_header_that_contradicts_the_record_is_an_error),
		cmocka_unit_test(traceparent_is_parsed_as_w3c_says),
		cmocka_unit_test(a_child_stays_in_the_trace_and_can_be_derived_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
