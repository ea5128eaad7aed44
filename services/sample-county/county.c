#include "sample-county/county.h"

#include "base/calendar.h"
#include "kafka/reader.h"
#include "records/catalogue.h"
#include "records/region.h"
#include "records/working_calendar.h"

#include <stdlib.h>

enum { ARENA_LIMIT = 1 << 20, WAIT_MS = 10000 };

static int feed(struct hub_registry *registry, struct hub_kafka_reader *reader, struct hub_error *reterr)
{
	struct hub_kafka_event event;
	for (;;) {
		int rc = hub_kafka_reader_next(reader, WAIT_MS, &event, reterr);
		if (rc)
			return rc;
		if (event.kind == HUB_KAFKA_EOF)
			return 0;
		if (event.kind == HUB_KAFKA_NOTHING)
			return hub_error_set(reterr, HUB_E_RETRY, "registry", "the broker does not answer");
		bool loaded;
		if (event.kind == HUB_KAFKA_RECORD && (rc = hub_registry_feed(registry, event.key,
		                                               event.value, event.offset, &loaded, reterr)))
			return rc;
	}
}

static void visit_region(void *user, const void *record)
{
	struct sample_county *county = user;
	const struct hub_region *region = record;
	if (region->kind != HUB_REGION_KIND_COUNTY || county->county_id.len)
		return;
	county->county_id = region->region_id;
	county->name = region->name;
	county->control_org_id = region->control_org_id;
}

static void add(struct sample_orgs *orgs, const struct hub_organisation *org)
{
	if (orgs->count < SAMPLE_ORGS_MAX)
		orgs->items[orgs->count++] = org;
}

static void visit_org(void *user, const void *record)
{
	struct sample_county *county = user;
	const struct hub_organisation *org = record;
	bool here = hub_str_eq(org->county_id, county->county_id);
	switch (org->kind) {
	case HUB_ORGANISATION_KIND_HOSPITAL:
	case HUB_ORGANISATION_KIND_REHABILITATION:
		if (here)
			add(&county->hospitals, org);
		break;
	case HUB_ORGANISATION_KIND_TOWNSHIP_HEALTH_CENTRE:
	case HUB_ORGANISATION_KIND_COMMUNITY_HEALTH_CENTRE:
	case HUB_ORGANISATION_KIND_VILLAGE_CLINIC:
		if (here)
			add(&county->primary, org);
		break;
	default:
		break;
	}
}

struct days {
	int32_t *items;
	uint32_t count;
};

static int compare_days(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static void add_days(struct hub_arena *arena, struct days *days, const struct hub_str_array *texts)
{
	int32_t *items = hub_arena_alloc(arena, (days->count + texts->count + 1) * sizeof(*items));
	if (!items)
		return;
	if (days->count)
		memcpy(items, days->items, days->count * sizeof(*items));
	for (uint32_t i = 0; i < texts->count; i++)
		if (hub_day_parse(texts->items[i], &items[days->count]))
			days->count++;
	qsort(items, days->count, sizeof(*items), compare_days);
	days->items = items;
}

struct calendar {
	struct hub_arena *arena;
	struct days off, extra;
};

static void visit_calendar(void *user, const void *record)
{
	struct calendar *calendar = user;
	const struct hub_working_calendar *year = record;
	add_days(calendar->arena, &calendar->off, &year->days_off);
	add_days(calendar->arena, &calendar->extra, &year->extra_working_days);
}

int sample_county_read(struct sample_county *county, const struct hub_kafka_properties *properties,
        const char *topic, int32_t day, struct hub_error *reterr)
{
	memset(county, 0, sizeof(*county));
	const struct hub_kafka_reader_options options = {
		.properties = *properties,
		.topics = &topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
	};
	struct hub_kafka_reader *reader;
	int rc = hub_kafka_reader_open(&options, &reader, reterr);
	if (rc)
		return rc;
	county->registry = hub_registry_new(&hub_registry_schemas);
	county->arena = hub_arena_new(ARENA_LIMIT);
	rc = feed(county->registry, reader, reterr);
	hub_kafka_reader_close(reader);
	if (rc)
		return rc;
	struct calendar calendar = { .arena = county->arena };
	hub_registry_each(county->registry, &hub_region_schema, day, visit_region, county);
	hub_registry_each(county->registry, &hub_organisation_schema, day, visit_org, county);
	hub_registry_each(county->registry, &hub_working_calendar_schema, day, visit_calendar, &calendar);
	county->workdays = (struct hub_workdays){ calendar.off.items, calendar.extra.items,
		calendar.off.count, calendar.extra.count };
	if (!county->county_id.len || !county->primary.count || !county->hospitals.count)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, topic,
		        "no county with hospitals and primary organisations is loaded (hubctl registry "
		        "load)");
	return 0;
}

void sample_county_done(struct sample_county *county)
{
	hub_registry_free(county->registry);
	hub_arena_free(county->arena);
	memset(county, 0, sizeof(*county));
}
