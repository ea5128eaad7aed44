/* Records to and from JSON, and the line that a person reads. */
#include "base/buf.h"
#include "random_record.h"
#include "records/catalogue.h"
#include "records/referral_requested.h"
#include "records/slots_opened.h"
#include "wire/base64.h"
#include "wire/record.h"
#include "wire/record_json.h"
#include "wire/record_print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, BUF_BYTES = 1024 * 1024 };

static void every_record_survives_json(void **state)
{
	enum { VALUES = 200 };
	(void)state;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct random_source source = { 3 };
	for (uint32_t i = 0; i < hub_all_schemas.count * VALUES; i++) {
		const struct hub_schema *schema = hub_all_schemas.schemas[i % hub_all_schemas.count];
		struct hub_error err = { 0 };
		hub_arena_reset(arena);
		void *record = hub_arena_alloc(arena, schema->size);
		void *back = hub_arena_alloc(arena, schema->size);
		random_record(&source, schema, arena, record);
		json_t *json = hub_record_to_json(schema, record, false);
		char *text = json_dumps(json, JSON_COMPACT);
		json_decref(json);
		json = json_loads(text, 0, NULL);
		free(text);
		assert_int_equal(hub_record_from_json(schema, json, arena, back, &err), HUB_OK);
		json_decref(json);
		assert_true(hub_record_equal(schema, record, back));
	}
	hub_arena_free(arena);
}

static const char opened[] =
        "{\"event_id\":\"e\",\"occurred_at\":\"2026-02-09T08:30\",\"county_id\":\"330281\","
        "\"consortium_id\":\"C\",\"source_org_id\":\"H\",\"org_id\":\"H\",\"session_id\":\"s\",\"revision\":"
        "1,"
        "\"specialty\":\"03.04\",\"need\":\"OUTPATIENT\",\"starts_at\":0,\"ends_at\":1,\"capacity\":5}";

/* The error for opened after the member name was set to value (as JSON text), or removed (NULL). */
static struct hub_error error_with(const char *name, const char *value)
{
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_slots_opened record;
	struct hub_error err = { 0 };
	json_t *json = json_loads(opened, 0, NULL);
	if (value)
		json_object_set_new(json, name, json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, name);
	if (hub_record_from_json(&hub_slots_opened_schema, json, arena, &record, &err) == HUB_OK)
		err = (struct hub_error){ 0 };
	json_decref(json);
	hub_arena_free(arena);
	return err;
}

static void errors_name_path_expectation_and_near_name(void **state)
{
	(void)state;
	static const struct {
		const char *name, *value, *place, *text;
	} cases[] = {
		{ "capacity", "5", "", "" },
		{ "capacity", "\"5\"", "SlotsOpened.capacity",
		        "expected a whole number of 32 bits, found a string" },
		{ "capacity", "3000000000", "SlotsOpened.capacity",
		        "expected a whole number of 32 bits, found a number" },
		{ "capacity", NULL, "SlotsOpened.capacity", "missing; expected a whole number of 32 bits" },
		{ "capcity", "5", "SlotsOpened", "has no field \"capcity\"; did you mean \"capacity\"?" },
		{ "zzz", "5", "SlotsOpened", "has no field \"zzz\"" },
		{ "need", "\"OUTPATENT\"", "SlotsOpened.need",
		        "expected one of OUTPATIENT EXAM BED CONSULT; did you mean OUTPATIENT?" },
		{ "need", "null", "SlotsOpened.need", "expected one of its symbols, found null" },
		{ "starts_at", "\"yesterday\"", "SlotsOpened.starts_at",
		        "expected a time like \"2026-02-09T08:30:00+08:00\" or milliseconds since 1970" },
		{ "starts_at", "9223372036854775807", "SlotsOpened.starts_at",
		        "a time outside the years 1 to 9999" },
		{ "exam_item", "null", "", "" },
		{ "expert", "1", "SlotsOpened.expert", "expected true or false, found a number" },
		{ "specialty", "\"01234567890123456\"", "SlotsOpened.specialty", "17 bytes, limit 16" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hub_error err = error_with(cases[i].name, cases[i].value);
		assert_string_equal(err.place, cases[i].place);
		assert_string_equal(err.text, cases[i].text);
	}
}

static void the_path_leads_into_nested_records(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_referral_requested record;
	struct hub_error err;
	random_record(&(struct random_source){ 5 }, &hub_referral_requested_schema, arena, &record);
	json_t *json = hub_record_to_json(&hub_referral_requested_schema, &record, false);
	json_object_set_new(json, "medications",
	        json_loads("[{\"drug_code\":\"d\",\"name\":\"n\",\"days_left\":1},{}]", 0, NULL));
	assert_int_equal(hub_record_from_json(&hub_referral_requested_schema, json, arena, &record, &err),
	        HUB_E_INVALID);
	assert_string_equal(err.place, "ReferralRequested.medications[1].drug_code");
	json_decref(json);
	hub_arena_free(arena);
}

static void personal_fields_are_neither_printed_nor_shown(void **state)
{
	(void)state;
	struct hub_str criteria[] = { HUB_STR("c1"), HUB_STR("c 2") };
	struct hub_referral_requested record = {
		.head = { HUB_STR("e1"), 0, HUB_STR("330281"), HUB_STR("C"), HUB_STR("T-01") },
		.referral = { .referral_id = HUB_STR("T-01/7"),
		        .patient = { .patient_id = HUB_STR("secret"),
		                .birth_year = 1950,
		                .has_home_org_id = true,
		                .home_org_id = HUB_STR("T-01") },
		        .reason = HUB_STR("secret"),
		        .urgency = HUB_URGENCY_URGENT,
		        .has_earliest = true,
		        .earliest = 1500,
		        .criteria = { criteria, 2 } },
	};
	struct hub_buf line;
	hub_buf_init(&line, BUF_BYTES);
	hub_record_print(&hub_referral_requested_schema, &record, false, &line);
	hub_buf_byte(&line, 0);
	assert_string_equal(line.data,
	        "ReferralRequested referral_id=T-01/7 patient={home_org_id=T-01} direction=UNKNOWN "
	        "urgency=URGENT condition=UNKNOWN need=UNKNOWN earliest=1970-01-01T08:00:01.500+08:00 "
	        "out_of_county_authorised=false criteria=[c1 \"c 2\"]");
	hub_buf_done(&line);
	json_t *json = hub_record_to_json(&hub_referral_requested_schema, &record, true);
	char *text = json_dumps(json, 0);
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "1950"));
	free(text);
	json_decref(json);
}

static void base64_is_that_of_the_rfc(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" } };
	static const char *const wrong[] = { "Z", "Zg=", "Zg==Zg==", "Z===", "Zm9v\n", "Zm 9", "====", "=",
		"Zh==", "Zm9=" };
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_str bytes;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hub_buf text;
		hub_buf_init(&text, BUF_BYTES);
		hub_base64_put(hub_str_from(cases[i][0]), &text);
		assert_true(hub_str_is(hub_buf_slice(&text), cases[i][1]));
		hub_buf_done(&text);
		assert_true(hub_base64_parse(hub_str_from(cases[i][1]), arena, &bytes));
		assert_true(hub_str_is(bytes, cases[i][0]));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(hub_base64_parse(hub_str_from(wrong[i]), arena, &bytes));
	hub_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_survives_json),
		cmocka_unit_test(errors_name_path_expectation_and_near_name),
		cmocka_unit_test(the_path_leads_into_nested_records),
		cmocka_unit_test(personal_fields_are_neither_printed_nor_shown),
		cmocka_unit_test(base64_is_that_of_the_rfc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
