/* I-9: a partition of version 1 keeps the forms of version 1, so that programs of before read them; what came later is lost
 * there, and new records do not exist. */
#include "base/calendar.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "referral-router/world.h"
#include "wire/framing.h"

#include "partition.h"
#include "story.h"

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

/* What the first decision says to an event, in a partition of that version. */
static struct hub_str answer_to(struct partition *partition, const char *line, struct hub_buf *text)
{
	static int number;
	const struct hub_schema *schema;
	struct hub_arena *arena = hub_arena_new(1 << 20);
	int64_t now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + ++number * (int64_t)HUB_MINUTE_MS;
	const void *record = story_read(hub_str_from(line), now_ms, number, arena, &schema);
	assert_non_null(record);
	const struct hub_effects *effects = partition_decide(partition, schema, record, now_ms);
	assert_true(effects->count > 0);
	hub_buf_reset(text);
	story_print(&effects->outputs[0], text);
	hub_buf_byte(text, '\0');
	hub_arena_free(arena);
	return (struct hub_str){ text->data, (uint32_t)text->len - 1 };
}

/* Refused by name, with what an operator does about it; what version 1 can do, it does. */
static void what_needs_version_2_is_refused_in_version_1(void **state)
{
	static const char *const refused[] = {
		"ReferralRequested r1 T-1 specialty=14 diagnosis=T30.1 out_of_county_authorised=true",
		"ReferralRequested r1 T-1 need=BED bed_kind=GENERAL",
		"OutOfCountyAuthorised r0 H-control",
		"SupplementRequested r0 H-women text=x",
		"BedsReported - H-lead bed_kind=GENERAL total=10 free=3 revision=1",
	};
	struct partition *partition = partition_new(CASES_DIR "/county.json");
	struct hub_buf text;
	(void)state;
	hub_buf_init(&text, 1 << 16);
	hub_table_set_version(partition_table(partition), 1);
	assert_true(hub_str_starts_with(
	        answer_to(partition, "ReferralRequested r0 T-1 specialty=10 need=CONSULT", &text),
	        HUB_STR("ReferralRouted r0 -> H-")));
	/* Its group's lead is the city's: what is asked there could not be kept. */
	answer_to(partition, "ReferralRequested r9 T-group consortium_id=GROUP specialty=15 diagnosis=I83.9",
	        &text);
	assert_non_null(strstr(text.data, "ReferralWaitlisted r9 waits for AUTHORISATION"));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const struct hub_change *changes;
		answer_to(partition, refused[i], &text);
		assert_non_null(strstr(text.data, "ReferralEventRefused"));
		assert_non_null(strstr(text.data, " RULE I-9 "));
		assert_non_null(strstr(text.data, "raise state.write_version"));
		assert_int_equal(partition_changes(partition, &changes), 0);
	}
	hub_table_set_version(partition_table(partition), 2);
	assert_true(hub_str_starts_with(
	        answer_to(partition, refused[0], &text), HUB_STR("TransferRequested r1/1 of C-first")));
	/* The asked county is of version 1: it holds nothing, and says so. */
	hub_table_set_version(partition_table(partition), 1);
	const struct hub_schema *schema;
	const void *record;
	const struct hub_effects *effects = partition_deliver(
	        partition, hub_day_start_ms(hub_day_from_ymd(2026, 3, 3)), &schema, &record);
	hub_buf_reset(&text);
	assert_int_equal(effects->count, 1);
	story_print(&effects->outputs[0], &text);
	assert_true(hub_str_is(hub_buf_slice(&text), "TransferAnswered r1/1 REFUSED NOT_SERVED to 990121"));
	hub_buf_done(&text);
	partition_free(partition);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_has_its_forms),
		cmocka_unit_test(a_record_of_later_does_not_exist_before),
		cmocka_unit_test(what_needs_version_2_is_refused_in_version_1),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
