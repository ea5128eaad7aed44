/* The policy as a whole: what the tables of tests/cases cannot say. */
#include "fixture.h"

#include "base/calendar.h"
#include "records/catalogue.h"
#include "records/region.h"
#include "records/registry_loaded.h"
#include "records/topic.h"

#include "referral-router/candidates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { ROOM = 1 << 20, COUNTIES = 100, MEMBERS = 29 };

static int32_t today(void)
{
	return hub_day_from_ymd(2026, 3, 2);
}

static void assert_text(struct hub_str text, const char *expected)
{
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.len ? text.data : "", expected, text.len);
}

static void test_who_is_who(void **state)
{
	(void)state;
	struct hub_registry *registry = fixture_registry(CASES_DIR "/county.json");
	struct referral_policy *policy = referral_policy_new(registry, today());
	assert_text(referral_policy_county_of(policy, HUB_STR("T-1")), "990121");
	assert_text(referral_policy_county_of(policy, HUB_STR("C-first")), "990100");
	assert_text(referral_policy_county_of(policy, HUB_STR("GHOST")), "");
	assert_text(referral_policy_control_org(policy, HUB_STR("990121")), "H-control");
	assert_text(referral_policy_control_org(policy, HUB_STR("990200")),
	        ""); /* known by an organisation only */
	assert_text(referral_policy_control_org(policy, HUB_STR("123456")), "");
	assert_true(referral_policy_is_member(policy, HUB_STR("T-1"), HUB_STR("TCM")));
	assert_false(referral_policy_is_member(policy, HUB_STR("T-2"), HUB_STR("TCM")));
	assert_true(referral_policy_is_member(policy, HUB_STR("C-first"), HUB_STR("TELE"))); /* as its lead */
	assert_false(referral_policy_is_member(policy, HUB_STR("T-tele"), HUB_STR("GHOST")));
	assert_false(referral_policy_is_member(policy, HUB_STR("GHOST"), HUB_STR("TCM")));
	assert_true(referral_policy_is_lead(policy, HUB_STR("H-tcm")));
	assert_false(referral_policy_is_lead(policy, HUB_STR("H-second")));
	assert_false(referral_policy_is_lead(
	        policy, HUB_STR("C-heart"))); /* an alliance is no county consortium */
	assert_null(referral_policy_org(policy, HUB_STR("H-ended")));
	assert_non_null(referral_policy_org(policy, HUB_STR("H-lead")));
	assert_null(referral_policy_consortium(policy, HUB_STR("GHOST")));
	assert_text(referral_policy_consortium(policy, HUB_STR("TCM"))->lead_org_id, "H-tcm");
	referral_policy_free(policy);
	hub_registry_free(registry);
}

static void test_limits(void **state)
{
	(void)state;
	struct hub_registry *registry = fixture_registry(CASES_DIR "/county.json");
	struct referral_policy *policy = referral_policy_new(registry, today());
	assert_int_equal(referral_policy_limits(policy, HUB_STR("990121"))->answer_urgent_minutes, 120);
	assert_int_equal(referral_policy_limits(policy, HUB_STR("990122"))->answer_urgent_minutes, 60);
	assert_int_equal(referral_policy_limits(policy, HUB_STR("990122"))->answer_emergency_minutes, 10);
	assert_int_equal(referral_policy_limits(policy, HUB_STR("nowhere"))->forget_days, 30);
	referral_policy_free(policy);
	hub_registry_free(registry);
}

static void test_empty_registry(void **state)
{
	(void)state;
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	struct referral_policy *policy = referral_policy_new(registry, today());
	struct hub_arena *arena = hub_arena_new(ROOM);
	struct referral_search search = { .from_org_id = HUB_STR("T-1"), .condition = HUB_CONDITION_STROKE };
	struct referral_candidates walk;
	const struct referral_candidate *items;
	uint32_t count;
	referral_candidates_init(&walk, policy, &search, arena);
	assert_false(referral_candidates_next_tier(&walk, &items, &count));
	struct referral_candidate candidate;
	assert_false(referral_candidates_find(policy, &search, HUB_STR("H-lead"), &candidate));
	assert_int_equal(referral_policy_limits(policy, HUB_STR(""))->answer_urgent_minutes, 120);
	hub_arena_free(arena);
	referral_policy_free(policy);
	referral_policy_free(NULL);
	hub_registry_free(registry);
}

