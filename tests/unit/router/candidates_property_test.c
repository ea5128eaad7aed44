/* Candidates of random counties: a walk and the search for one organisation say the same, whoever belongs to
 * whom. */
#include "fixture.h"

#include "base/calendar.h"
#include "records/capability_list.h"
#include "records/catalogue.h"
#include "records/designated_centre.h"
#include "records/partnership.h"
#include "records/region.h"
#include "records/registry_loaded.h"
#include "records/topic.h"

#include "referral-router/candidates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROOM = 1 << 18, ORGS = 48, CONSORTIA = 5, COUNTIES = 3, SPECIALTIES = 3, WORLDS = 150, SEARCHES = 40 };

static const char *const org_ids[ORGS + 1] = { "O00", "O01", "O02", "O03", "O04", "O05", "O06", "O07", "O08",
	"O09", "O10", "O11", "O12", "O13", "O14", "O15", "O16", "O17", "O18", "O19", "O20", "O21", "O22",
	"O23", "O24", "O25", "O26", "O27", "O28", "O29", "O30", "O31", "O32", "O33", "O34", "O35", "O36",
	"O37", "O38", "O39", "O40", "O41", "O42", "O43", "O44", "O45", "O46", "O47", "GHOST" };
static const char *const consortium_ids[CONSORTIA + 1] = { "A", "B", "C", "D", "E", "GHOST" };
static const char *const county_ids[COUNTIES + 1] = { "1", "2", "9", "GHOST" };
static const char *const specialties[SPECIALTIES + 1] = { "03", "04", "05", "GHOST" };

struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(dice->state >> 33) % sides;
}

/* Two of `of` of them, about; ids that nobody has among them. */
static uint32_t pick_some(
        struct dice *dice, const char *const *from, uint32_t count, uint32_t of, struct hub_str *ret_some)
{
	uint32_t some = 0;
	for (uint32_t i = 0; i < count; i++)
		if (roll(dice, of) < 2)
			ret_some[some++] = hub_str_from(from[i]);
	return some;
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

static const struct hub_registry_head head = { .valid_from = { "2024-01-01", 10 } };

static void feed_orgs(struct hub_registry *registry, struct dice *dice)
{
	for (int i = 0; i < ORGS; i++) {
		struct hub_str memberships[CONSORTIA + 1], codes[SPECIALTIES + 1], partners[COUNTIES + 1];
		struct hub_organisation org = { .head = head,
			.org_id = hub_str_from(org_ids[i]),
			.kind = roll(dice, 2) ? HUB_ORGANISATION_KIND_HOSPITAL
			                      : 1 + roll(dice, HUB_ORGANISATION_KIND_EXTERNAL),
			.level = 1 + roll(dice, HUB_ORGANISATION_LEVEL_NATION),
			.county_id = hub_str_from(county_ids[roll(dice, COUNTIES + 1)]),
			.city_id = HUB_STR("9"),
			.province_id = roll(dice, 2) ? HUB_STR("P") : HUB_STR(""),
			.memberships = { memberships,
			        pick_some(dice, consortium_ids, CONSORTIA + 1, 12, memberships) },
			.partner_county_ids = { partners,
			        pick_some(dice, county_ids, COUNTIES + 1, 6, partners) },
			.specialties = { codes, pick_some(dice, specialties, SPECIALTIES, 3, codes) },
			.has_location = roll(dice, 4) != 0,
			.location = { 30 + roll(dice, 5) / 10.0, 120 } };
		feed(registry, &hub_organisation_schema, &org);
	}
}

static void feed_rest(struct hub_registry *registry, struct dice *dice)
{
	for (int i = 0; i < COUNTIES; i++) {
		struct hub_region region = { .head = head,
			.region_id = hub_str_from(county_ids[i]),
			.kind = HUB_REGION_KIND_COUNTY,
			.has_parent_region_id = true,
			.parent_region_id = HUB_STR("9") };
		feed(registry, &hub_region_schema, &region);
	}
	for (int i = 0; i < CONSORTIA; i++) {
		struct hub_str codes[SPECIALTIES];
		struct hub_consortium consortium = { .head = head,
			.consortium_id = hub_str_from(consortium_ids[i]),
			.form = 1 + roll(dice, HUB_CONSORTIUM_FORM_CITY_PSEUDO),
			.region_id = hub_str_from(county_ids[roll(dice, COUNTIES)]),
			.has_lead_org_id = roll(dice, 4) != 0,
			.lead_org_id = hub_str_from(org_ids[roll(dice, ORGS + 1)]),
			.specialties = { codes, pick_some(dice, specialties, SPECIALTIES, 6, codes) } };
		feed(registry, &hub_consortium_schema, &consortium);
	}
	for (int i = 0; i < 4; i++) {
		struct hub_partnership partnership = { .head = head,
			.city_org_id = hub_str_from(org_ids[roll(dice, ORGS + 1)]),
			.lead_org_id = hub_str_from(org_ids[roll(dice, ORGS + 1)]),
			.form = HUB_PARTNERSHIP_FORM_PAIRED_SUPPORT };
		feed(registry, &hub_partnership_schema, &partnership);
		struct hub_designated_centre centre = { .head = head,
			.condition = HUB_CONDITION_STROKE,
			.region_id = hub_str_from(county_ids[roll(dice, COUNTIES + 1)]),
			.org_id = hub_str_from(org_ids[roll(dice, ORGS + 1)]),
			.rank = (int32_t)roll(dice, 3) };
		feed(registry, &hub_designated_centre_schema, &centre);
	}
	struct hub_str prefix = HUB_STR("I2");
	struct hub_capability_list list = { .head = head,
		.has_level = true,
		.level = 1 + roll(dice, HUB_ORGANISATION_LEVEL_NATION),
		.icd10_prefixes = { &prefix, roll(dice, 2) } };
	feed(registry, &hub_capability_list_schema, &list);
	struct hub_registry_loaded loaded = { .load_id = HUB_STR("test") };
	feed(registry, &hub_registry_loaded_schema, &loaded);
}

static void check_order(const struct referral_candidate *items, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		const struct referral_candidate *a = &items[i - 1], *b = &items[i];
		assert_int_equal(a->tier, b->tier);
		if (a->tier == REFERRAL_TIER_GREEN_CHANNEL)
			continue;
		assert_true(a->preferred >= b->preferred);
		if (a->preferred == b->preferred)
			assert_true(a->distance < b->distance ||
			            (!(a->distance > b->distance) && hub_str_cmp(a->org_id, b->org_id) < 0));
	}
}

