/* Where a referral's decisions lie, since when it stands where it stands, and who could have seen it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include "base/calendar.h"
#include "records/referral_progressed.h"
#include "records/referral_routed.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"

#include <stdio.h>

static void tell(struct gateway_stories *stories, int64_t offset, const char *referral_id, int64_t at_ms)
{
	struct hub_referral_progressed record = { .head.occurred_at = at_ms,
		.referral_id = hub_str_from(referral_id) };
	gateway_stories_add(stories, 3, offset, &hub_referral_progressed_schema, &record);
}

static void expect_places(const struct gateway_stories *stories, const char *referral_id,
        const int64_t *offsets, uint32_t count)
{
	struct gateway_place places[GATEWAY_STORY_PLACES];
	assert_int_equal(gateway_stories_places(stories, hub_str_from(referral_id), places), count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(places[i].partition, 3);
		assert_int_equal(places[i].offset, offsets[i]);
	}
}

static void test_places(void **state)
{
	(void)state;
	struct gateway_stories *stories = gateway_stories_new(100);
	tell(stories, 5, "a", 1000);
	tell(stories, 9, "b", 2000);
	tell(stories, 12, "a", 3000);
	tell(stories, 12, "a", 3000); /* again */
	tell(stories, 7, "a", 2500);  /* late */
	struct hub_session_changed session = { .head.occurred_at = 4000 };
	gateway_stories_add(stories, 3, 13, &hub_session_changed_schema, &session);
	expect_places(stories, "a", (const int64_t[]){ 5, 7, 12 }, 3);
	expect_places(stories, "b", (const int64_t[]){ 9 }, 1);
	expect_places(stories, "c", NULL, 0);
	assert_int_equal(gateway_stories_count(stories), 2);
	gateway_stories_free(stories);
}

/* Of a long story the beginning and the end. */
static void test_long_story(void **state)
{
	(void)state;
	struct gateway_stories *stories = gateway_stories_new(100);
	struct gateway_place places[GATEWAY_STORY_PLACES];
	for (int i = 0; i < 500; i++)
		tell(stories, i, "a", i);
	assert_int_equal(gateway_stories_places(stories, HUB_STR("a"), places), GATEWAY_STORY_PLACES);
	for (int i = 0; i < GATEWAY_STORY_PLACES; i++)
		assert_int_equal(places[i].offset, i < 4 ? i : 500 - GATEWAY_STORY_PLACES + i);
	gateway_stories_free(stories);
}

static void test_forgetting(void **state)
{
	(void)state;
	struct gateway_stories *stories = gateway_stories_new(3);
	tell(stories, 1, "a", 1000);
	tell(stories, 2, "b", 2000);
	tell(stories, 3, "c", 3000);
	tell(stories, 4, "a", 4000);
	tell(stories, 5, "d", 5000); /* b was silent for longest */
	expect_places(stories, "b", NULL, 0);
	expect_places(stories, "a", (const int64_t[]){ 1, 4 }, 2);
	gateway_stories_forget(stories, 4000);
	expect_places(stories, "c", NULL, 0);
	expect_places(stories, "a", (const int64_t[]){ 1, 4 }, 2);
	assert_int_equal(gateway_stories_count(stories), 2);
	gateway_stories_free(stories);
}

static void test_since(void **state)
{
	(void)state;
	struct gateway_stories *stories = gateway_stories_new(3);
	struct hub_referral_waitlisted listed = { .head.occurred_at = 1000, .referral_id = HUB_STR("a") };
	struct hub_referral_routed routed = { .head.occurred_at = 2000, .referral_id = HUB_STR("a") };
	assert_int_equal(gateway_stories_since(stories, HUB_STR("a")), GATEWAY_NO_TIME);
	gateway_stories_add(stories, 3, 1, &hub_referral_waitlisted_schema, &listed);
	assert_int_equal(gateway_stories_since(stories, HUB_STR("a")), 1000);
	gateway_stories_add(stories, 3, 2, &hub_referral_routed_schema, &routed);
	tell(stories, 3, "a", 3000); /* moves nothing */
	assert_int_equal(gateway_stories_since(stories, HUB_STR("a")), 2000);
	gateway_stories_free(stories);
}

static json_t *changes(const struct world *world, const struct gateway_viewer *who, uint64_t after,
        uint32_t limit, uint64_t *ret_seq)
{
	struct hub_buf out;
	struct hub_error err = { 0 };
	hub_buf_init(&out, 1 << 20);
	gateway_view_changes(&world->view, who, after, limit, &out, ret_seq);
	if (!out.len)
		return NULL;
	return parsed(HUB_OK, &err, &out);
}

