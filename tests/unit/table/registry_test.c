/* Reference data becomes visible load by load; each natural id has the version that holds on the day asked
 * for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "records/catalogue.h"
#include "records/region.h"
#include "records/registry_loaded.h"
#include "registry/registry.h"

#include <stdio.h>

static int64_t offset;

static bool feed(
        struct hub_registry *registry, const char *key, const struct hub_schema *schema, const void *record)
{
	struct hub_buf buf;
	bool loaded = false;
	struct hub_error err = { 0 };
	hub_buf_init(&buf, 1 << 16);
	assert_int_equal(hub_frame_encode(schema, record, &buf, NULL), 0);
	if (hub_registry_feed(registry, hub_str_from(key), hub_buf_slice(&buf), offset++, &loaded, &err) != 0)
		fail_msg("%s: %s", err.place, err.text);
	hub_buf_done(&buf);
	return loaded;
}

static void region(
        struct hub_registry *registry, const char *id, const char *name, const char *from, const char *to)
{
	char key[64];
	struct hub_region r = { .kind = HUB_REGION_KIND_COUNTY };
	(void)snprintf(key, sizeof(key), "Region:%s:%s", id, from);
	r.head.valid_from = hub_str_from(from);
	r.head.has_valid_to = to != NULL;
	r.head.valid_to = hub_str_from(to);
	r.region_id = hub_str_from(id);
	r.name = hub_str_from(name);
	r.control_org_id = HUB_STR("c");
	assert_false(feed(registry, key, &hub_region_schema, &r));
}

static void end_load(struct hub_registry *registry)
{
	struct hub_registry_loaded loaded = { .load_id = HUB_STR("l1"), .records = 1 };
	assert_true(feed(registry, "RegistryLoaded:l1:", &hub_registry_loaded_schema, &loaded));
}

static void append(void *user, const void *record)
{
	const struct hub_region *r = record;
	char *text = user;
	(void)snprintf(text + strlen(text), 200 - strlen(text), "%.*s ", HUB_STR_ARG(r->name));
}

static void expect(const struct hub_registry *registry, const char *date, const char *expected)
{
	char text[200] = "";
	int32_t day = 0;
	assert_true(hub_day_parse(hub_str_from(date), &day));
	hub_registry_each(registry, &hub_region_schema, day, append, text);
	assert_string_equal(text, expected);
}

static void test_versions_and_loads(void **state)
{
	(void)state;
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	region(registry, "330281", "old", "2026-01-01", NULL);
	region(registry, "330282", "other", "2026-01-01", "2026-06-01");
	expect(registry, "2026-02-01", "");
	end_load(registry);
	int64_t first = hub_registry_version(registry);
	assert_int_equal(first, offset - 1);
	expect(registry, "2025-12-31", "");
	expect(registry, "2026-02-01", "old other ");
	region(registry, "330281", "new", "2026-03-01", NULL);
	expect(registry, "2026-04-01", "old other ");
	assert_int_equal(hub_registry_version(registry), first);
	end_load(registry);
	expect(registry, "2026-02-28", "old other ");
	expect(registry, "2026-03-01", "new other ");
	expect(registry, "2026-06-01", "new ");
	int32_t day = 0, next = 0;
	assert_true(hub_day_parse(HUB_STR("2026-02-01"), &day));
	assert_true(hub_day_parse(HUB_STR("2026-03-01"), &next));
	assert_int_equal(hub_registry_next_change(registry, day), next);
	region(registry, "330281", "mended", "2026-03-01", NULL);
	end_load(registry);
	expect(registry, "2026-03-01", "mended other ");
	hub_registry_free(registry);
}

static void test_bad_records(void **state)
{
	(void)state;
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	bool loaded;
	assert_int_equal(hub_registry_feed(registry, HUB_STR("x"), HUB_STR("garbage"), 0, &loaded, NULL),
	        HUB_E_INVALID);
	assert_int_equal(hub_registry_feed(registry, HUB_STR("x"),
	                         HUB_STR("\xc3\x01"
	                                 "12345678"
	                                 "rest"),
	                         0, &loaded, NULL),
	        0);
	assert_int_equal(hub_registry_unknown(registry), 1);
	hub_registry_free(registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions_and_loads),
		cmocka_unit_test(test_bad_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
