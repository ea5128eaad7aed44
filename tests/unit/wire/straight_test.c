/* The straight code of each record against the interpreter of its table: the same bytes for the same value, the same
 * verdict and the same value for the same bytes, whole or damaged. */
#include "base/buf.h"
#include "random_record.h"
#include "records/catalogue.h"
#include "wire/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VALUES = 2000, DAMAGES = 8, BUF_BYTES = 8 << 20, ARENA_BYTES = 64 << 20 };

struct pair {
	const struct hub_schema *straight;
	struct hub_schema table; /* the same without straight code */
	struct hub_arena *arena;
	struct hub_buf bytes, other;
	struct random_source source;
};

static void compare_encoders(struct pair *pair, const void *record)
{
	hub_buf_reset(&pair->bytes);
	hub_buf_reset(&pair->other);
	assert_int_equal(hub_record_encode(pair->straight, record, &pair->bytes, NULL), HUB_OK);
	assert_int_equal(hub_record_encode(&pair->table, record, &pair->other, NULL), HUB_OK);
	assert_int_equal(pair->bytes.len, pair->other.len);
	assert_memory_equal(pair->bytes.data, pair->other.data, pair->bytes.len);
}

static void compare_decoders(struct pair *pair, struct hub_str bytes)
{
	void *one = hub_arena_alloc(pair->arena, pair->straight->size);
	void *other = hub_arena_alloc(pair->arena, pair->straight->size);
	int code = hub_record_decode(pair->straight, bytes, pair->arena, one, NULL);
	assert_int_equal(code, hub_record_decode(&pair->table, bytes, pair->arena, other, NULL));
	if (code == HUB_OK)
		assert_true(hub_record_equal(pair->straight, one, other));
}

/* In memory of exactly its length, so that a sanitizer sees a byte too many. */
static void compare_damaged(struct pair *pair)
{
	size_t len = pair->bytes.len ? random_below(&pair->source, (uint32_t)pair->bytes.len + 1) : 0;
	if (random_below(&pair->source, 2) == 0)
		len = pair->bytes.len;
	char *bytes = malloc(len + 1);
	assert_non_null(bytes);
	memcpy(bytes, pair->bytes.data, len);
	for (uint32_t n = random_below(&pair->source, 3); len > 0 && n > 0; n--)
		bytes[random_below(&pair->source, (uint32_t)len)] = (char)random_next(&pair->source);
	char *exact = malloc(len ? len : 1);
	assert_non_null(exact);
	memcpy(exact, bytes, len);
	compare_decoders(pair, (struct hub_str){ exact, (uint32_t)len });
	free(exact);
	free(bytes);
}

static void straight_code_agrees_with_the_table(void **state)
{
	(void)state;
	struct pair pair = { .arena = hub_arena_new(ARENA_BYTES) };
	hub_buf_init(&pair.bytes, BUF_BYTES);
	hub_buf_init(&pair.other, BUF_BYTES);
	uint32_t with = 0;
	for (uint32_t i = 0; i < hub_all_schemas.count; i++) {
		pair.straight = hub_all_schemas.schemas[i];
		pair.table = *pair.straight;
		pair.table.get = NULL;
		pair.table.put = NULL;
		pair.source.state = pair.straight->fingerprint;
		with += pair.straight->get && pair.straight->put;
		for (int n = 0; n < VALUES; n++) {
			hub_arena_reset(pair.arena);
			void *record = hub_arena_alloc(pair.arena, pair.straight->size);
			random_record(&pair.source, pair.straight, pair.arena, record);
			compare_encoders(&pair, record);
			for (int d = 0; d < DAMAGES; d++)
				compare_damaged(&pair);
		}
	}
	assert_true(with > hub_all_schemas.count / 2);
	hub_buf_done(&pair.bytes);
	hub_buf_done(&pair.other);
	hub_arena_free(pair.arena);
}

/* A buffer's limit is kept to the byte, whoever writes. */
static void a_limit_is_exact(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct random_source source = { 7 };
	const struct hub_schema *schema = hub_referral_event_schemas.schemas[0];
	void *record = hub_arena_alloc(arena, schema->size);
	struct hub_buf whole, exact, less;
	random_record(&source, schema, arena, record);
	hub_buf_init(&whole, BUF_BYTES);
	assert_int_equal(hub_record_encode(schema, record, &whole, NULL), HUB_OK);
	hub_buf_init(&exact, whole.len);
	hub_buf_init(&less, whole.len - 1);
	for (int n = 0; n < 2; n++) { /* growing, and grown */
		hub_buf_reset(&exact);
		hub_buf_reset(&less);
		assert_int_equal(hub_record_encode(schema, record, &exact, NULL), HUB_OK);
		assert_int_equal(hub_record_encode(schema, record, &less, NULL), HUB_E_TOO_LARGE);
	}
	hub_buf_done(&whole);
	hub_buf_done(&exact);
	hub_buf_done(&less);
	hub_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(straight_code_agrees_with_the_table),
		cmocka_unit_test(a_limit_is_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