/* Whether b is asked before a in their tier. */
static bool comes_before(const struct referral_candidate *b, const struct referral_candidate *a)
{
	if (b->preferred != a->preferred)
		return b->preferred;
	if (b->distance < a->distance || b->distance > a->distance)
		return b->distance < a->distance;
	return hub_str_cmp(b->org_id, a->org_id) < 0;
}

static bool is_barred(const struct referral_candidate *candidate)
{
	return candidate->reason_code && strcmp(candidate->reason_code, "NOT_AUTHORISED") != 0;
}

/* REF-01: of the others those of the county all come; elsewhere the nearest 16 that might be asked, and the nearest 16 that
 * could not. */
static bool must_come(const struct referral_policy *policy, const struct referral_search *search,
        const struct referral_candidate *candidate)
{
	uint32_t before = 0;
	bool barred = is_barred(candidate);
	if (candidate->tier != REFERRAL_TIER_OTHER || (!barred && !candidate->leaves_county))
		return true;
	for (int i = 0; i < ORGS; i++) {
		struct referral_candidate other;
		if (referral_candidates_find(policy, search, hub_str_from(org_ids[i]), &other) &&
		        other.tier == REFERRAL_TIER_OTHER && is_barred(&other) == barred &&
		        (barred || other.leaves_county))
			before += comes_before(&other, candidate);
	}
	return before < 16;
}

/* Each organisation comes at most once, in the tier that find gives it; whom find gives a tier comes, unless it is one of too
 * many others. */
static void check_search(const struct referral_policy *policy, const struct referral_search *search)
{
	struct hub_arena *arena = hub_arena_new(ROOM);
	struct referral_candidates walk;
	const struct referral_candidate *items;
	uint32_t count, seen[ORGS] = { 0 };
	int tier = -1;
	referral_candidates_init(&walk, policy, search, arena);
	while (referral_candidates_next_tier(&walk, &items, &count)) {
		assert_true((int)items[0].tier > tier);
		tier = (int)items[0].tier;
		check_order(items, count);
		for (uint32_t i = 0; i < count; i++) {
			struct referral_candidate found;
			assert_true(referral_candidates_find(policy, search, items[i].org_id, &found));
			assert_int_equal(found.tier, items[i].tier);
			assert_ptr_equal(found.reason_code, items[i].reason_code);
			assert_false(hub_str_eq(items[i].org_id, search->from_org_id));
			seen[atoi(items[i].org_id.data + 1)]++;
		}
	}
	for (int i = 0; i < ORGS; i++) {
		struct referral_candidate found;
		bool is = referral_candidates_find(policy, search, hub_str_from(org_ids[i]), &found);
		assert_int_equal(seen[i], is && must_come(policy, search, &found));
	}
	assert_false(hub_arena_exhausted(arena));
	hub_arena_free(arena);
}

static void test_walk_and_find_agree(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct dice dice = { seed * UINT64_C(0x9e3779b97f4a7c15) };
		struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
		feed_orgs(registry, &dice);
		feed_rest(registry, &dice);
		struct referral_policy *policy = referral_policy_new(registry, hub_day_from_ymd(2026, 3, 2));
		for (int i = 0; i < SEARCHES; i++) {
			struct referral_exclusion excluded = { hub_str_from(org_ids[roll(&dice, ORGS)]),
				"REJECTED" };
			struct referral_search search = { .from_org_id = hub_str_from(
				                                  org_ids[roll(&dice, ORGS + 1)]),
				.consortium_id = hub_str_from(consortium_ids[roll(&dice, CONSORTIA + 1)]),
				.specialty = hub_str_from(specialties[roll(&dice, SPECIALTIES + 1)]),
				.diagnosis = roll(&dice, 2) ? HUB_STR("I21") : HUB_STR("J06"),
				.condition = roll(&dice, 2) ? HUB_CONDITION_NONE : HUB_CONDITION_STROKE,
				.preferred_org_id = hub_str_from(org_ids[roll(&dice, ORGS + 1)]),
				.urgency = 1 + roll(&dice, HUB_URGENCY_ROUTINE),
				.authorised = roll(&dice, 2),
				.excluded = &excluded,
				.excluded_count = roll(&dice, 2) };
			check_search(policy, &search);
		}
		referral_policy_free(policy);
		hub_registry_free(registry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_walk_and_find_agree) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
