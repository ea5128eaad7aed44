/* Which alerts there are, for whom, in which order; and how long an acknowledgement holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include "base/calendar.h"
#include "records/referral_progressed.h"
#include "records/referral_unplaced.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 400 };

static json_t *alerts(const struct world *world, const struct gateway_viewer *who)
{
	struct hub_buf out;
	struct hub_error err = { 0 };
	hub_buf_init(&out, 1 << 20);
	return parsed(gateway_view_alerts(&world->view, who, &out, &err), &err, &out);
}

/* "kind:count" of each, "+" behind those that are taken on. */
static void expect(const struct world *world, const struct gateway_viewer *who, const char *expected)
{
	char got[TEXT_MAX] = "";
	json_t *json = alerts(world, who), *item;
	size_t i;
	json_array_foreach(json_object_get(json, "items"), i, item)
	{
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s:%lld%s", i ? " " : "",
		        json_string_value(json_object_get(item, "kind")),
		        (long long)json_integer_value(json_object_get(item, "count")),
		        json_is_null(json_object_get(item, "acknowledged")) ? "" : "+");
	}
	if (strcmp(got, expected) != 0)
		fail_msg("%s, expected %s", got, expected);
	json_decref(json);
}

static void unplaced(struct world *world, const char *id, const char *since)
{
	char key[60];
	struct hub_referral_unplaced record = { .head.occurred_at = at(since),
		.referral_id = hub_str_from(id) };
	(void)snprintf(key, sizeof(key), "referral:%s", id);
	gateway_stories_add(
	        world->stories, 0, record.head.occurred_at, &hub_referral_unplaced_schema, &record);
	world_put(world, key, "state=UNPLACED");
}

static struct gateway_members members; /* too large for a stack */

static void take_on(struct world *world, const char *alert_id)
{
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	struct hub_alert_acknowledged record;
	struct hub_error err = { 0 };
	if (gateway_alerts_acknowledge(&world->view, &county, hub_str_from(alert_id), HUB_STR("on it"),
	            &members, &record, &err) != 0)
		fail_msg("%s: %s", alert_id, err.text);
	gateway_alerts_acknowledged(world->alerts, &record);
}

/* Whoever comes makes the alert one to be looked at again, whatever time he brings; whoever leaves does not. */
static void test_acknowledgement(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY), wall = viewer(GATEWAY_ROLE_READ_ONLY);
	unplaced(world, "R1", "2026-11-27T08:10:00+08:00");
	unplaced(world, "R2", "2026-11-27T08:20:00+08:00");
	expect(world, &county, "unplaced:2");
	take_on(world, "unplaced-990121");
	expect(world, &county, "unplaced:2+");
	expect(world, &wall, "unplaced:2+");
	unplaced(world, "R3", "2026-11-27T08:15:00+08:00"); /* known only now, though it was one before */
	expect(world, &county, "unplaced:3");
	take_on(world, "unplaced-990121");
	gateway_hot_remove(world->hot, HUB_STR("referral:R2"));
	expect(world, &county, "unplaced:2+");
	unplaced(world, "R5", "2026-11-27T08:05:00+08:00"); /* as many as were taken on, but another */
	expect(world, &county, "unplaced:3");
	gateway_hot_remove(world->hot, HUB_STR("referral:R5"));
	expect(world, &county, "unplaced:2+");
	unplaced(world, "R4", "2026-11-27T09:00:00+08:00");
	expect(world, &county, "unplaced:3");
	take_on(world, "unplaced-990121");
	expect(world, &county, "unplaced:3+");
	world_free(world);
}

