/* /organisations: who is who, as far as the viewer meets them: its county, the city hospitals that serve it, and whoever its
 * referrals come from or go to. */
#include "base/calendar.h"
#include "base/map.h"
#include "dashboard-gateway/view/collection.h"
#include "dashboard-gateway/view/rows.h"
#include "records/partnership.h"
#include "records/region.h"

struct listing {
	const struct gateway_world *world;
	const struct gateway_viewer *viewer;
	struct gateway_json json;
	struct hub_map *met; /* organisations elsewhere that it meets */
	int32_t day;
	struct hub_str org_id; /* whose lead_of and control_of are being written */
};

static void meet(struct listing *listing, struct hub_str org_id)
{
	if (org_id.len)
		hub_map_put(listing->met, org_id, listing);
}

/* A city hospital that is paired with a hospital of the county. */
static void meet_partner(void *user, const void *record)
{
	struct listing *listing = user;
	const struct hub_partnership *partnership = record;
	struct hub_str county_id =
	        referral_policy_county_of(listing->world->policy, partnership->lead_org_id);
	if (county_id.len && hub_str_eq(county_id, listing->viewer->county_id))
		meet(listing, partnership->city_org_id);
}

static void meet_neighbours(struct listing *listing)
{
	const struct gateway_referral *referral;
	for (size_t at = 0; (referral = gateway_referrals_each(listing->world, listing->viewer, &at));) {
		meet(listing, referral->from_org_id);
		meet(listing, referral->to_org_id);
		meet(listing, referral->asked_org_id);
	}
}

static bool shown(const struct listing *listing, const struct hub_organisation *org)
{
	struct hub_str county_id = listing->viewer->county_id;
	if (county_id.len && hub_str_eq(org->county_id, county_id))
		return true;
	for (uint32_t i = 0; i < org->partner_county_ids.count; i++)
		if (county_id.len && hub_str_eq(org->partner_county_ids.items[i], county_id))
			return true;
	return hub_str_eq(org->org_id, listing->viewer->org_id) || hub_map_get(listing->met, org->org_id);
}

static void put_lead(void *user, const void *record)
{
	struct listing *listing = user;
	const struct hub_consortium *consortium = record;
	if (consortium->has_lead_org_id && hub_str_eq(consortium->lead_org_id, listing->org_id))
		gateway_json_text(&listing->json, NULL, consortium->consortium_id);
}

static void put_control(void *user, const void *record)
{
	struct listing *listing = user;
	const struct hub_region *region = record;
	if (hub_str_eq(region->control_org_id, listing->org_id))
		gateway_json_text(&listing->json, NULL, region->region_id);
}

static void put_org(void *user, const void *record)
{
	struct listing *listing = user;
	struct gateway_json *json = &listing->json;
	const struct hub_organisation *org = record;
	const struct hub_registry *registry = listing->world->registry;
	if (!shown(listing, org))
		return;
	listing->org_id = org->org_id;
	gateway_json_object(json, NULL);
	gateway_json_text(json, "org_id", org->org_id);
	gateway_json_text(json, "name", org->name);
	gateway_json_text(json, "kind", hub_str_from(hub_organisation_kind_name(org->kind)));
	gateway_json_text(json, "level", hub_str_from(hub_organisation_level_name(org->level)));
	gateway_json_str(json, "county_id", org->county_id);
	gateway_json_str(json, "parent_org_id", org->has_parent_org_id ? org->parent_org_id : HUB_STR(""));
	gateway_json_strs(json, "memberships", &org->memberships);
	gateway_json_array(json, "lead_of");
	if (org->kind == HUB_ORGANISATION_KIND_HOSPITAL)
		hub_registry_each(registry, &hub_consortium_schema, listing->day, put_lead, listing);
	gateway_json_end_array(json);
	gateway_json_array(json, "control_of");
	if (org->kind == HUB_ORGANISATION_KIND_AUTHORITY)
		hub_registry_each(registry, &hub_region_schema, listing->day, put_control, listing);
	gateway_json_end_array(json);
	gateway_json_end_object(json);
}

int gateway_view_organisations(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr)
{
	struct listing listing = { .world = world,
		.viewer = viewer,
		.json = gateway_json(out),
		.met = hub_map_new(),
		.day = hub_day_of(world->now_ms) };
	gateway_json_object(&listing.json, NULL);
	gateway_json_time(&listing.json, "as_of", world->now_ms);
	gateway_json_int(&listing.json, "registry_version", world->feed.registry_version);
	gateway_json_array(&listing.json, "items");
	if (world->registry && world->policy && viewer->role != GATEWAY_ROLE_NONE) {
		hub_registry_each(
		        world->registry, &hub_partnership_schema, listing.day, meet_partner, &listing);
		meet_neighbours(&listing);
		hub_registry_each(world->registry, &hub_organisation_schema, listing.day, put_org, &listing);
	}
	gateway_json_end_array(&listing.json);
	gateway_json_end_object(&listing.json);
	hub_map_free(listing.met);
	return gateway_json_done(&listing.json, reterr);
}
