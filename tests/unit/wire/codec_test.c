/* The bounded codec: golden bytes, what hostile bytes get (traps.md 18), limits, memory, steering, framing.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "random_record.h"
#include "records/catalogue.h"
#include "records/partition_position.h"
#include "records/referral_accepted.h"
#include "records/referral_limits.h"
#include "records/referral_requested.h"
#include "records/slot_taken.h"
#include "records/village.h"
#include "wire/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_BYTES = 8 * 1024 * 1024, BUF_BYTES = 4 * 1024 * 1024 };

struct fixture {
	struct hub_arena *arena;
	struct hub_buf buf;
	struct hub_error err;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->arena = hub_arena_new(ARENA_BYTES);
	hub_buf_init(&f->buf, BUF_BYTES);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	hub_arena_free(f->arena);
	hub_buf_done(&f->buf);
	free(f);
	return 0;
}

static void fingerprint_of_int_is_the_specifications(void **state)
{
	(void)state;
	uint64_t fingerprint = hub_crc64_avro(HUB_STR("\"int\""));
	static const unsigned char golden[] = { 0x8f, 0x5c, 0x39, 0x3f, 0x1a, 0xd5, 0x75, 0x72 };
	for (int i = 0; i < 8; i++)
		assert_int_equal((fingerprint >> (8 * i)) & 0xff, golden[i]);
}

static const unsigned char accepted_bytes[] = { 0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 4, 'e', '1', 0xd0, 0x0f,
	12, '3', '3', '0', '2', '8', '1', 4, 'C', '1', 4, 'H', '1', 4, 'r', '1', 4, 'H', '1' };

static void a_record_is_framed_as_the_specification_says(void **state)
{
	struct fixture *f = *state;
	struct hub_referral_accepted accepted = {
		.head = { HUB_STR("e1"), 1000, HUB_STR("330281"), HUB_STR("C1"), HUB_STR("H1") },
		.referral_id = HUB_STR("r1"),
		.org_id = HUB_STR("H1"),
	};
	assert_int_equal(
	        hub_frame_encode(&hub_referral_accepted_schema, &accepted, &f->buf, &f->err), HUB_OK);
	unsigned char golden[sizeof(accepted_bytes)];
	memcpy(golden, accepted_bytes, sizeof(golden));
	for (int i = 0; i < 8; i++)
		golden[2 + i] = (unsigned char)(hub_referral_accepted_schema.fingerprint >> (8 * i));
	assert_int_equal(f->buf.len, sizeof(golden));
	assert_memory_equal(f->buf.data, golden, sizeof(golden));

	const struct hub_schema *schema;
	void *record;
	assert_int_equal(hub_frame_decode(&hub_referral_event_schemas, hub_buf_slice(&f->buf), f->arena,
	                         &schema, &record, &f->err),
	        HUB_OK);
	assert_ptr_equal(schema, &hub_referral_accepted_schema);
	assert_true(hub_record_equal(schema, record, &accepted));
}

/* Decodes the body of a SlotTaken; all its fields are strings but occurred_at. */
static int decode_taken(struct fixture *f, const char *bytes, uint32_t len)
{
	struct hub_slot_taken taken;
	hub_arena_reset(f->arena);
	return hub_record_decode(
	        &hub_slot_taken_schema, (struct hub_str){ bytes, len }, f->arena, &taken, &f->err);
}

#define REFUSED(f, bytes, where)                                                                             \
	do {                                                                                                 \
		assert_int_equal(decode_taken(f, bytes, sizeof(bytes) - 1), HUB_E_INVALID);                  \
		assert_string_equal((f)->err.place, where);                                                  \
		assert_true(hub_arena_used((f)->arena) == 0);                                                \
	} while (0)

