#include "county.h"
#include "world.h"

#include "base/check.h"
#include "base/hash.h"
#include "records/catalogue.h"
#include "records/consortium.h"
#include "records/drug_catalogue.h"
#include "records/organisation.h"
#include "records/referral_criterion.h"
#include "records/referral_limits.h"
#include "records/region.h"
#include "records/registry_loaded.h"
#include "registry/registry.h"

#include <stdio.h>

const char *const county_ids[COUNTIES] = { "330281", "330282", "330203" };
const char *const county_specialties[SPECIALTIES] = { "03.04", "05.01" };
const char *const county_specialty_elsewhere = "14";

bool county_serves_all(uint32_t hospital, uint32_t county)
{
	return hospital == HOSPITALS && county == COUNTIES - 1;
}

/* All but the third hospital have general beds, the first township centre some for rehabilitation; who serves all has
 * some for nursing. UNKNOWN: none. */
static enum hub_bed_kind beds_of(char kind, uint32_t number, uint32_t county)
{
	if (kind == 'H' && county_serves_all(number, county))
		return HUB_BED_KIND_NURSING;
	if (kind == 'H' && number < HOSPITALS)
		return HUB_BED_KIND_GENERAL;
	return kind == 'T' && number == 1 ? HUB_BED_KIND_REHABILITATION : HUB_BED_KIND_UNKNOWN;
}

bool county_has_beds(struct hub_str org_id, enum hub_bed_kind kind)
{
	static const char kinds[] = { 'H', 'T' };
	char id[24];
	for (uint32_t county = 0; county < COUNTIES; county++)
		for (uint32_t number = 1; number <= HOSPITALS || number <= TOWNSHIPS; number++)
			for (size_t i = 0; i < sizeof(kinds); i++) {
				county_org(id, kinds[i], number, county);
				if (hub_str_is(org_id, id))
					return beds_of(kinds[i], number, county) == kind;
			}
	return false;
}

void county_org(char text[24], char kind, uint32_t number, uint32_t county)
{
	snprintf(text, 24, "%c%u-%s", kind, number, county_ids[county]);
}

int32_t county_partition(const struct world *world, uint32_t county)
{
	return hub_partition_of(hub_str_from(county_ids[county]), world->partitions);
}

static void put(struct world *world, const struct hub_schema *schema, const void *record)
{
	struct hub_buf key, value;
	hub_buf_init(&key, 1 << 16);
	hub_buf_init(&value, 1 << 16);
	hub_check(hub_registry_key(schema, record, &key, NULL) == 0);
	hub_check(hub_frame_encode(schema, record, &value, NULL) == 0);
	struct hub_kafka_record out = { .to = { world->topics.registry, 0 },
		.key = hub_buf_slice(&key),
		.has_key = true,
		.value = hub_buf_slice(&value),
		.has_value = true };
	log_append(&world->kafka, out.to, &out, -1);
	hub_buf_done(&key);
	hub_buf_done(&value);
}

static const struct hub_registry_head since = { .valid_from = HUB_STR("2024-01-01") };

static void put_org(struct world *world, uint32_t county, char kind, uint32_t number)
{
	char id[24], consortium[24];
	struct hub_str member, specialties[SPECIALTIES];
	county_org(id, kind, number, county);
	county_org(consortium, 'G', 0, county);
	member = hub_str_from(consortium);
	for (int i = 0; i < SPECIALTIES; i++)
		specialties[i] = hub_str_from(county_specialties[i]);
	struct hub_organisation org = { .head = since,
		.org_id = hub_str_from(id),
		.name = hub_str_from(id),
		.kind = kind == 'H'   ? HUB_ORGANISATION_KIND_HOSPITAL
		        : kind == 'T' ? HUB_ORGANISATION_KIND_TOWNSHIP_HEALTH_CENTRE
		                      : HUB_ORGANISATION_KIND_AUTHORITY,
		.level = kind == 'T' ? HUB_ORGANISATION_LEVEL_TOWNSHIP : HUB_ORGANISATION_LEVEL_COUNTY,
		.public_owned = true,
		.county_id = hub_str_from(county_ids[county]),
		.memberships = { &member, 1 } };
	struct hub_bed_count beds = { beds_of(kind, number, county), 9 };
	if (beds.kind != HUB_BED_KIND_UNKNOWN)
		org.beds = (struct hub_bed_count_array){ &beds, 1 };
	/* The third hospital has the first specialty only. */
	if (kind == 'H')
		org.specialties =
		        (struct hub_str_array){ specialties, number == HOSPITALS ? 1 : SPECIALTIES };
	struct hub_str others[COUNTIES - 1];
	for (int i = 0; i < COUNTIES - 1; i++)
		others[i] = hub_str_from(county_ids[i]);
	if (kind == 'H' && county_serves_all(number, county)) {
		specialties[1] = hub_str_from(county_specialty_elsewhere);
		org.specialties.count = 2;
		org.partner_county_ids = (struct hub_str_array){ others, COUNTIES - 1 };
	}
	put(world, &hub_organisation_schema, &org);
}