static void feed(struct hub_registry *registry, const struct hub_schema *schema, const void *record)
{
	struct hub_buf key, value;
	bool loaded;
	hub_buf_init(&key, ROOM);
	hub_buf_init(&value, ROOM);
	assert_int_equal(hub_registry_key(schema, record, &key, NULL), 0);
	assert_int_equal(hub_frame_encode(schema, record, &value, NULL), 0);
	assert_int_equal(
	        hub_registry_feed(registry, hub_buf_slice(&key), hub_buf_slice(&value), 0, &loaded, NULL), 0);
	hub_buf_done(&key);
	hub_buf_done(&value);
}

static void end_load(struct hub_registry *registry)
{
	struct hub_registry_loaded loaded = { .load_id = HUB_STR("test") };
	feed(registry, &hub_registry_loaded_schema, &loaded);
}

static void note_fault(void *user, const char *text)
{
	hub_buf_printf(user, "%s\n", text);
}

static void test_a_limit_out_of_its_range_is_told(void **state)
{
	(void)state;
	struct hub_registry *registry = fixture_registry(CASES_DIR "/county.json");
	struct hub_buf told;
	hub_buf_init(&told, ROOM);
	referral_policy_faults(registry, today(), note_fault, &told);
	hub_buf_byte(&told, '\0');
	assert_string_equal(told.data,
	        "ReferralLimits of 990122: answer_emergency_minutes: expected a whole number from 1 to "
	        "527040, not -5; the default holds\n");
	hub_buf_done(&told);
	struct hub_referral_limits limits;
	memcpy(&limits, hub_referral_limits_schema.defaults, sizeof(limits));
	limits.head.valid_from = HUB_STR("2026-01-01");
	limits.reserved_share_exam = 30;
	feed(registry, &hub_referral_limits_schema, &limits);
	end_load(registry);
	hub_buf_init(&told, ROOM);
	referral_policy_faults(registry, today(), note_fault, &told);
	hub_buf_byte(&told, '\0');
	assert_non_null(strstr(told.data, "ReferralLimits of everyone: reserved_share_exam: a share lies "
	                                  "between 0 and 1 (30 % is 0.3); "
	                                  "the default holds\n"));
	hub_buf_done(&told);
	hub_registry_free(registry);
}

static void feed_region(struct hub_registry *registry, const char *id, const char *parent)
{
	struct hub_region region = { .head.valid_from = HUB_STR("2024-01-01"),
		.region_id = hub_str_from(id),
		.kind = HUB_REGION_KIND_COUNTY,
		.has_parent_region_id = parent != NULL,
		.parent_region_id = hub_str_from(parent) };
	feed(registry, &hub_region_schema, &region);
}

/* Regions that are each other's parent are nonsense, but nobody may hang on it. */
static void test_regions_in_a_ring(void **state)
{
	(void)state;
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	feed_region(registry, "A", "B");
	feed_region(registry, "B", "A");
	feed_region(registry, "C", "C");
	struct hub_organisation org = { .head.valid_from = HUB_STR("2024-01-01"),
		.org_id = HUB_STR("T-1"),
		.kind = HUB_ORGANISATION_KIND_TOWNSHIP_HEALTH_CENTRE,
		.level = HUB_ORGANISATION_LEVEL_TOWNSHIP,
		.county_id = HUB_STR("A"),
		.city_id = HUB_STR("B"),
		.province_id = HUB_STR("A") };
	feed(registry, &hub_organisation_schema, &org);
	end_load(registry);
	struct referral_policy *policy = referral_policy_new(registry, today());
	struct referral_search search = { .from_org_id = HUB_STR("T-1"), .condition = HUB_CONDITION_STROKE };
	struct hub_arena *arena = hub_arena_new(ROOM);
	struct referral_candidates walk;
	const struct referral_candidate *items;
	uint32_t count;
	referral_candidates_init(&walk, policy, &search, arena);
	assert_false(referral_candidates_next_tier(&walk, &items, &count));
	hub_arena_free(arena);
	referral_policy_free(policy);
	hub_registry_free(registry);
}

