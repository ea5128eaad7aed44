/* Who is who in the county, as the registry topic says: so the player knows what every publisher may know. */
#ifndef SAMPLE_COUNTY_COUNTY_H
#define SAMPLE_COUNTY_COUNTY_H

#include "kafka/properties.h"
#include "records/organisation.h"
#include "registry/registry.h"

#include "base/workdays.h"

enum { SAMPLE_ORGS_MAX = 512 };

/* Organisations that do something in the day. Everything is borrowed from the registry. */
struct sample_orgs {
	const struct hub_organisation *items[SAMPLE_ORGS_MAX];
	uint32_t count;
};

struct sample_county {
	struct hub_registry *registry;
	struct hub_arena *arena;
	struct hub_str county_id; /* the one region of kind COUNTY */
	struct hub_str name;
	struct hub_str control_org_id;
	struct sample_orgs primary;   /* who refers: health centres and village clinics of the county */
	struct sample_orgs hospitals; /* who receives, in the county */
	struct hub_workdays workdays;
};

/* Reads the topic `registry` (full name) to its end, as it holds on day. HUB_E_NOT_FOUND: nothing is loaded,
 * or no county in it. Otherwise as the reader. */
int sample_county_read(struct sample_county *county, const struct hub_kafka_properties *properties,
        const char *topic, int32_t day, struct hub_error *reterr);

/* Accepts one that was never read but zeroed. */
void sample_county_done(struct sample_county *county);

#endif
