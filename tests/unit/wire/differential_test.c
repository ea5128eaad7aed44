/* Our codec against Avro C, which is the oracle: for every record type, random values, both directions, byte
 * for byte. HUB_RANDOM_VALUES: how many values a record (default 10,000). */
#include "base/buf.h"
#include "random_record.h"
#include "records/catalogue.h"
#include "wire/member.h"
#include "wire/record.h"

#include <avro.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VALUES = 10000, BUF_BYTES = 8 * 1024 * 1024, ARENA_BYTES = 64 * 1024 * 1024 };

static void set_record(avro_value_t *value, const struct hub_schema *schema, const void *record);

static void set_value(avro_value_t *value, const struct hub_field *field, enum hub_type type, const void *at)
{
	struct hub_str text;
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		assert_int_equal(avro_value_set_boolean(value, *(const bool *)at), 0);
		break;
	case HUB_TYPE_INT:
		assert_int_equal(avro_value_set_int(value, *(const int32_t *)at), 0);
		break;
	case HUB_TYPE_LONG:
		assert_int_equal(avro_value_set_long(value, *(const int64_t *)at), 0);
		break;
	case HUB_TYPE_DOUBLE:
		assert_int_equal(avro_value_set_double(value, *(const double *)at), 0);
		break;
	case HUB_TYPE_STRING:
		/* Avro C counts the NUL. */
		text = hub_member_str(at);
		assert_int_equal(
		        avro_value_set_string_len(value, (char *)(uintptr_t)text.data, text.len + 1), 0);
		break;
	case HUB_TYPE_BYTES:
		text = hub_member_str(at);
		assert_int_equal(avro_value_set_bytes(value, (char *)(uintptr_t)text.data, text.len), 0);
		break;
	case HUB_TYPE_ENUM:
		assert_int_equal(avro_value_set_enum(value, (int)hub_member_enum(at)), 0);
		break;
	case HUB_TYPE_RECORD:
		set_record(value, field->schema, at);
		break;
	case HUB_TYPE_ARRAY:
		fail();
	}
}

static void set_record(avro_value_t *value, const struct hub_schema *schema, const void *record)
{
	for (uint32_t i = 0; i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		const void *at = hub_member_at(field, record);
		avro_value_t member;
		avro_value_t inner;
		assert_int_equal(avro_value_get_by_index(value, i, &member, NULL), 0);
		inner = member;
		if (field->nullable) {
			bool has = hub_member_present(field, record);
			assert_int_equal(avro_value_set_branch(&member, has, &inner), 0);
			if (!has)
				continue;
		}
		if (field->type != HUB_TYPE_ARRAY) {
			set_value(&inner, field, field->type, at);
			continue;
		}
		struct hub_any_array array = hub_member_array(at);
		for (uint32_t j = 0; j < array.count; j++) {
			avro_value_t item;
			assert_int_equal(avro_value_append(&inner, &item, NULL), 0);
			set_value(&item, field, field->item_type, hub_array_item(field, array, j));
		}
	}
}

struct oracle {
	avro_schema_t schema;
	avro_value_iface_t *iface;
	avro_value_t value;
	avro_value_t again;
};

static void oracle_init(struct oracle *oracle, const struct hub_schema *schema)
{
	assert_int_equal(
	        avro_schema_from_json_length(schema->json, strlen(schema->json), &oracle->schema), 0);
	oracle->iface = avro_generic_class_from_schema(oracle->schema);
	assert_non_null(oracle->iface);
	assert_int_equal(avro_generic_value_new(oracle->iface, &oracle->value), 0);
	assert_int_equal(avro_generic_value_new(oracle->iface, &oracle->again), 0);
}

static void oracle_done(struct oracle *oracle)
{
	avro_value_decref(&oracle->value);
	avro_value_decref(&oracle->again);
	avro_value_iface_decref(oracle->iface);
	avro_schema_decref(oracle->schema);
}

static void compare_one(struct oracle *oracle, const struct hub_schema *schema, const void *record,
        struct hub_arena *arena, struct hub_buf *ours, char *theirs)
{
	struct hub_error err;
	hub_buf_reset(ours);
	assert_int_equal(hub_record_encode(schema, record, ours, &err), HUB_OK);

	avro_value_reset(&oracle->value);
	set_record(&oracle->value, schema, record);
	avro_writer_t writer = avro_writer_memory(theirs, BUF_BYTES);
	assert_int_equal(avro_value_write(writer, &oracle->value), 0);
	assert_int_equal(avro_writer_tell(writer), (int64_t)ours->len);
	avro_writer_free(writer);
	if (ours->len)
		assert_memory_equal(ours->data, theirs, ours->len);

	void *back = hub_arena_alloc(arena, schema->size);
	assert_int_equal(
	        hub_record_decode(schema, (struct hub_str){ theirs, (uint32_t)ours->len }, arena, back, &err),
	        HUB_OK);
	assert_true(hub_record_equal(schema, record, back));

	avro_reader_t reader = avro_reader_memory(ours->data, (int64_t)ours->len);
	avro_value_reset(&oracle->again);
	assert_int_equal(avro_value_read(reader, &oracle->again), 0);
	avro_reader_free(reader);
	assert_true(avro_value_equal_fast(&oracle->value, &oracle->again));
}

static void every_record_agrees_with_avro_c(void **state)
{
	(void)state;
	const char *asked = getenv("HUB_RANDOM_VALUES");
	long values = asked ? strtol(asked, NULL, 10) : VALUES;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_buf ours;
	hub_buf_init(&ours, BUF_BYTES);
	char *theirs = malloc(BUF_BYTES);
	assert_non_null(theirs);
	for (uint32_t i = 0; i < hub_all_schemas.count; i++) {
		const struct hub_schema *schema = hub_all_schemas.schemas[i];
		struct random_source source = { schema->fingerprint };
		struct oracle oracle;
		oracle_init(&oracle, schema);
		for (long n = 0; n < values; n++) {
			hub_arena_reset(arena);
			void *record = hub_arena_alloc(arena, schema->size);
			random_record(&source, schema, arena, record);
			compare_one(&oracle, schema, record, arena, &ours, theirs);
		}
		oracle_done(&oracle);
	}
	free(theirs);
	hub_buf_done(&ours);
	hub_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_agrees_with_avro_c),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
