/* Golden values and properties of common/base. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/sorted.h"

#include <stdio.h>
#include <stdlib.h>

/* The values of Kafka's own UtilsTest.testMurmur2. */
static void test_murmur2_is_javas(void **state)
{
	(void)state;
	assert_int_equal((int32_t)hub_murmur2(HUB_STR("21")), -973932308);
	assert_int_equal((int32_t)hub_murmur2(HUB_STR("foobar")), -790332482);
	assert_int_equal((int32_t)hub_murmur2(HUB_STR("a-little-bit-long-string")), -985981536);
	assert_int_equal((int32_t)hub_murmur2(HUB_STR("a-little-bit-longer-string")), -1486304829);
	assert_int_equal((int32_t)hub_murmur2(HUB_STR("abc")), 479470107);
}

/* The Avro specification's own example: "int" as canonical form. */
static void test_crc64_avro(void **state)
{
	(void)state;
	assert_true(hub_crc64_avro(HUB_STR("\"int\"")) == UINT64_C(0x7275d51a3f395c8f));
}

static int64_t at(const char *text)
{
	int64_t ms = 0;
	assert_true(hub_time_parse(hub_str_from(text), &ms));
	return ms;
}

static void test_calendar(void **state)
{
	(void)state;
	char text[HUB_TIME_LEN + 1];
	assert_int_equal(at("1970-01-01T00:00Z"), 0);
	assert_int_equal(at("1970-01-01T08:00"), 0);
	assert_int_equal(at("2026-11-24T09:30:00.250+08:00") - at("2026-11-24T01:30Z"), 250);
	hub_time_format(at("2024-02-29T23:59:59"), text);
	assert_string_equal(text, "2024-02-29T23:59:59+08:00");
	assert_int_equal(hub_weekday(hub_day_of(at("2026-11-24T00:00"))), 2);
	assert_int_equal(hub_day_of(at("2026-11-23T23:59:59.999")) + 1, hub_day_of(at("2026-11-24T00:00")));
	for (int32_t day = -800000; day < 800000; day += 13) {
		int y, m, d;
		hub_day_to_ymd(day, &y, &m, &d);
		assert_int_equal(hub_day_from_ymd(y, m, d), day);
	}
	int32_t day;
	assert_false(hub_day_parse(HUB_STR("2026-02-29"), &day));
	assert_false(hub_day_parse(HUB_STR("2026-2-9"), &day));
	int64_t ms;
	assert_false(hub_time_parse(HUB_STR("2026-02-09T24:00"), &ms));
	assert_false(hub_time_parse(HUB_STR("2026-02-09T08:00+8"), &ms));
}

static void test_map_against_naive(void **state)
{
	(void)state;
	enum { KEYS = 500, STEPS = 20000 };
	static char names[KEYS][8];
	bool in[KEYS] = { false };
	size_t count = 0;
	struct hub_map *map = hub_map_new();
	srandom(7);
	for (int i = 0; i < KEYS; i++)
		(void)snprintf(names[i], sizeof(names[i]), "k%d", i);
	for (int step = 0; step < STEPS; step++) {
		int i = (int)(random() % KEYS);
		struct hub_str key = hub_str_from(names[i]);
		assert_ptr_equal(hub_map_get(map, key), in[i] ? names[i] : NULL);
		if (random() % 2) {
			hub_map_put(map, key, names[i]);
			count += !in[i];
			in[i] = true;
		} else {
			hub_map_remove(map, key);
			count -= in[i];
			in[i] = false;
		}
		assert_int_equal(hub_map_count(map), count);
	}
	hub_map_free(map);
}

static void test_sorted_order(void **state)
{
	(void)state;
	struct hub_sorted set;
	struct hub_sorted_node nodes[4] = { { .key = HUB_STR("b") }, { .key = HUB_STR("a") },
		{ .key = HUB_STR("ab") }, { .key = HUB_STR("") } };
	hub_sorted_init(&set);
	for (int i = 0; i < 4; i++)
		assert_null(hub_sorted_add(&set, &nodes[i]));
	assert_ptr_equal(hub_sorted_seek(&set, HUB_STR("")), &nodes[3]);
	assert_ptr_equal(hub_sorted_seek(&set, HUB_STR("aa")), &nodes[2]);
	assert_ptr_equal(hub_sorted_next(&nodes[2]), &nodes[0]);
	assert_null(hub_sorted_next(&nodes[0]));
	assert_null(hub_sorted_seek(&set, HUB_STR("c")));
}

static void test_ordered_numbers(void **state)
{
	(void)state;
	const int64_t values[] = { INT64_MIN, -2, -1, 0, 1, 255, 256, INT64_MAX };
	unsigned char former[HUB_ORDERED_I64_LEN], now[HUB_ORDERED_I64_LEN];
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		hub_ordered_i64(values[i], now);
		if (i)
			assert_true(memcmp(former, now, sizeof(now)) < 0);
		memcpy(former, now, sizeof(now));
	}
}

static void test_limits_are_sticky(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(100);
	assert_non_null(hub_arena_alloc(arena, 90));
	assert_null(hub_arena_alloc(arena, 90));
	assert_true(hub_arena_exhausted(arena));
	hub_arena_reset(arena);
	assert_false(hub_arena_exhausted(arena));
	hub_arena_free(arena);

	struct hub_buf buf;
	hub_buf_init(&buf, 4);
	hub_buf_text(&buf, "abc");
	hub_buf_text(&buf, "de");
	assert_true(hub_buf_failed(&buf));
	hub_buf_byte(&buf, 'f');
	assert_int_equal(buf.len, 3);
	hub_buf_done(&buf);
}

static void test_decimal_and_join(void **state)
{
	(void)state;
	const int64_t values[] = { 0, 7, -1, 10, INT64_MAX, INT64_MIN };
	struct hub_buf buf;
	hub_buf_init(&buf, 64);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char text[32];
		(void)snprintf(text, sizeof(text), "%lld", (long long)values[i]);
		hub_buf_reset(&buf);
		hub_buf_decimal(&buf, values[i]);
		assert_true(hub_str_is(hub_buf_slice(&buf), text));
	}
	hub_buf_done(&buf);
	struct hub_arena *arena = hub_arena_new(100);
	assert_true(hub_str_is(hub_arena_join(arena, HUB_STR("/hub/"), HUB_STR("x")), "/hub/x"));
	assert_true(hub_str_empty(hub_arena_join(arena, HUB_STR(""), HUB_STR(""))));
	hub_arena_free(arena);
}

static void test_error_wrap(void **state)
{
	(void)state;
	struct hub_error err;
	assert_int_equal(hub_error_set(&err, HUB_E_INVALID, "f:3", "no %s", "colon"), HUB_E_INVALID);
	assert_int_equal(hub_error_wrap(&err, "reading %s", "f"), HUB_E_INVALID);
	assert_string_equal(err.text, "reading f: no colon");
	assert_string_equal(err.place, "f:3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_murmur2_is_javas),
		cmocka_unit_test(test_crc64_avro),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_map_against_naive),
		cmocka_unit_test(test_sorted_order),
		cmocka_unit_test(test_ordered_numbers),
		cmocka_unit_test(test_limits_are_sticky),
		cmocka_unit_test(test_decimal_and_join),
		cmocka_unit_test(test_error_wrap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
