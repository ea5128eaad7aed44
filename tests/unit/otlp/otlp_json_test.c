/* Spans as OTLP/HTTP's JSON; that foreign programs read it as meant is tests/integration/test_spans.py's matter. */
#include "otlp/otlp_json.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct hub_otlp_resource resource = { "referral-router", "1.0", "a\"b" };

static json_t *made(const struct hub_span *spans, uint32_t count)
{
	struct hub_buf out;
	json_error_t error;
	hub_buf_init(&out, 1 << 20);
	hub_otlp_json(&resource, spans, count, &out);
	assert_false(hub_buf_failed(&out));
	json_t *json = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s at %d: %.*s", error.text, error.position, (int)out.len, out.data);
	hub_buf_done(&out);
	return json;
}

static const char *text_at(json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));
	return text ? text : "(none)";
}

static json_t *first(json_t *json, const char *key)
{
	return json_array_get(json_object_get(json, key), 0);
}

static struct hub_span whole(void)
{
	struct hub_span span = {
		.trace = { { 1, 2, 3, [15] = 0xff }, { 0xab, [7] = 4 }, 1 },
		.has_parent = true,
		.parent_id = { 9, [7] = 8 },
		.kind = HUB_SPAN_CONSUMER,
		.failed = true,
		.began_us = 1770597000123456,
		.ended_us = 1770597000999999,
	};
	hub_span_name(&span, "process", "referral.events");
	hub_span_text(&span, "messaging.system", "kafka");
	hub_span_text(&span, "left.out", NULL);
	hub_span_int(&span, "messaging.kafka.offset", 9007199254740993);
	hub_span_digits(&span, "messaging.destination.partition.id", 7);
	return span;
}

static void a_span_is_whole(void **state)
{
	(void)state;
	const struct hub_span span = whole();
	json_t *json = made(&span, 1), *scope = first(first(json, "resourceSpans"), "scopeSpans");
	json_t *seen = first(scope, "spans"), *attributes = json_object_get(seen, "attributes");
	assert_string_equal(text_at(seen, "traceId"), "010203000000000000000000000000ff");
	assert_string_equal(text_at(seen, "spanId"), "ab00000000000004");
	assert_string_equal(text_at(seen, "parentSpanId"), "0900000000000008");
	assert_string_equal(text_at(seen, "name"), "process referral.events");
	assert_int_equal(json_integer_value(json_object_get(seen, "kind")), 5);
	assert_int_equal(json_integer_value(json_object_get(seen, "flags")), 1);
	assert_string_equal(text_at(seen, "startTimeUnixNano"), "1770597000123456000");
	assert_string_equal(text_at(seen, "endTimeUnixNano"), "1770597000999999000");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(seen, "status"), "code")), 2);
	assert_int_equal(json_array_size(attributes), 3);
	json_t *offset = json_object_get(json_array_get(attributes, 1), "value");
	assert_string_equal(
	        text_at(offset, "intValue"), "9007199254740993"); /* a JSON number would lose it */
	assert_string_equal(
	        text_at(json_object_get(json_array_get(attributes, 2), "value"), "stringValue"), "7");
	json_decref(json);
}

static void who_made_them_is_told_once(void **state)
{
	(void)state;
	struct hub_span spans[] = { whole(), whole() };
	spans[1].has_parent = spans[1].failed = false;
	json_t *json = made(spans, 2), *group = first(json, "resourceSpans");
	json_t *about = json_object_get(json_object_get(group, "resource"), "attributes");
	assert_int_equal(json_array_size(json_object_get(json, "resourceSpans")), 1);
	assert_int_equal(json_array_size(about), 3);
	assert_string_equal(text_at(json_array_get(about, 0), "key"), "service.name");
	assert_string_equal(
	        text_at(json_object_get(json_array_get(about, 2), "value"), "stringValue"), "a\"b");
	json_t *list = json_object_get(first(group, "scopeSpans"), "spans");
	assert_int_equal(json_array_size(list), 2);
	assert_null(json_object_get(json_array_get(list, 1), "parentSpanId"));
	assert_int_equal(json_object_size(json_object_get(json_array_get(list, 1), "status")), 0);
	json_decref(json);
	json_decref(made(NULL, 0));
}

static void a_name_that_is_too_long_is_cut(void **state)
{
	(void)state;
	struct hub_span span = { 0 };
	char text[400];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	hub_span_name(&span, "process", text);
	assert_int_equal(strlen(span.name), HUB_SPAN_NAME - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_span_is_whole),
		cmocka_unit_test(who_made_them_is_told_once),
		cmocka_unit_test(a_name_that_is_too_long_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
