/* A row is the same whether it came from Redis or from the changelog: what the runtime's follower would write for a change
 * (hub_project, its sink) against what is taken from the record alone. */
#include "base/check.h"
#include "dashboard-gateway/hot/intake.h"
#include "dashboard-gateway/hot/row.h"
#include "random_state.h"
#include "records/bed_board.h"
#include "records/booking_state.h"
#include "records/catalogue.h"
#include "records/foreign_hold_state.h"
#include "records/partition_position.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "referral-router/referral_core.h"
#include "runtime/project.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROUNDS = 400, ARENA_BYTES = 64 << 20, FIELDS_MAX = 64, TOMBSTONES = 10 };

struct fixture {
	struct random_source source;
	struct hub_arena *records, *scratch, *written;
	struct hub_buf bytes[2];
	struct hub_store_sink sink;
	struct gateway_intake *intake;
	struct gateway_hot *from_redis, *from_changelog;
};

static void set_up(struct fixture *f, uint64_t seed)
{
	*f = (struct fixture){ .source = { seed } };
	f->records = hub_arena_new(ARENA_BYTES);
	f->scratch = hub_arena_new(ARENA_BYTES);
	f->written = hub_arena_new(ARENA_BYTES);
	for (int i = 0; i < 2; i++)
		hub_buf_init(&f->bytes[i], ARENA_BYTES);
	hub_store_sink_init(&f->sink, f->written, HUB_STR(""));
	f->intake = gateway_intake_new();
	f->from_redis = gateway_hot_new(TOMBSTONES);
	f->from_changelog = gateway_hot_new(TOMBSTONES);
}

static void tear_down(struct fixture *f)
{
	hub_arena_free(f->records);
	hub_arena_free(f->scratch);
	hub_store_sink_done(&f->sink);
	hub_arena_free(f->written);
	for (int i = 0; i < 2; i++)
		hub_buf_done(&f->bytes[i]);
	gateway_intake_free(f->intake);
	gateway_hot_free(f->from_redis);
	gateway_hot_free(f->from_changelog);
}

static struct hub_str random_value(struct fixture *f, const struct hub_schema *schema, int which)
{
	struct hub_buf *out = &f->bytes[which];
	hub_buf_reset(out);
	void *record = hub_arena_alloc(f->records, schema->size);
	random_state(&f->source, schema, f->records, record);
	assert_int_equal(hub_frame_encode(schema, record, out, NULL), HUB_OK);
	hub_arena_reset(f->records);
	return hub_buf_slice(out);
}

/* What the follower writes about a key: the last command with its name. */
static const struct hub_store_command *command_about(const struct hub_store_sink *sink, struct hub_str key)
{
	for (uint32_t i = sink->count; i > 0; i--) {
		const struct hub_store_command *command = &sink->commands[i - 1];
		if (command->argc >= 2 && hub_str_eq(command->args[1], key) &&
		        (hub_str_is(command->args[0], HUB_STORE_PUT_HASH) ||
		                hub_str_is(command->args[0], "DEL")))
			return command;
	}
	return NULL;
}

static uint32_t follow(
        struct fixture *f, const struct hub_change *change, struct gateway_field fields[FIELDS_MAX])
{
	hub_arena_reset(f->written);
	hub_store_sink_reset(&f->sink);
	hub_project(&referral_router_core, change, f->scratch, &f->sink);
	hub_store_sink_end(&f->sink);
	const struct hub_store_command *command = command_about(&f->sink, change->key);
	assert_non_null(command);
	if (hub_str_is(command->args[0], "DEL")) {
		gateway_hot_remove(f->from_redis, change->key);
		return 0;
	}
	uint32_t count = (command->argc - 2) / 2;
	assert_true(count <= FIELDS_MAX);
	for (uint32_t i = 0; i < count; i++)
		fields[i] = (struct gateway_field){ command->args[2 + 2 * i], command->args[3 + 2 * i] };
	assert_int_equal(gateway_hot_put(f->from_redis, 1, change->key, fields, count, NULL), HUB_OK);
	return count;
}

static void expect_same_fields(struct fixture *f, const struct hub_change *change,
        const struct gateway_field *expected, uint32_t expected_count)
{
	const struct gateway_field *fields;
	uint32_t count;
	assert_int_equal(
	        gateway_intake_fields(f->intake, change->key, change->after, &fields, &count, NULL), HUB_OK);
	assert_int_equal(count, expected_count);
	for (uint32_t i = 0; i < count; i++)
		if (!hub_str_eq(fields[i].name, expected[i].name) ||
		        !hub_str_eq(fields[i].value, expected[i].value))
			fail_msg("%.*s is %.*s instead of %.*s", HUB_STR_ARG(fields[i].name),
			        HUB_STR_ARG(fields[i].value), HUB_STR_ARG(expected[i].value));
}

static void expect_same_row(struct fixture *f, struct hub_str key)
{
	const struct gateway_row *one = gateway_hot_get(f->from_redis, key);
	const struct gateway_row *other = gateway_hot_get(f->from_changelog, key);
	assert_int_equal(one != NULL, other != NULL);
	if (one)
		assert_true(gateway_row_equal(gateway_row_form_of(key), one, other));
	assert_int_equal(gateway_hot_seq(f->from_redis), gateway_hot_seq(f->from_changelog));
}

