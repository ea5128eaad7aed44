/* REF-01 REF-05 REF-21: who there is and who belongs to whom: regions, organisations, consortia, the partner
 * list, release policies. A record that names an organisation or consortium which the registry does not hold
 * on the day links nothing. */
#include "referral-router/view.h"

#include "base/check.h"
#include "records/slot_release_policy.h"

#include <math.h>

struct build {
	struct referral_policy *policy;
	struct referral_list orgs;
};

static struct referral_place *place_named(struct referral_policy *policy, struct hub_str region_id)
{
	struct referral_place *place = referral_view_place(policy, region_id);
	if (!place) {
		place = referral_view_take(policy, sizeof(*place));
		place->id = region_id;
		hub_map_put(policy->places, region_id, place);
	}
	return place;
}

static void add_region(void *user, const void *record)
{
	struct referral_policy *policy = user;
	const struct hub_region *region = record;
	struct referral_place *place = place_named(policy, region->region_id);
	place->region = region;
	if (region->has_parent_region_id && !hub_str_eq(region->parent_region_id, region->region_id))
		place->parent = place_named(policy, region->parent_region_id);
}

void referral_view_build_places(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	hub_registry_each(registry, &hub_region_schema, day, add_region, policy);
}

/* Where the registry has no Region for a county, its organisations tell in which city and province it lies.
 */
static struct referral_place *place_of(struct referral_policy *policy, const struct hub_organisation *record)
{
	struct referral_place *place = place_named(policy, record->county_id);
	const struct hub_str above[] = { record->city_id, record->province_id };
	struct referral_place *below = place;
	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++) {
		if (hub_str_empty(above[i]) || hub_str_eq(above[i], below->id))
			continue;
		if (!below->parent && !below->region)
			below->parent = place_named(policy, above[i]);
		if (!below->parent)
			break;
		below = below->parent;
	}
	return place;
}

static void number_specialties(struct referral_policy *policy, const struct hub_organisation *record)
{
	for (uint32_t i = 0; i < record->specialties.count; i++) {
		struct hub_str code = record->specialties.items[i];
		if (referral_view_specialty(policy, code) == REFERRAL_SPECIALTY_NONE)
			hub_map_put(
			        policy->specialties, code, (void *)(hub_map_count(policy->specialties) + 1));
	}
}

static void locate(struct referral_org *org)
{
	if (!org->record->has_location)
		return;
	double lat = org->record->location.lat * M_PI / 180, lon = org->record->location.lon * M_PI / 180;
	org->x = cos(lat) * cos(lon);
	org->y = cos(lat) * sin(lon);
	org->z = sin(lat);
}

static void add_org(void *user, const void *record)
{
	struct build *build = user;
	struct referral_org *org = referral_view_take(build->policy, sizeof(*org));
	org->record = record;
	org->place = place_of(build->policy, org->record);
	locate(org);
	number_specialties(build->policy, org->record);
	hub_map_put(build->policy->orgs, org->record->org_id, org);
	referral_view_push(build->policy, &build->orgs, org);
	if (org->record->kind == HUB_ORGANISATION_KIND_HOSPITAL)
		referral_view_push(build->policy, &build->policy->hospitals, org);
}

static void add_consortium(void *user, const void *record)
{
	struct referral_policy *policy = user;
	struct referral_consortium *consortium = referral_view_take(policy, sizeof(*consortium));
	consortium->record = record;
	consortium->place = place_named(policy, consortium->record->region_id);
	hub_map_put(policy->consortia, consortium->record->consortium_id, consortium);
	bool county_form = referral_view_is_county_form(consortium->record);
	if (county_form)
		referral_view_push(policy, &consortium->place->consortia, consortium);
	if (!consortium->record->has_lead_org_id)
		return;
	consortium->lead = referral_view_org(policy, consortium->record->lead_org_id);
	if (!consortium->lead)
		return;
	consortium->lead->leads |= county_form;
	referral_view_push(policy, &consortium->lead->consortia, consortium);
}

/* Its specialties as bits, its consortia, the counties that it serves. Needs every organisation and
 * consortium. */
static void link_org(struct referral_policy *policy, struct referral_org *org)
{
	const struct hub_organisation *record = org->record;
	size_t words = hub_map_count(policy->specialties) / 64 + 1;
	org->specialties = referral_view_take(policy, words * sizeof(uint64_t));
	for (uint32_t i = 0; i < record->specialties.count; i++) {
		uint32_t number = referral_view_specialty(policy, record->specialties.items[i]);
		org->specialties[number / 64] |= UINT64_C(1) << number % 64;
	}
	for (uint32_t i = 0; i < record->memberships.count; i++) {
		struct referral_consortium *consortium =
		        referral_view_consortium(policy, record->memberships.items[i]);
		if (!consortium || referral_list_has(&org->consortia, consortium))
			continue;
		referral_view_push(policy, &org->consortia, consortium);
		referral_view_push(policy, &consortium->members, org);
	}
	for (uint32_t i = 0; i < record->partner_county_ids.count; i++) {
		struct referral_place *county = place_named(policy, record->partner_county_ids.items[i]);
		if (!referral_list_has(&county->city_hospitals, org))
			referral_view_push(policy, &county->city_hospitals, org);
	}
}

static void add_partnership(void *user, const void *record)
{
	struct referral_policy *policy = user;
	const struct hub_partnership *partnership = record;
	struct referral_org *city = referral_view_org(policy, partnership->city_org_id);
	struct referral_org *lead = referral_view_org(policy, partnership->lead_org_id);
	if (!city || !lead)
		return;
	referral_view_push(policy, &lead->pairings, partnership);
	if (!referral_list_has(&lead->place->city_hospitals, city))
		referral_view_push(policy, &lead->place->city_hospitals, city);
}

static void add_release(void *user, const void *record)
{
	struct referral_policy *policy = user;
	const struct hub_slot_release_policy *release = record;
	struct referral_org *org = referral_view_org(policy, release->org_id);
	if (org)
		referral_view_push(policy, &org->releases, release);
}

void referral_view_build_orgs(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	struct build build = { .policy = policy };
	hub_registry_each(registry, &hub_organisation_schema, day, add_org, &build);
	hub_registry_each(registry, &hub_consortium_schema, day, add_consortium, policy);
	for (uint32_t i = 0; i < build.orgs.count; i++)
		link_org(policy, build.orgs.items[i]);
	hub_registry_each(registry, &hub_partnership_schema, day, add_partnership, policy);
	hub_registry_each(registry, &hub_slot_release_policy_schema, day, add_release, policy);
}
