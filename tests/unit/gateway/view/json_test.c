/* What is written is what a JSON parser reads, whatever the text holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dashboard-gateway/hot/hot.h"
#include "dashboard-gateway/view/json.h"

#include <jansson.h>
#include <stdlib.h>

static void expect(struct hub_buf *out, const char *text)
{
	if (!hub_str_is(hub_buf_slice(out), text))
		fail_msg("%.*s instead of %s", HUB_STR_ARG(hub_buf_slice(out)), text);
	hub_buf_reset(out);
}

static void test_shapes(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 4096);
	struct gateway_json json = gateway_json(&out);
	struct hub_str words[] = { HUB_STR("a"), HUB_STR("") };
	struct hub_str_array array = { words, 2 };
	gateway_json_object(&json, NULL);
	gateway_json_array(&json, "none");
	gateway_json_end_array(&json);
	gateway_json_strs(&json, "words", &array);
	gateway_json_object(&json, "inner");
	gateway_json_int(&json, "least", INT64_MIN);
	gateway_json_bool(&json, "yes", true);
	gateway_json_end_object(&json);
	gateway_json_str(&json, "absent", HUB_STR(""));
	gateway_json_text(&json, "empty", HUB_STR(""));
	gateway_json_null(&json, "null");
	gateway_json_end_object(&json);
	expect(&out,
	        "{\"none\":[],\"words\":[\"a\",\"\"],\"inner\":{\"least\":-9223372036854775808,\"yes\":true},"
	        "\"absent\":null,\"empty\":\"\",\"null\":null}");
	hub_buf_done(&out);
}

static void test_times(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 4096);
	static const struct {
		int64_t at_ms;
		const char *text;
	} times[] = {
		{ GATEWAY_NO_TIME, "null" },
		{ 0, "\"1970-01-01T08:00:00+08:00\"" },
		{ 1795917900000, "\"2026-11-29T10:05:00+08:00\"" },
		{ 1795917900007, "\"2026-11-29T10:05:00.007+08:00\"" },
		{ -500, "\"1970-01-01T07:59:59.500+08:00\"" },
	};
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct gateway_json json = gateway_json(&out);
		gateway_json_time(&json, NULL, times[i].at_ms);
		expect(&out, times[i].text);
	}
	hub_buf_done(&out);
}

static void test_escapes(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 4096);
	static const struct {
		struct hub_str text;
		const char *json;
	} texts[] = {
		{ { "</script>", 9 }, "\"\\u003c/script>\"" },
		{ { "\"\\\b\f\n\r\t\x01\x7f", 9 }, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f\"" },
		{ { "\0a", 2 }, "\"\\u0000a\"" },
		{ { "清溪县", 9 }, "\"清溪县\"" },
		{ { "a\xff\xe6\xb8", 4 }, "\"a\\ufffd\\ufffd\\ufffd\"" },
		{ { "\xc0\xaf\xed\xa0\x80", 5 }, "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ { "\xf0\x9f\x98\x80", 4 }, "\"\xf0\x9f\x98\x80\"" },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct gateway_json json = gateway_json(&out);
		gateway_json_text(&json, NULL, texts[i].text);
		expect(&out, texts[i].json);
	}
	hub_buf_done(&out);
}

/* Random bytes: always JSON; and what was valid UTF-8 comes back as it was. */
static void test_any_bytes(void **state)
{
	(void)state;
	uint64_t chance = 1;
	for (int round = 0; round < 20000; round++) {
		char bytes[24];
		uint32_t len = 0;
		for (; len < (uint32_t)round % sizeof(bytes); len++) {
			chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
			bytes[len] = (char)(chance >> 56 & (round % 3 ? 0x7f : 0xff));
		}
		struct hub_buf out;
		hub_buf_init(&out, 4096);
		struct gateway_json json = gateway_json(&out);
		gateway_json_text(&json, NULL, (struct hub_str){ bytes, len });
		json_t *read = json_loadb(out.data, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(read);
		assert_null(memchr(out.data, '<', out.len));
		if (round % 3) {
			assert_int_equal(json_string_length(read), len);
			assert_memory_equal(json_string_value(read), bytes, len);
		}
		json_decref(read);
		hub_buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_any_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
