#include "referral-router/policy.h"

#include "referral-router/view.h"

#include "base/check.h"

#include <stdlib.h>

enum { POLICY_MEMORY = 512 * 1024 * 1024, LIST_START = 4 };

struct referral_policy *referral_policy_new(const struct hub_registry *registry, int32_t day)
{
	struct referral_policy *policy = calloc(1, sizeof(*policy));
	hub_check(policy != NULL);
	policy->arena = hub_arena_new(POLICY_MEMORY);
	policy->orgs = hub_map_new();
	policy->consortia = hub_map_new();
	policy->places = hub_map_new();
	policy->specialties = hub_map_new();
	hub_check(
	        policy->arena && policy->orgs && policy->consortia && policy->places && policy->specialties);
	referral_view_build_places(policy, registry, day);
	referral_view_build_orgs(policy, registry, day);
	referral_view_build_limits(policy, registry, day);
	referral_view_build_calendars(policy, registry, day);
	referral_view_build_catalogues(policy, registry, day);
	referral_view_build_centres(policy, registry, day);
	referral_view_build_drugs(policy, registry, day);
	referral_view_build_criteria(policy, registry, day);
	return policy;
}

void referral_policy_free(struct referral_policy *policy)
{
	if (!policy)
		return;
	hub_map_free(policy->specialties);
	hub_map_free(policy->places);
	hub_map_free(policy->consortia);
	hub_map_free(policy->orgs);
	hub_arena_free(policy->arena);
	free(policy);
}

size_t referral_policy_bytes(const struct referral_policy *policy)
{
	return hub_arena_used(policy->arena);
}

const struct hub_organisation *referral_policy_org(
        const struct referral_policy *policy, struct hub_str org_id)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	return org ? org->record : NULL;
}

const struct hub_consortium *referral_policy_consortium(
        const struct referral_policy *policy, struct hub_str consortium_id)
{
	const struct referral_consortium *consortium = referral_view_consortium(policy, consortium_id);
	return consortium ? consortium->record : NULL;
}

struct hub_str referral_policy_county_of(const struct referral_policy *policy, struct hub_str org_id)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	return org ? org->record->county_id : HUB_STR("");
}

bool referral_policy_is_member(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str consortium_id)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	const struct referral_consortium *consortium = referral_view_consortium(policy, consortium_id);
	return org && consortium && referral_list_has(&org->consortia, consortium);
}

bool referral_policy_may_have_specialty(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str specialty)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	return org && (org->record->specialties.count == 0 ||
	                      referral_view_has_specialty(org, referral_view_specialty(policy, specialty)));
}

bool referral_policy_is_lead(const struct referral_policy *policy, struct hub_str org_id)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	return org && org->leads;
}

static const struct referral_place *place_or_nowhere(
        const struct referral_policy *policy, struct hub_str region_id)
{
	const struct referral_place *place = referral_view_place(policy, region_id);
	return place ? place : &policy->nowhere;
}

bool referral_policy_leads_at(
        const struct referral_policy *policy, struct hub_str county_id, struct hub_str org_id)
{
	const struct hub_region *region = place_or_nowhere(policy, county_id)->region;
	return region && region->kind == HUB_REGION_KIND_CITY && referral_policy_is_lead(policy, org_id);
}

struct hub_str referral_policy_control_org(const struct referral_policy *policy, struct hub_str county_id)
{
	const struct hub_region *region = place_or_nowhere(policy, county_id)->region;
	return region ? region->control_org_id : HUB_STR("");
}

const struct hub_referral_limits *referral_policy_limits(
        const struct referral_policy *policy, struct hub_str county_id)
{
	return &place_or_nowhere(policy, county_id)->limits;
}

const struct hub_workdays *referral_policy_workdays(
        const struct referral_policy *policy, struct hub_str county_id)
{
	return &place_or_nowhere(policy, county_id)->workdays;
}

void *referral_view_take(struct referral_policy *policy, size_t size)
{
	void *memory = hub_arena_alloc(policy->arena, size);
	hub_check(memory != NULL);
	return memory;
}

void referral_view_push(struct referral_policy *policy, struct referral_list *list, const void *item)
{
	if (list->count == list->room) {
		uint32_t room = list->room ? 2 * list->room : LIST_START;
		void **items = referral_view_take(policy, room * sizeof(*items));
		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = (void *)(uintptr_t)item;
}

bool referral_list_has(const struct referral_list *list, const void *item)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->items[i] == item)
			return true;
	return false;
}

struct referral_org *referral_view_org(const struct referral_policy *policy, struct hub_str org_id)
{
	return hub_map_get(policy->orgs, org_id);
}

struct referral_consortium *referral_view_consortium(
        const struct referral_policy *policy, struct hub_str consortium_id)
{
	return hub_map_get(policy->consortia, consortium_id);
}

struct referral_place *referral_view_place(const struct referral_policy *policy, struct hub_str region_id)
{
	return hub_map_get(policy->places, region_id);
}

uint32_t referral_view_specialty(const struct referral_policy *policy, struct hub_str code)
{
	uintptr_t number = (uintptr_t)hub_map_get(policy->specialties, code);
	return number ? (uint32_t)(number - 1) : REFERRAL_SPECIALTY_NONE;
}

bool referral_view_has_specialty(const struct referral_org *org, uint32_t specialty)
{
	return specialty != REFERRAL_SPECIALTY_NONE &&
	       (org->specialties[specialty / 64] >> specialty % 64 & 1);
}

bool referral_view_has_beds(const struct referral_org *org, enum hub_bed_kind kind)
{
	for (uint32_t i = 0; i < org->record->beds.count; i++)
		if (org->record->beds.items[i].kind == kind && org->record->beds.items[i].count > 0)
			return true;
	return false;
}

int referral_view_depth(const struct referral_place *place, struct hub_str applies_to_region_id)
{
	if (hub_str_empty(applies_to_region_id))
		return REFERRAL_DEPTH_ALL;
	for (int depth = 0; place && depth < REFERRAL_DEPTH_ALL; depth++, place = place->parent)
		if (hub_str_eq(place->id, applies_to_region_id))
			return depth;
	return -1;
}

bool referral_view_is_county_form(const struct hub_consortium *record)
{
	return record->form == HUB_CONSORTIUM_FORM_COUNTY_CONSORTIUM ||
	       record->form == HUB_CONSORTIUM_FORM_CITY_GROUP;
}