/* The second is overdue since its patient came, a day ago, from the hour on at which its next notice is nearer than its next deadline. */
static void test_an_overdue_one_that_comes_under_an_older_time(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	world_put(world, "referral:R1",
	        "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T09:00:00+08:00");
	world_put(world, "referral:R2",
	        "state=ARRIVED to_org_id=990121-H01 arrived_at=2026-11-26T09:00:00+08:00 due=completion "
	        "due_at=2026-12-20T09:00:00+08:00");
	expect(world, &county, "overdue:1");
	take_on(world, "overdue-990121");
	expect(world, &county, "overdue:1+");
	world_put(world, "referral:R2",
	        "state=ARRIVED to_org_id=990121-H01 arrived_at=2026-11-26T09:00:00+08:00 due=waiting_notice "
	        "due_at=2026-11-28T09:00:00+08:00");
	expect(world, &county, "overdue:2");
	world_free(world);
}

static void hears(struct world *world, const char *org_id, int64_t at_ms)
{
	struct hub_referral_progressed record = {
		.head = { .occurred_at = at_ms, .county_id = HUB_STR(COUNTY), .has_answers = true }
	};
	record.head.answers.source_org_id = hub_str_from(org_id);
	gateway_heard_decision(world->heard, &hub_referral_progressed_schema, &record);
}

/* The second was heard of earlier, but is used to longer gaps: it is silent later. */
static void test_a_publisher_that_falls_silent_under_an_older_time(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	for (int gaps = 6; gaps >= 0; gaps--)
		hears(world, TOWN, at("2026-11-26T05:00:00+08:00") - gaps * 3 * HUB_HOUR_MS);
	hears(world, LEAD, at("2026-11-26T06:00:00+08:00"));
	world->view.now_ms = at("2026-11-27T06:30:00+08:00");
	expect(world, &county, "publisher_silent:1");
	take_on(world, "publisher_silent-990121");
	expect(world, &county, "publisher_silent:1+");
	world->view.now_ms = at("2026-11-27T11:30:00+08:00");
	expect(world, &county, "publisher_silent:2");
	world_free(world);
}

/* What an earlier version of the gateway has written names no members: times tell. */
static void test_a_record_without_members(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	unplaced(world, "R1", "2026-11-27T08:10:00+08:00");
	const struct hub_alert_acknowledged record = { .alert_id = HUB_STR("unplaced-990121"),
		.by_user = HUB_STR("zhang"),
		.at = at("2026-11-27T08:30:00+08:00"),
		.covers_until = at("2026-11-27T08:10:00+08:00") };
	gateway_alerts_acknowledged(world->alerts, &record);
	expect(world, &county, "unplaced:1+");
	unplaced(world, "R2", "2026-11-27T08:40:00+08:00");
	expect(world, &county, "unplaced:2");
	world_free(world);
}

static void test_an_earlier_one_changes_nothing(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	unplaced(world, "R1", "2026-11-27T08:10:00+08:00");
	take_on(world, "unplaced-990121");
	struct hub_alert_acknowledged before = { .alert_id = HUB_STR("unplaced-990121"),
		.by_user = HUB_STR("before"),
		.at = at("2026-11-27T07:00:00+08:00"),
		.covers_until = at("2026-11-27T07:00:00+08:00") };
	gateway_alerts_acknowledged(world->alerts, &before);
	json_t *json = alerts(world, &county);
	json_t *taken = json_object_get(json_array_get(json_object_get(json, "items"), 0), "acknowledged");
	assert_string_equal(json_string_value(json_object_get(taken, "by")), "zhang");
	assert_string_equal(json_string_value(json_object_get(taken, "note")), "on it");
	json_decref(json);
	world_free(world);
}