static void expect_change(const struct world *world, const struct gateway_viewer *who, uint64_t after,
        const char *item, const char *removed)
{
	uint64_t seq = 0;
	json_t *json = changes(world, who, after, 100, &seq);
	assert_int_equal(seq, gateway_hot_seq(world->hot));
	assert_int_equal(gateway_view_concerns(&world->view, who, after), json != NULL);
	if (!item && !removed) {
		assert_null(json);
		return;
	}
	assert_non_null(json);
	json_t *items = json_object_get(json, "items"), *gone = json_object_get(json, "removed");
	assert_int_equal(json_array_size(items), item != NULL);
	assert_int_equal(json_array_size(gone), removed != NULL);
	if (item)
		assert_string_equal(
		        json_string_value(json_object_get(json_array_get(items, 0), "referral_id")), item);
	if (removed)
		assert_string_equal(json_string_value(json_array_get(gone, 0)), removed);
	json_decref(json);
}

/* A desk that had the referral hears that it is gone; one that never had it hears nothing. */
static void test_who_hears_that_it_is_gone(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer lead = desk(LEAD), third = desk(THIRD), town = desk(TOWN),
	                      valley = desk(VALLEY);
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY), nobody = viewer(GATEWAY_ROLE_NONE);
	struct gateway_viewer other = viewer(GATEWAY_ROLE_COUNTY);
	other.county_id = HUB_STR(OTHER_COUNTY);
	world_put(world, "referral:R1", "state=ROUTED to_org_id=990121-H01");
	uint64_t first = gateway_hot_seq(world->hot);
	expect_change(world, &lead, 0, "R1", NULL);
	expect_change(world, &third, 0, NULL, NULL);
	expect_change(world, &nobody, 0, NULL, NULL);
	world_put(world, "referral:R1", "state=ROUTED to_org_id=990121-H05");
	expect_change(world, &lead, first, NULL, "R1");
	expect_change(world, &third, first, "R1", NULL);
	expect_change(world, &town, first, "R1", NULL);
	expect_change(world, &valley, first, NULL, NULL);
	expect_change(world, &county, first, "R1", NULL);
	expect_change(world, &other, first, NULL, NULL);
	uint64_t second = gateway_hot_seq(world->hot);
	world_put(world, "referral:R1", "state=ASKING_COUNTY asked_county_id=990122 asked_org_id=990122-H01");
	expect_change(world, &other, second, "R1", NULL);
	uint64_t third_seq = gateway_hot_seq(world->hot);
	world_put(world, "referral:R1", "state=WAITING waits_for=SLOT");
	expect_change(world, &other, third_seq, NULL, "R1");
	uint64_t fourth = gateway_hot_seq(world->hot);
	gateway_hot_remove(world->hot, HUB_STR("referral:R1"));
	expect_change(world, &town, fourth, NULL, "R1");
	expect_change(world, &valley, fourth, NULL, NULL);
	world_free(world);
}

/* What nobody took is shown to the hospitals of its county that may claim it, until somebody does. */
static void test_claims(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer lead = desk(LEAD), third = desk(THIRD), valley = desk(VALLEY),
	                      other = desk(OTHER_LEAD);
	world_put(world, "referral:R1", "state=ROUTED to_org_id=990121-H05");
	uint64_t before = gateway_hot_seq(world->hot);
	expect_change(world, &lead, 0, NULL, NULL);
	world_put(world, "referral:R1", "state=UNPLACED");
	uint64_t unplaced = gateway_hot_seq(world->hot);
	expect_change(world, &lead, before, "R1", NULL);
	expect_change(world, &third, before, "R1", NULL);
	expect_change(world, &valley, before, NULL, NULL); /* no hospital */
	expect_change(world, &other, before, NULL, NULL);  /* of another county */
	assert_int_equal(total(world, &lead, "worklist=unplaced"), 1);
	assert_int_equal(total(world, &valley, "worklist=unplaced"), 0);
	world_put(world, "referral:R1", "state=ACCEPTED to_org_id=990121-H05");
	expect_change(world, &lead, unplaced, NULL, "R1");
	expect_change(world, &third, unplaced, "R1", NULL);
	expect_change(world, &valley, unplaced, NULL, NULL);
	expect_change(world, &other, unplaced, NULL, NULL);
	assert_int_equal(total(world, &lead, ""), 0);
	world_free(world);
}

/* A limit cuts, and what follows comes with the next call; nothing is lost or doubled. */
static void test_changes_in_portions(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	for (int i = 0; i < 50; i++) {
		char key[40];
		(void)snprintf(key, sizeof(key), "referral:R%d", i);
		world_put(world, key,
		        i % 3 ? "state=UNPLACED" : "state=UNPLACED county_id=990122 consortium_id=BS-1");
	}
	uint64_t after = 0;
	size_t shown = 0;
	for (json_t *json; (json = changes(world, &county, after, 7, &after));) {
		assert_true(json_array_size(json_object_get(json, "items")) <= 7);
		shown += json_array_size(json_object_get(json, "items"));
		json_decref(json);
	}
	assert_int_equal(shown, 33);
	assert_int_equal(after, gateway_hot_seq(world->hot));
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_long_story),
		cmocka_unit_test(test_forgetting),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_who_hears_that_it_is_gone),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_changes_in_portions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
