#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include "base/calendar.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIELDS_MAX = 40, OUT_MAX = 16 * 1024 * 1024 };

int64_t at(const char *text)
{
	int64_t ms = 0;
	if (!hub_time_parse(hub_str_from(text), &ms))
		fail_msg("%s is no time", text);
	return ms;
}

struct world *world_new(void)
{
	struct world *world = calloc(1, sizeof(*world));
	assert_non_null(world);
	world->hot = gateway_hot_new(100);
	world->stories = gateway_stories_new(1000000);
	world->heard = gateway_heard_new();
	world->alerts = gateway_alerts_new();
	world->letters = gateway_letters_new(100);
	world->registry = fixture_registry(REGISTRY);
	world->policy = referral_policy_new(world->registry, hub_day_of(at(WORLD_NOW)));
	world->view = (struct gateway_world){ .hot = world->hot,
		.policy = world->policy,
		.registry = world->registry,
		.stories = world->stories,
		.heard = world->heard,
		.alerts = world->alerts,
		.letters = world->letters,
		.epoch = 7,
		.now_ms = at(WORLD_NOW) };
	world->view.feed = (struct gateway_feed_state){ .ready = true,
		.partitions = 16,
		.whole = 16,
		.history_percent = 100,
		.registry_version = 42,
		.lag_records = 0,
		.lag_ms = 0,
		.fence_lag_records = 0,
		.fences_live = 16,
		.asked_at_ms = at(WORLD_NOW) };
	return world;
}

void world_free(struct world *world)
{
	gateway_hot_free(world->hot);
	gateway_stories_free(world->stories);
	gateway_heard_free(world->heard);
	gateway_alerts_free(world->alerts);
	gateway_letters_free(world->letters);
	referral_policy_free(world->policy);
	hub_registry_free(world->registry);
	free(world);
}

static bool has(const struct gateway_field *fields, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (hub_str_is(fields[i].name, name))
			return true;
	return false;
}

static uint32_t split(const char *text, struct gateway_field *fields)
{
	uint32_t count = 0;
	while (*text) {
		size_t len = strcspn(text, " "), name = strcspn(text, "=");
		assert_true(count < FIELDS_MAX && name < len);
		fields[count].name = (struct hub_str){ text, (uint32_t)name };
		fields[count++].value = (struct hub_str){ text + name + 1, (uint32_t)(len - name - 1) };
		text += len + strspn(text + len, " ");
	}
	return count;
}

void world_put(struct world *world, const char *key, const char *text)
{
	static const struct {
		const char *kind, *name, *value;
	} usual[] = {
		{ "referral", "county_id", COUNTY },
		{ "referral", "consortium_id", "QX-1" },
		{ "referral", "from_org_id", TOWN },
		{ "referral", "direction", "UP" },
		{ "referral", "urgency", "URGENT" },
		{ "referral", "condition", "NONE" },
		{ "referral", "specialty", "03.04" },
		{ "referral", "need", "OUTPATIENT" },
		{ "referral", "attempt", "1" },
		{ "referral", "requested_at", "2026-11-27T08:00:00+08:00" },
		{ "session", "phase", "OPEN" },
		{ "session", "county_id", COUNTY },
		{ "session", "org_id", LEAD },
		{ "session", "specialty", "03.04" },
		{ "session", "need", "OUTPATIENT" },
		{ "session", "expert", "0" },
		{ "session", "starts_at", "2026-11-30T08:00:00+08:00" },
		{ "session", "ends_at", "2026-11-30T12:00:00+08:00" },
		{ "session", "capacity", "10" },
		{ "session", "reserved", "3" },
		{ "session", "open", "4" },
		{ "session", "open_reserved", "2" },
		{ "session", "held", "3" },
		{ "session", "used_referred", "1" },
		{ "session", "used_own", "2" },
		{ "beds", "county_id", COUNTY },
		{ "beds", "org_id", LEAD },
		{ "beds", "bed_kind", "GENERAL" },
		{ "beds", "reported_at", "2026-11-27T07:30:00+08:00" },
		{ "beds", "total", "20" },
		{ "beds", "reported_free", "6" },
		{ "beds", "held", "2" },
		{ "beds", "arrived", "1" },
		{ "beds", "free", "3" },
	};
	struct gateway_field fields[FIELDS_MAX];
	struct hub_error err = { 0 };
	uint32_t count = split(text, fields);
	bool ended = has(fields, count, "ended_at");
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		bool stub = i < 4 || i == 6 || i == 7;
		if (strncmp(key, usual[i].kind, strlen(usual[i].kind)) != 0 ||
		        key[strlen(usual[i].kind)] != ':' || has(fields, count, usual[i].name) ||
		        (ended && (!stub || i == 3)))
			continue;
		fields[count].name = hub_str_from(usual[i].name);
		fields[count++].value = hub_str_from(usual[i].value);
	}
	if (gateway_hot_put(world->hot, 0, hub_str_from(key), fields, count, &err) != 0)
		fail_msg("%s: %s: %s", key, err.place, err.text);
	gateway_stories_follow(world->stories, world->hot, world->view.now_ms);
}

struct gateway_viewer viewer(enum gateway_role role)
{
	struct gateway_viewer who = { .user = HUB_STR("zhang"), .role = role, .county_id = HUB_STR(COUNTY) };
	if (role == GATEWAY_ROLE_COUNTY || role == GATEWAY_ROLE_READ_ONLY)
		who.org_id = HUB_STR(CONTROL);
	if (role == GATEWAY_ROLE_HOSPITAL)
		who.org_id = HUB_STR(LEAD);
	if (role == GATEWAY_ROLE_CONSORTIUM)
		who.consortium_id = HUB_STR("QX-1");
	return who;
}

struct gateway_viewer desk(const char *org_id)
{
	struct gateway_viewer who = { .user = HUB_STR("li"),
		.role = GATEWAY_ROLE_HOSPITAL,
		.org_id = hub_str_from(org_id),
		.county_id = { org_id, 6 } };
	return who;
}

struct query query_of(const char *text)
{
	struct query query = { .count = 0 };
	while (*text) {
		size_t len = strcspn(text, "&"), name = strcspn(text, "=");
		assert_true(query.count < PARAMS_MAX && name < len);
		query.items[query.count].name = (struct hub_str){ text, (uint32_t)name };
		query.items[query.count++].value =
		        (struct hub_str){ text + name + 1, (uint32_t)(len - name - 1) };
		text += len + (text[len] == '&');
	}
	return query;
}

json_t *parsed(int code, const struct hub_error *err, struct hub_buf *out)
{
	json_error_t error;
	if (code != HUB_OK)
		fail_msg("%d %s: %s", code, err->place, err->text);
	json_t *json = json_loadb(out->data, out->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!json)
		fail_msg("%s at %d: %.*s", error.text, error.position, (int)out->len, out->data);
	hub_buf_done(out);
	return json;
}

json_t *list(const struct world *world, const struct gateway_viewer *who, const char *text)
{
	struct hub_buf out, next;
	struct hub_error err = { 0 };
	struct query query = query_of(text);
	hub_buf_init(&out, OUT_MAX);
	hub_buf_init(&next, OUT_MAX);
	int code = gateway_view_referrals(&world->view, who, query.items, query.count, &out, &next, &err);
	hub_buf_done(&next);
	return parsed(code, &err, &out);
}

int64_t total(const struct world *world, const struct gateway_viewer *who, const char *query)
{
	json_t *json = list(world, who, query);
	int64_t count = json_integer_value(json_object_get(json, "total"));
	json_decref(json);
	return count;
}