static void put_county(struct world *world, uint32_t county)
{
	char control[24], lead[24], consortium[24];
	county_org(control, 'C', 0, county);
	county_org(lead, 'H', 1, county);
	county_org(consortium, 'G', 0, county);
	struct hub_region region = { .head = since,
		.region_id = hub_str_from(county_ids[county]),
		.name = hub_str_from(county_ids[county]),
		.kind = HUB_REGION_KIND_COUNTY,
		.control_org_id = hub_str_from(control) };
	struct hub_consortium group = { .head = since,
		.consortium_id = hub_str_from(consortium),
		.name = hub_str_from(consortium),
		.form = HUB_CONSORTIUM_FORM_COUNTY_CONSORTIUM,
		.orientation = HUB_ORIENTATION_GENERAL,
		.region_id = hub_str_from(county_ids[county]),
		.has_lead_org_id = true,
		.lead_org_id = hub_str_from(lead) };
	put(world, &hub_region_schema, &region);
	put(world, &hub_consortium_schema, &group);
	put_org(world, county, 'C', 0);
	for (uint32_t i = 1; i <= HOSPITALS; i++)
		put_org(world, county, 'H', i);
	for (uint32_t i = 1; i <= TOWNSHIPS; i++)
		put_org(world, county, 'T', i);
}

/* What a request may name (REF-20), and what one receiver has of drugs (REF-02). */
static void put_catalogues(struct world *world)
{
	char org[24];
	struct hub_str drug = HUB_STR("D1");
	county_org(org, 'T', 1, 0);
	struct hub_referral_criterion criterion = { .head = since,
		.criterion_id = HUB_STR("C1"),
		.direction = HUB_DIRECTION_UP,
		.need = HUB_NEED_BED };
	struct hub_drug_catalogue drugs = {
		.head = since, .org_id = hub_str_from(org), .drug_codes = { &drug, 1 }
	};
	put(world, &hub_referral_criterion_schema, &criterion);
	put(world, &hub_drug_catalogue_schema, &drugs);
}

void county_load(struct world *world, uint32_t number)
{
	char id[24];
	struct hub_referral_limits limits = { .head = since,
		.answer_emergency_minutes = 1,
		.answer_urgent_minutes = 1 + (int32_t)number % 3,
		.answer_routine_working_hours = 24,
		.supplement_hours = 1,
		.supplement_routine_working_hours = 1,
		.supplement_grace_minutes = 1 + (int32_t)number % 3,
		.supplement_max = 3,
		.transfer_minutes = 1 + (int32_t)number % 3,
		.arrival_hours = 1,
		.no_show_working_days = 3,
		.completion_days = 7,
		.return_confirm_working_days = 1,
		.long_stay_days = 1,
		.reserved_share_outpatient = 0.3,
		.reserved_share_expert = 0.5,
		.reserved_share_exam = 0.3,
		.early_days = 14,
		.release_hours = 24,
		.forget_days = 1,
		.session_forget_days = 1,
		.waiting_notice_hour = 9,
		.reroutes_per_event = 2,
		.clock_skew_minutes = 5 };
	for (uint32_t i = 0; i < COUNTIES; i++)
		put_county(world, i);
	put_catalogues(world);
	put(world, &hub_referral_limits_schema, &limits);
	snprintf(id, sizeof(id), "load-%u", number);
	struct hub_registry_loaded loaded = { .load_id = hub_str_from(id) };
	put(world, &hub_registry_loaded_schema, &loaded);
}
