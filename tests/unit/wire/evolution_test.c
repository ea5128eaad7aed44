/* Earlier versions of a record (evolution/history) decode into today's struct: by name, with defaults, what
 * is gone is read and forgotten. */
#include "records/catalogue.h"
#include "records/sample.h"
#include "wire/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024 };

/* A body that version number (from 1) of Sample wrote, in a frame. */
static int decode(uint32_t number, struct hub_str body, struct hub_arena *arena, struct hub_sample **ret,
        struct hub_error *err)
{
	struct hub_buf frame;
	const struct hub_schema old = { .fingerprint = hub_sample_schema.versions[number - 1].fingerprint };
	const struct hub_schema *schema;
	void *record;
	hub_buf_init(&frame, ARENA_BYTES);
	hub_frame_put(&old, &frame);
	hub_buf_str(&frame, body);
	struct hub_str bytes = hub_arena_copy(arena, hub_buf_slice(&frame));
	hub_buf_done(&frame);
	int rc = hub_frame_decode(&hub_all_schemas, bytes, arena, &schema, &record, err);
	if (!rc) {
		assert_ptr_equal(schema, &hub_sample_schema);
		*ret = record;
	}
	return rc;
}

/* id "a", size 3, lost {RED, [1, 2]}, RED, part {age 5, name "p"}, parts [{1, "x"}, {2, "yy"}], spare {0,
 * "s"}. */
#define VERSION_1                                                                                            \
	"\x02"                                                                                               \
	"a"                                                                                                  \
	"\x06"                                                                                               \
	"\x02\x02\x04\x02\x04\x00"                                                                           \
	"\x02"                                                                                               \
	"\x0a\x02p"                                                                                          \
	"\x04\x02\x02x\x04\x04yy\x00"                                                                        \
	"\x02\x00\x02s"

static void version_1_decodes(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_sample *sample = NULL;
	struct hub_error err;
	assert_int_equal(decode(1, HUB_STR(VERSION_1), arena, &sample, &err), HUB_OK);
	assert_true(hub_str_is(sample->id, "a"));
	assert_int_equal(sample->size, 3);
	assert_int_equal(sample->colour, HUB_COLOUR_RED);
	assert_true(hub_str_is(sample->part.name, "p"));
	assert_int_equal(sample->part.weight, 7);
	assert_int_equal(sample->parts.count, 2);
	assert_true(hub_str_is(sample->parts.items[1].name, "yy"));
	assert_int_equal(sample->parts.items[1].weight, 7);
	assert_true(sample->has_spare && hub_str_is(sample->spare.name, "s") && sample->spare.weight == 7);
	assert_true(hub_str_is(sample->label, "none"));
	assert_false(sample->has_note);
	hub_arena_free(arena);
}

static void version_2_decodes(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_sample *sample = NULL;
	struct hub_error err;
	assert_int_equal(decode(2,
	                         HUB_STR("\x02"
	                                 "b"
	                                 "\x08"
	                                 "\x04"
	                                 "\x02p"
	                                 "\x04zz"),
	                         arena, &sample, &err),
	        HUB_OK);
	assert_int_equal(sample->size, 4);
	assert_int_equal(sample->colour, HUB_COLOUR_GREEN);
	assert_int_equal(sample->part.weight, 7);
	assert_int_equal(sample->parts.count, 0);
	assert_false(sample->has_spare);
	assert_true(hub_str_is(sample->label, "zz"));
	hub_arena_free(arena);
}

static void earlier_versions_are_held_to_their_own_rules(void **state)
{
	(void)state;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_sample *sample = NULL;
	struct hub_error err;
	/* GREEN came with version 2. */
	assert_int_equal(decode(1,
	                         HUB_STR("\x02"
	                                 "a"
	                                 "\x06"
	                                 "\x00"
	                                 "\x04"),
	                         arena, &sample, &err),
	        HUB_E_INVALID);
	assert_string_equal(err.place, "Sample.colour");
	/* What is forgotten is still checked, and takes no memory. */
	assert_int_equal(decode(1,
	                         HUB_STR("\x02"
	                                 "a"
	                                 "\x06"
	                                 "\x02\x02\x80\x01\x00"),
	                         arena, &sample, &err),
	        HUB_E_INVALID);
	assert_string_equal(err.place, "Sample.lost.numbers");
	for (uint32_t len = 0; len + 1 < sizeof(VERSION_1); len++)
		assert_int_equal(
		        decode(1, (struct hub_str){ VERSION_1, len }, arena, &sample, &err), HUB_E_INVALID);
	hub_arena_free(arena);
}

/* As fastavro, an implementation of its own, computes them: the canonical form drops docs, defaults and our
 * attributes, and names a type in full where it is used again. */
static void fingerprints_are_those_of_another_implementation(void **state)
{
	(void)state;
	assert_true(hub_sample_schema.fingerprint == UINT64_C(0x2155ac0051de4cc4));
	assert_true(hub_sample_schema.versions[0].fingerprint == UINT64_C(0x31bbe03f282a3bed));
	assert_true(hub_sample_schema.versions[1].fingerprint == UINT64_C(0x5c76bf037700e74c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fingerprints_are_those_of_another_implementation),
		cmocka_unit_test(version_1_decodes),
		cmocka_unit_test(version_2_decodes),
		cmocka_unit_test(earlier_versions_are_held_to_their_own_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