static void expect_change(struct fixture *f, const struct hub_change *change)
{
	struct gateway_field fields[FIELDS_MAX];
	uint32_t count = follow(f, change, fields);
	if (change->after.len)
		expect_same_fields(f, change, fields, count);
	assert_int_equal(
	        gateway_intake_apply(f->intake, f->from_changelog, 1, change->key, change->after, NULL),
	        HUB_OK);
	expect_same_row(f, change->key);
}

static void changes_of(const char *name, const struct hub_schema *schema, const struct hub_schema *end)
{
	struct fixture f;
	struct hub_str key = hub_str_from(name);
	set_up(&f, schema->fingerprint);
	for (int i = 0; i < ROUNDS; i++) {
		struct hub_str first = random_value(&f, schema, 0);
		expect_change(&f, &(struct hub_change){ key, HUB_STR(""), first });
		struct hub_str then = random_value(&f, i % 2 ? schema : end, 1);
		expect_change(&f, &(struct hub_change){ key, first, then });
		assert_non_null(gateway_hot_get(f.from_changelog, key));
		expect_change(&f, &(struct hub_change){ key, then, HUB_STR("") });
		assert_null(gateway_hot_get(f.from_changelog, key));
	}
	tear_down(&f);
}

static void rows_of_redis_and_of_the_changelog_are_the_same(void **state)
{
	(void)state;
	changes_of("referral:r1", &hub_referral_state_schema, &hub_referral_stub_schema);
	changes_of("session:H1:s1", &hub_session_state_schema, &hub_session_state_schema);
	changes_of("beds:H1:GENERAL", &hub_bed_board_schema, &hub_bed_board_schema);
	changes_of("foreign_hold:r1/1", &hub_foreign_hold_state_schema, &hub_foreign_hold_state_schema);
}

static void a_stub_replaces_its_referral(void **state)
{
	(void)state;
	struct fixture f;
	struct hub_str key = HUB_STR("referral:r1");
	set_up(&f, 1);
	struct hub_str open = random_value(&f, &hub_referral_state_schema, 0);
	assert_int_equal(gateway_intake_apply(f.intake, f.from_changelog, 1, key, open, NULL), HUB_OK);
	const struct gateway_referral *row = gateway_hot_referral(f.from_changelog, HUB_STR("r1"));
	assert_false(row->ended);
	assert_true(row->requested_at != GATEWAY_NO_TIME);
	struct hub_str ended = random_value(&f, &hub_referral_stub_schema, 0);
	assert_int_equal(gateway_intake_apply(f.intake, f.from_changelog, 1, key, ended, NULL), HUB_OK);
	assert_true(row->ended);
	assert_int_equal(row->requested_at, GATEWAY_NO_TIME);
	assert_int_equal(row->direction, HUB_DIRECTION_UNKNOWN);
	tear_down(&f);
}

static void what_is_not_kept_is_passed_over(void **state)
{
	(void)state;
	struct fixture f;
	set_up(&f, 2);
	const struct {
		const char *key;
		const struct hub_schema *schema;
	} cases[] = { { "position", &hub_partition_position_schema },
		{ "booking:H:s:b", &hub_booking_state_schema },
		{ "waiting:330281:03.04:BED:GENERAL:r1", &hub_waiting_state_schema } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hub_str key = hub_str_from(cases[i].key), value = random_value(&f, cases[i].schema, 0);
		assert_int_equal(
		        gateway_intake_apply(f.intake, f.from_changelog, 1, key, value, NULL), HUB_OK);
		assert_int_equal(
		        gateway_intake_apply(f.intake, f.from_changelog, 1, key, HUB_STR(""), NULL), HUB_OK);
		assert_int_equal(
		        gateway_intake_apply(f.intake, f.from_changelog, 1, key, HUB_STR("?"), NULL), HUB_OK);
	}
	assert_int_equal(gateway_hot_seq(f.from_changelog), 0);
	tear_down(&f);
}

static void what_cannot_be_read_changes_nothing(void **state)
{
	(void)state;
	struct fixture f;
	struct hub_str key = HUB_STR("referral:r1");
	struct hub_error error;
	char long_key[1024] = "referral:";
	set_up(&f, 3);
	struct hub_str value = random_value(&f, &hub_referral_state_schema, 0);
	assert_int_equal(gateway_intake_apply(f.intake, f.from_changelog, 1, key, value, &error), HUB_OK);
	const struct {
		struct hub_str key, value;
		int code;
	} cases[] = {
		{ key, { value.data, value.len - 1 }, HUB_E_INVALID },
		{ key, { value.data, 5 }, HUB_E_INVALID },
		{ key,
		        HUB_STR("\xc3\x01"
		                "12345678x"),
		        HUB_E_NOT_FOUND },
		{ key, random_value(&f, &hub_session_state_schema, 1), HUB_E_INVALID },
		{ { long_key, sizeof(long_key) }, value, HUB_E_INVALID },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(gateway_intake_apply(
		                         f.intake, f.from_changelog, 1, cases[i].key, cases[i].value, &error),
		        cases[i].code);
	value = random_value(&f, &hub_partition_position_schema, 1);
	assert_int_equal(
	        gateway_intake_apply(f.intake, f.from_changelog, 1, key, value, &error), HUB_E_INVALID);
	assert_int_equal(gateway_hot_seq(f.from_changelog), 1);
	assert_int_equal(gateway_hot_count(f.from_changelog, GATEWAY_REFERRAL), 1);
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_redis_and_of_the_changelog_are_the_same),
		cmocka_unit_test(a_stub_replaces_its_referral),
		cmocka_unit_test(what_is_not_kept_is_passed_over),
		cmocka_unit_test(what_cannot_be_read_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