static void feed_county(struct hub_registry *registry, int county)
{
	char region[8], org_id[16], consortium[16], lead[16];
	struct hub_str memberships[] = { { NULL, 0 } }, specialties[20];
	static const char codes[][6] = { "03.01", "03.02", "03.03", "03.04", "03.05", "03.06", "03.07",
		"04.01", "04.02", "04.03", "04.04", "05.01", "05.02", "07.01", "10.01", "11.01", "13.01",
		"16.01", "21.01", "50.01" };
	snprintf(region, sizeof(region), "%06d", 100000 + county);
	snprintf(consortium, sizeof(consortium), "%s-C", region);
	snprintf(lead, sizeof(lead), "%s-0", region);
	feed_region(registry, region, NULL);
	struct hub_consortium record = { .head.valid_from = HUB_STR("2024-01-01"),
		.consortium_id = hub_str_from(consortium),
		.form = HUB_CONSORTIUM_FORM_COUNTY_CONSORTIUM,
		.region_id = hub_str_from(region),
		.has_lead_org_id = true,
		.lead_org_id = hub_str_from(lead) };
	feed(registry, &hub_consortium_schema, &record);
	memberships[0] = hub_str_from(consortium);
	for (int i = 0; i < 20; i++)
		specialties[i] = hub_str_from(codes[i]);
	for (int i = 0; i <= MEMBERS; i++) {
		snprintf(org_id, sizeof(org_id), "%s-%d", region, i);
		struct hub_organisation org = { .head.valid_from = HUB_STR("2024-01-01"),
			.org_id = hub_str_from(org_id),
			.kind = i < 3 ? HUB_ORGANISATION_KIND_HOSPITAL
			              : HUB_ORGANISATION_KIND_TOWNSHIP_HEALTH_CENTRE,
			.level = i < 3 ? HUB_ORGANISATION_LEVEL_COUNTY : HUB_ORGANISATION_LEVEL_TOWNSHIP,
			.county_id = hub_str_from(region),
			.city_id = HUB_STR("990100"),
			.province_id = HUB_STR("990000"),
			.memberships = { memberships, 1 },
			.has_location = true,
			.location = { 30 + county / 100.0, 120 + i / 100.0 },
			.specialties = { specialties, i < 3 ? 20 : 1 } };
		feed(registry, &hub_organisation_schema, &org);
	}
}

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 3,000 organisations: a few milliseconds and megabytes (the bounds leave room for sanitizers and a busy
 * machine). */
static void test_size(void **state)
{
	(void)state;
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	for (int county = 0; county < COUNTIES; county++)
		feed_county(registry, county);
	end_load(registry);
	double begin_s = now_s();
	struct referral_policy *policy = referral_policy_new(registry, today());
	double built_s = now_s() - begin_s;
	struct hub_arena *arena = hub_arena_new(16 * ROOM);
	struct referral_search search = { .from_org_id = HUB_STR("100042-7"),
		.consortium_id = HUB_STR("100042-C"),
		.specialty = HUB_STR("03.04"),
		.condition = HUB_CONDITION_NONE,
		.urgency = HUB_URGENCY_URGENT };
	enum { WALKS = 1000 };
	uint32_t count = 0;
	begin_s = now_s();
	for (int i = 0; i < WALKS; i++) {
		struct referral_candidates walk;
		const struct referral_candidate *items;
		hub_arena_reset(arena);
		referral_candidates_init(&walk, policy, &search, arena);
		assert_true(referral_candidates_next_tier(&walk, &items, &count));
		assert_text(items[0].org_id, "100042-0");
	}
	double first_s = now_s() - begin_s;
	struct referral_candidates walk;
	const struct referral_candidate *items;
	uint32_t tiers = 0;
	begin_s = now_s();
	referral_candidates_init(&walk, policy, &search, arena);
	while (referral_candidates_next_tier(&walk, &items, &count))
		tiers++;
	printf("%d organisations: built in %.1f ms, %zu kB; first candidate %.2f us; all %.0f us\n",
	        COUNTIES * (MEMBERS + 1), built_s * 1e3, referral_policy_bytes(policy) / 1024,
	        first_s / WALKS * 1e6, (now_s() - begin_s) * 1e6);
	assert_int_equal(tiers, 3);  /* lead; two members; others of the city */
	assert_int_equal(count, 16); /* the nearest */
	assert_true(built_s < 2);
	assert_true(referral_policy_bytes(policy) < 8 * ROOM);
	hub_arena_free(arena);
	referral_policy_free(policy);
	hub_registry_free(registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_who),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_limit_out_of_its_range_is_told),
		cmocka_unit_test(test_empty_registry),
		cmocka_unit_test(test_regions_in_a_ring),
		cmocka_unit_test(test_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