static void hostile_bytes_are_an_error_that_names_the_field(void **state)
{
	struct fixture *f = *state;
	REFUSED(f, "", "SlotTaken.event_id");
	REFUSED(f, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "SlotTaken.event_id"); /* more than 64 bits */
	REFUSED(f, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "SlotTaken.event_id"); /* length INT64_MIN */
	REFUSED(f, "\x01", "SlotTaken.event_id");                                     /* length -1 */
	REFUSED(f, "\x80\x80\xa0\x06", "SlotTaken.event_id");                         /* claims megabytes */
	REFUSED(f,
	        "\x06"
	        "ab",
	        "SlotTaken.event_id");                            /* claims one more than there is */
	REFUSED(f, "\x04\xc3\x28", "SlotTaken.event_id");         /* not UTF-8 */
	REFUSED(f, "\x06\xed\xa0\x80", "SlotTaken.event_id");     /* a surrogate */
	REFUSED(f, "\x04\xc0\x80", "SlotTaken.event_id");         /* overlong */
	REFUSED(f, "\x08\xf4\x90\x80\x80", "SlotTaken.event_id"); /* beyond U+10FFFF */
	REFUSED(f,
	        "\x02"
	        "e"
	        "\x00"
	        "\x02"
	        "c"
	        "\x02"
	        "k"
	        "\x02"
	        "s"
	        "\x02"
	        "o"
	        "\x02"
	        "i"
	        "\x02",
	        "SlotTaken.booking_id");
	REFUSED(f,
	        "\x02"
	        "e"
	        "\x00"
	        "\x02"
	        "c"
	        "\x02"
	        "k"
	        "\x02"
	        "s"
	        "\x02"
	        "o"
	        "\x02"
	        "i"
	        "\x02"
	        "bx",
	        "SlotTaken");
}

static int decode_position(struct fixture *f, const char *bytes, uint32_t len)
{
	struct hub_partition_position position;
	hub_arena_reset(f->arena);
	return hub_record_decode(
	        &hub_partition_position_schema, (struct hub_str){ bytes, len }, f->arena, &position, &f->err);
}

#define POSITION(f, bytes) decode_position(f, bytes, sizeof(bytes) - 1)

