#include "fixture.h"

#include "base/calendar.h"
#include "records/catalogue.h"
#include "records/registry_loaded.h"
#include "records/topic.h"
#include "wire/record_json.h"

#include <stdio.h>
#include <stdlib.h>

enum { RECORD_ROOM = 1 << 20, DAYS_MAX = 64 };

struct fixture {
	struct hub_registry *registry;
	struct referral_policy *policies[DAYS_MAX];
	int32_t days[DAYS_MAX];
	uint32_t count;
};

_Noreturn static void give_up(const char *path, const char *place, const char *text)
{
	fprintf(stderr, "%s: %s: %s\n", path, place, text);
	exit(2);
}

static void feed(struct hub_registry *registry, const char *path, const struct hub_schema *schema,
        const void *record, int64_t offset)
{
	struct hub_error err = { 0 };
	struct hub_buf key, value;
	bool loaded;
	hub_buf_init(&key, RECORD_ROOM);
	hub_buf_init(&value, RECORD_ROOM);
	int r = hub_registry_key(schema, record, &key, &err);
	if (r == 0)
		r = hub_frame_encode(schema, record, &value, &err);
	if (r == 0)
		r = hub_registry_feed(
		        registry, hub_buf_slice(&key), hub_buf_slice(&value), offset, &loaded, &err);
	if (r < 0)
		give_up(path, err.place, err.text);
	hub_buf_done(&key);
	hub_buf_done(&value);
}

static const struct hub_schema *schema_named(const char *path, const char *name)
{
	const struct hub_schema *schema = hub_schema_by_name(&hub_registry_schemas, hub_str_from(name));
	if (!schema)
		give_up(path, name, "no such record type");
	return schema;
}

static void feed_json(struct hub_registry *registry, const char *path, const struct hub_schema *schema,
        json_t *item, json_t *defaults, int64_t offset)
{
	struct hub_error err = { 0 };
	struct hub_arena *arena = hub_arena_new(RECORD_ROOM);
	void *record = hub_arena_alloc(arena, schema->size);
	json_t *whole = json_copy(defaults);
	json_object_update(whole, item);
	json_object_del(whole, "//");
	if (hub_record_from_json(schema, whole, arena, record, &err) < 0)
		give_up(path, err.place, err.text);
	feed(registry, path, schema, record, offset);
	json_decref(whole);
	hub_arena_free(arena);
}

struct hub_registry *fixture_registry(const char *path)
{
	json_error_t syntax;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &syntax);
	if (!root)
		give_up(path, "not JSON", syntax.text);
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	json_t *defaults = json_object_get(root, "defaults"), *none = json_object();
	const char *name;
	json_t *records, *item;
	size_t i;
	int64_t offset = 0;
	json_object_foreach(root, name, records)
	{
		if (strcmp(name, "//") == 0 || strcmp(name, "defaults") == 0)
			continue;
		const struct hub_schema *schema = schema_named(path, name);
		json_array_foreach(records, i, item)
		{
			feed_json(registry, path, schema, item, defaults ? defaults : none, offset++);
		}
	}
	struct hub_registry_loaded loaded = { .load_id = HUB_STR("test"), .records = (int32_t)offset };
	feed(registry, path, &hub_registry_loaded_schema, &loaded, offset);
	json_decref(none);
	json_decref(root);
	return registry;
}

struct fixture *fixture_new(const char *path)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	if (!fixture)
		abort();
	fixture->registry = fixture_registry(path);
	return fixture;
}

void fixture_free(struct fixture *fixture)
{
	for (uint32_t i = 0; i < fixture->count; i++)
		referral_policy_free(fixture->policies[i]);
	hub_registry_free(fixture->registry);
	free(fixture);
}

const struct referral_policy *fixture_policy(struct fixture *fixture, int32_t day)
{
	for (uint32_t i = 0; i < fixture->count; i++)
		if (fixture->days[i] == day)
			return fixture->policies[i];
	if (fixture->count == DAYS_MAX)
		give_up("fixture", "days", "too many");
	fixture->days[fixture->count] = day;
	fixture->policies[fixture->count] = referral_policy_new(fixture->registry, day);
	return fixture->policies[fixture->count++];
}