static void test_who_may_take_on(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct hub_alert_acknowledged record;
	struct hub_error err = { 0 };
	char note[2000];
	unplaced(world, "R1", "2026-11-27T08:10:00+08:00");
	for (int role = GATEWAY_ROLE_NONE; role <= GATEWAY_ROLE_READ_ONLY; role++) {
		struct gateway_viewer who = viewer((enum gateway_role)role);
		int code = gateway_alerts_acknowledge(
		        &world->view, &who, HUB_STR("unplaced-990121"), HUB_STR(""), &members, &record, &err);
		assert_int_equal(code, role == GATEWAY_ROLE_COUNTY ? HUB_OK : HUB_E_REFUSED);
	}
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY), other = county;
	other.county_id = HUB_STR(OTHER_COUNTY);
	assert_int_equal(gateway_alerts_acknowledge(&world->view, &other, HUB_STR("unplaced-990121"),
	                         HUB_STR(""), &members, &record, &err),
	        HUB_E_NOT_FOUND);
	assert_int_equal(gateway_alerts_acknowledge(&world->view, &county, HUB_STR("overdue-990121"),
	                         HUB_STR(""), &members, &record, &err),
	        HUB_E_NOT_FOUND);
	note[0] = '\0';
	for (int i = 0; i < 500; i++)
		memcpy(note + 3 * i, "县", 4);
	assert_int_equal(gateway_alerts_acknowledge(&world->view, &county, HUB_STR("unplaced-990121"),
	                         hub_str_from(note), &members, &record, &err),
	        HUB_OK);
	memcpy(note + 1500, "x", 2);
	assert_int_equal(gateway_alerts_acknowledge(&world->view, &county, HUB_STR("unplaced-990121"),
	                         hub_str_from(note), &members, &record, &err),
	        HUB_E_INVALID);
	assert_string_equal(err.place, "note");
	assert_int_equal(gateway_alerts_acknowledge(&world->view, &county, HUB_STR("unplaced-990121"),
	                         HUB_STR("\xff"), &members, &record, &err),
	        HUB_E_INVALID);
	world_free(world);
}

/* Nine kinds at once: the seven gravest, the oldest first; each role its own. */
static void test_kinds(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY),
	                      consortium = viewer(GATEWAY_ROLE_CONSORTIUM);
	struct gateway_viewer lead = desk(LEAD), nobody = viewer(GATEWAY_ROLE_NONE);
	struct gateway_feed_state *feed = &world->view.feed;
	expect(world, &county, "");
	world_put(world, "referral:R1",
	        "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T09:00:00+08:00");
	world_put(world, "referral:R2", "state=UNPLACED requested_at=2026-11-27T09:01:00+08:00");
	world_put(world, "referral:R3",
	        "state=WAITING waits_for=AUTHORISATION requested_at=2026-11-27T09:02:00+08:00");
	world_put(
	        world, "referral:R4", "state=WAITING waits_for=SLOT requested_at=2026-11-27T08:03:00+08:00");
	feed->lag_ms = 21 * HUB_SECOND_MS;
	feed->redis_away = feed->kafka_away = true;
	feed->redis_away_since_ms = at("2026-11-27T09:04:00+08:00");
	feed->kafka_away_since_ms = at("2026-11-27T09:05:00+08:00");
	expect(world, &county,
	        "waiting_long:1 overdue:1 unplaced:1 awaiting_authorisation:1 redis_away:1 kafka_away:1 "
	        "daemon_behind:1");
	struct hub_kafka_event letter = { .kind = HUB_KAFKA_RECORD,
		.timestamp_ms = at("2026-11-27T09:06:00+08:00") };
	gateway_letters_add(world->letters, &letter);
	/* The youngest of the warnings is not shown. */
	expect(world, &county,
	        "waiting_long:1 overdue:1 unplaced:1 awaiting_authorisation:1 redis_away:1 kafka_away:1 "
	        "daemon_behind:1");
	expect(world, &consortium, "waiting_long:1 overdue:1 unplaced:1 awaiting_authorisation:1");
	expect(world, &lead, "overdue:1 unplaced:1"); /* which it may claim */
	expect(world, &nobody, "");
	feed->lag_ms = -1;
	feed->redis_away = feed->kafka_away = false;
	expect(world, &county, "waiting_long:1 overdue:1 unplaced:1 awaiting_authorisation:1 dead_letters:1");
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acknowledgement),
		cmocka_unit_test(test_an_overdue_one_that_comes_under_an_older_time),
		cmocka_unit_test(test_a_publisher_that_falls_silent_under_an_older_time),
		cmocka_unit_test(test_a_record_without_members),
		cmocka_unit_test(test_an_earlier_one_changes_nothing),
		cmocka_unit_test(test_who_may_take_on),
		cmocka_unit_test(test_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