static void counts_and_blocks_are_bounded(void **state)
{
	struct fixture *f = *state;
	/* One item in a block without, and in one with its size in bytes: both are Avro. */
	assert_int_equal(POSITION(f, "\x02\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_OK);
	assert_int_equal(POSITION(f, "\x01\x06\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_OK);
	/* Two blocks. */
	assert_int_equal(POSITION(f, "\x02\x02t\x0e\x02\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_OK);
	/* A size that is wrong, negative, beyond the bytes. */
	assert_int_equal(POSITION(f, "\x01\x08\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_E_INVALID);
	assert_int_equal(POSITION(f, "\x01\x05\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_E_INVALID);
	assert_int_equal(POSITION(f, "\x01\x80\x02\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_E_INVALID);
	/* Counts: beyond the limit of 16, beyond the bytes, INT64_MIN, and limit + 1 in two blocks. */
	assert_int_equal(POSITION(f, "\x22\x02t\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_E_INVALID);
	assert_string_equal(f->err.place, "PartitionPosition.inputs");
	assert_string_equal(f->err.text, "items: 17, limit 16");
	assert_int_equal(POSITION(f, "\x20\x02t\x0e"), HUB_E_INVALID);
	assert_true(hub_arena_used(f->arena) == 0);
	assert_int_equal(POSITION(f, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00"), HUB_E_INVALID);
	assert_int_equal(
	        POSITION(f, "\x02\x02t\x0e\x20\x02t\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
	        HUB_E_INVALID);
	/* The path leads into the array. */
	assert_int_equal(POSITION(f, "\x04\x02t\x0e\x02\xff\x0e\x00"
	                             "\x00\x00\x00\x00"),
	        HUB_E_INVALID);
	assert_string_equal(f->err.place, "PartitionPosition.inputs[1].topic");
}

static void numbers_enums_booleans_and_branches_are_in_range(void **state)
{
	struct fixture *f = *state;
	struct hub_village village;
	const struct hub_schema *schema = &hub_village_schema;
	random_record(&(struct random_source){ 1 }, schema, f->arena, &village);
	village.has_clinic_org_id = false;
	village.kind = (enum hub_village_kind)7;
	assert_int_equal(hub_record_encode(schema, &village, &f->buf, &f->err), HUB_E_INVALID);
	assert_string_equal(f->err.place, "Village.kind");
	assert_int_equal(f->buf.len, 0);
	village.kind = HUB_VILLAGE_KIND_RESETTLEMENT_SITE;
	assert_int_equal(hub_record_encode(schema, &village, &f->buf, &f->err), HUB_OK);
	/* The last byte is the branch of clinic_org_id; before it two enums of one byte. */
	char *last = f->buf.data + f->buf.len - 1;
	*last = 4;
	assert_int_equal(hub_record_decode(schema, hub_buf_slice(&f->buf), f->arena, &village, &f->err),
	        HUB_E_INVALID);
	assert_string_equal(f->err.place, "Village.clinic_org_id");
	*last = 0;
	last[-1] = 8;
	assert_int_equal(hub_record_decode(schema, hub_buf_slice(&f->buf), f->arena, &village, &f->err),
	        HUB_E_INVALID);
	assert_string_equal(f->err.place, "Village.service_need");
	/* clock_ms, the third, is a time: one beyond 9999, one before year 1. */
	assert_int_equal(
	        POSITION(f, "\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00"), HUB_E_INVALID);
	assert_string_equal(f->err.place, "PartitionPosition.clock_ms");
	assert_int_equal(
	        POSITION(f, "\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00"), HUB_E_INVALID);
	/* state_version, the last of a position, is an int. */
	assert_int_equal(POSITION(f, "\x00\x00\x00\x00\xfe\xff\xff\xff\x0f"), HUB_OK);
	assert_int_equal(POSITION(f, "\x00\x00\x00\x00\x80\x80\x80\x80\x10"), HUB_E_INVALID);
}

static void what_is_too_long_is_neither_written_nor_read(void **state)
{
	struct fixture *f = *state;
	static char text[200];
	memset(text, 'x', sizeof(text));
	struct hub_slot_taken taken = { .session_id = { text, 129 } };
	assert_int_equal(hub_record_encode(&hub_slot_taken_schema, &taken, &f->buf, &f->err), HUB_E_INVALID);
	assert_string_equal(f->err.place, "SlotTaken.session_id");
	assert_string_equal(f->err.text, "string of bytes: 129, limit 128");
	taken.session_id.len = 128;
	assert_int_equal(hub_record_encode(&hub_slot_taken_schema, &taken, &f->buf, &f->err), HUB_OK);
	struct hub_buf small;
	hub_buf_init(&small, 100);
	assert_int_equal(hub_record_encode(&hub_slot_taken_schema, &taken, &small, &f->err), HUB_E_TOO_LARGE);
	assert_int_equal(small.len, 0);
	hub_buf_done(&small);
}

/* Valid records with bytes changed, cut off or put in: an error or a record, never more memory than allowed.
 * The sanitizer builds see the rest. */
static void mutated_records_never_harm(void **state)
{
	enum { ROUNDS = 400, MEMORY = 256 * 1024 };
	struct fixture *f = *state;
	struct hub_arena *small = hub_arena_new(MEMORY);
	struct random_source source = { 7 };
	for (uint32_t i = 0; i < hub_all_schemas.count * ROUNDS; i++) {
		const struct hub_schema *schema = hub_all_schemas.schemas[i % hub_all_schemas.count];
		hub_arena_reset(f->arena);
		hub_arena_reset(small);
		hub_buf_reset(&f->buf);
		void *record = hub_arena_alloc(f->arena, schema->size);
		random_record(&source, schema, f->arena, record);
		assert_int_equal(hub_frame_encode(schema, record, &f->buf, &f->err), HUB_OK);
		for (uint32_t n = random_below(&source, 4) + 1; n > 0; n--)
			f->buf.data[random_below(&source, (uint32_t)f->buf.len)] = (char)random_next(&source);
		f->buf.len -= random_below(&source, 3) == 0 ? random_below(&source, (uint32_t)f->buf.len) : 0;
		const struct hub_schema *found;
		void *back;
		int rc = hub_frame_decode(
		        &hub_all_schemas, hub_buf_slice(&f->buf), small, &found, &back, &f->err);
		assert_true(rc == HUB_OK || rc == HUB_E_INVALID || rc == HUB_E_NOT_FOUND);
		assert_true(hub_arena_used(small) <= MEMORY);
	}
	hub_arena_free(small);
}

static void unknown_frames_are_told_apart(void **state)
{
	struct fixture *f = *state;
	const struct hub_schema *schema;
	void *record;
	assert_int_equal(hub_frame_decode(&hub_all_schemas, HUB_STR("{\"a\":1}   "), f->arena, &schema,
	                         &record, &f->err),
	        HUB_E_INVALID);
	assert_int_equal(hub_frame_decode(&hub_all_schemas,
	                         HUB_STR("\xc3\x01"
	                                 "1234567"),
	                         f->arena, &schema, &record, &f->err),
	        HUB_E_INVALID);
	assert_int_equal(hub_frame_decode(&hub_all_schemas,
	                         HUB_STR("\xc3\x01"
	                                 "12345678"),
	                         f->arena, &schema, &record, &f->err),
	        HUB_E_NOT_FOUND);
}

static void steering_fields_must_be_known(void **state)
{
	struct fixture *f = *state;
	struct hub_referral_requested requested = { .referral = { .direction = HUB_DIRECTION_UP,
		                                            .urgency = HUB_URGENCY_ROUTINE,
		                                            .condition = HUB_CONDITION_NONE,
		                                            .need = HUB_NEED_EXAM } };
	const struct hub_schema *schema = &hub_referral_requested_schema;
	assert_int_equal(hub_record_check_steering(schema, &requested, &f->err), HUB_OK);
	requested.referral.has_bed_kind = true;
	assert_int_equal(hub_record_check_steering(schema, &requested, &f->err), HUB_E_INVALID);
	assert_string_equal(f->err.place, "ReferralRequested.bed_kind");
}

static void defaults_are_those_of_the_schema(void **state)
{
	(void)state;
	const struct hub_referral_limits *limits = hub_referral_limits_schema.defaults;
	assert_int_equal(limits->answer_emergency_minutes, 10);
	assert_int_equal(limits->answer_routine_working_hours, 24);
	assert_true(limits->reserved_share_expert > 0.49 && limits->reserved_share_expert < 0.51);
	const struct hub_referral_requested *requested = hub_referral_requested_schema.defaults;
	assert_int_equal(requested->referral.condition, HUB_CONDITION_NONE);
}

static void registry_keys_are_natural_ids(void **state)
{
	struct fixture *f = *state;
	struct hub_village village = { .head.valid_from = HUB_STR("2026-01-01"),
		.village_id = HUB_STR("330281001200") };
	assert_int_equal(hub_registry_key(&hub_village_schema, &village, &f->buf, &f->err), HUB_OK);
	assert_true(hub_str_is(hub_buf_slice(&f->buf), "Village:330281001200:2026-01-01"));
	assert_int_equal(hub_registry_key(&hub_slot_taken_schema, NULL, &f->buf, &f->err), HUB_E_INVALID);
	assert_string_equal(hub_topic_of(&hub_slot_taken_schema)->name, "referral.events");
	assert_null(hub_topic_by_name(HUB_STR("nowhere")));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fingerprint_of_int_is_the_specifications),
		WITH_FIXTURE(a_record_is_framed_as_the_specification_says),
		WITH_FIXTURE(hostile_bytes_are_an_error_that_names_the_field),
		WITH_FIXTURE(counts_and_blocks_are_bounded),
		WITH_FIXTURE(numbers_enums_booleans_and_branches_are_in_range),
		WITH_FIXTURE(what_is_too_long_is_neither_written_nor_read),
		WITH_FIXTURE(mutated_records_never_harm),
		WITH_FIXTURE(unknown_frames_are_told_apart),
		WITH_FIXTURE(steering_fields_must_be_known),
		cmocka_unit_test(defaults_are_those_of_the_schema),
		WITH_FIXTURE(registry_keys_are_natural_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
