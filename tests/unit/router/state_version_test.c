/* I-9: a partition of version 1 keeps the forms of version 1, so that programs of before read them; what came later is lost
 * there, and new records do not exist. */
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "referral-router/world.h"
#include "wire/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct hub_referral_state waiting_abroad(void)
{
	return (struct hub_referral_state){ .county_id = HUB_STR("330281"),
		.source_org_id = HUB_STR("o"),
		.referral = { .referral_id = HUB_STR("r"), .specialty = HUB_STR("03.04") },
		.stage = HUB_REFERRAL_STAGE_WAITING,
		.attempt = 3,
		.has_abroad = true,
		.abroad = { .county_id = HUB_STR("330200"), .org_id = HUB_STR("city"), .attempt = 3 } };
}

static uint64_t fingerprint_of(struct hub_table *table, struct hub_str key)
{
	struct hub_str value, body;
	uint64_t fingerprint;
	assert_true(hub_table_get(table, key, &value));
	assert_int_equal(hub_frame_split(value, &fingerprint, &body, NULL), 0);
	return fingerprint;
}

static void each_version_has_its_forms(void **state)
{
	const struct hub_referral_state put = waiting_abroad();
	struct hub_referral_state got;
	struct hub_table *table = hub_table_new(&referral_world_table);
	struct hub_arena *arena = hub_arena_new(1 << 16);
	(void)state;
	hub_table_set_version(table, 1);
	assert_int_equal(
	        hub_table_put(table, HUB_STR("referral:r"), &hub_referral_state_schema, &put, NULL), 0);
	assert_true(fingerprint_of(table, HUB_STR("referral:r")) ==
	            hub_referral_state_schema.versions[0].fingerprint);
	assert_true(hub_table_load(table, HUB_STR("referral:r"), &hub_referral_state_schema, arena, &got));
	assert_int_equal(got.attempt, 3);
	assert_false(got.has_abroad);

	/* The version rises: what is put from now on is of today's form, what was put before is read as it is. */
	hub_table_set_version(table, 2);
	assert_true(hub_table_load(table, HUB_STR("referral:r"), &hub_referral_state_schema, arena, &got));
	assert_int_equal(
	        hub_table_put(table, HUB_STR("referral:r"), &hub_referral_state_schema, &put, NULL), 0);
	assert_true(fingerprint_of(table, HUB_STR("referral:r")) == hub_referral_state_schema.fingerprint);
	assert_true(hub_table_load(table, HUB_STR("referral:r"), &hub_referral_state_schema, arena, &got));
	assert_true(hub_record_equal(&hub_referral_state_schema, &put, &got));
	hub_arena_free(arena);
	hub_table_free(table);
}

static void a_record_of_later_does_not_exist_before(void **state)
{
	const struct hub_foreign_hold_state hold = { .transfer_id = HUB_STR("r/1") };
	struct hub_table *table = hub_table_new(&referral_world_table);
	struct hub_error error = { 0 };
	(void)state;
	hub_table_set_version(table, 1);
	assert_int_equal(hub_table_put(table, HUB_STR("foreign_hold:r/1"), &hub_foreign_hold_state_schema,
	                         &hold, &error),
	        HUB_E_INVALID);
	assert_non_null(strstr(error.text, "not part of a state of version 1"));
	assert_int_equal(hub_table_count(table), 0);
	hub_table_set_version(table, 2);
	assert_int_equal(hub_table_put(table, HUB_STR("foreign_hold:r/1"), &hub_foreign_hold_state_schema,
	                         &hold, &error),
	        0);
	hub_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_has_its_forms),
		cmocka_unit_test(a_record_of_later_does_not_exist_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
