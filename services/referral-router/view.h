/* Inside of referral_policy: the registry's records linked with each other. Built once (policy.c and the
 * builders below), then only read. Everything lies in the policy's arena; records are the registry's. */
#ifndef REFERRAL_ROUTER_VIEW_H
#define REFERRAL_ROUTER_VIEW_H

#include "base/arena.h"
#include "base/map.h"
#include "records/condition.h"
#include "records/drug_catalogue.h"
#include "records/partnership.h"
#include "records/region.h"
#include "records/slot_release_policy.h"

#include "referral-router/policy.h"

#define REFERRAL_CONDITIONS (HUB_CONDITION_CRITICAL_CHILD + 1)
#define REFERRAL_SPECIALTY_NONE UINT32_MAX

/* A growing array of pointers. */
struct referral_list {
	void **items;
	uint32_t count;
	uint32_t room;
};

/* A county, city or province: whatever has a Region record or is some organisation's county_id. */
struct referral_place {
	struct hub_str id;
	const struct hub_region *region; /* NULL: the registry has none */
	struct referral_place *parent;   /* NULL: none */
	struct hub_referral_limits limits;
	struct hub_workdays workdays;
	struct referral_list consortia; /* county consortia and city groups (struct referral_consortium) */
	struct referral_list city_hospitals;               /* the partner list (struct referral_org) */
	struct referral_list centres[REFERRAL_CONDITIONS]; /* by rank (struct referral_org) */
	struct referral_list criteria; /* that apply to it by name (struct hub_referral_criterion) */
};

struct referral_org {
	const struct hub_organisation *record;
	struct referral_place *place;
	struct referral_list consortia; /* as member or lead (struct referral_consortium) */
	struct referral_list pairings;  /* as lead hospital: its city hospitals (struct hub_partnership) */
	struct referral_list releases;  /* its release policies (struct hub_slot_release_policy) */
	const struct referral_catalogue *catalogue; /* NULL: unrestricted */
	struct hub_str_array *drugs;                /* sorted; NULL: nobody has said */
	uint64_t *specialties;                      /* bits by number of the specialty */
	double x, y, z;                             /* on the unit sphere; all 0: place unknown */
	bool leads;                                 /* a county consortium or city group */
};

struct referral_consortium {
	const struct hub_consortium *record;
	struct referral_place *place;
	struct referral_org *lead;    /* NULL: none, or unknown */
	struct referral_list members; /* without the lead (struct referral_org) */
};

struct referral_policy {
	struct hub_arena *arena;
	struct hub_map *orgs;          /* org_id -> struct referral_org */
	struct hub_map *consortia;     /* consortium_id -> struct referral_consortium */
	struct hub_map *places;        /* region_id -> struct referral_place */
	struct hub_map *specialties;   /* code -> its number + 1, as a pointer */
	struct referral_place nowhere; /* limits, calendar and criteria for everyone */
	bool has_criteria;             /* any at all */
	struct referral_list
	        hospitals; /* of every kind that may take a patient of another county (REFERRAL_TIER_OTHER) */
};

/* Never NULL: zeroed memory with the policy's life. */
void *referral_view_take(struct referral_policy *policy, size_t size);
void referral_view_push(struct referral_policy *policy, struct referral_list *list, const void *item);
bool referral_list_has(const struct referral_list *list, const void *item);

/* NULL when unknown. */
struct referral_org *referral_view_org(const struct referral_policy *policy, struct hub_str org_id);
struct referral_consortium *referral_view_consortium(
        const struct referral_policy *policy, struct hub_str consortium_id);
struct referral_place *referral_view_place(const struct referral_policy *policy, struct hub_str region_id);

/* REFERRAL_SPECIALTY_NONE when nobody has it. */
uint32_t referral_view_specialty(const struct referral_policy *policy, struct hub_str code);

bool referral_view_has_specialty(const struct referral_org *org, uint32_t specialty);
bool referral_view_has_beds(const struct referral_org *org, enum hub_bed_kind kind);

/* How far above place the region lies that a record applies to: 0 itself, 1 its parent, ...,
 * REFERRAL_DEPTH_ALL for "" (everyone); -1: it does not apply. The smallest wins. */
enum { REFERRAL_DEPTH_ALL = 4 };
int referral_view_depth(const struct referral_place *place, struct hub_str applies_to_region_id);

/* A county consortium or city group: what REF-01 calls a consortium (alliances, tele networks are not). */
bool referral_view_is_county_form(const struct hub_consortium *record);

/* The builders, in the order in which policy.c calls them; each walks its own record types. */
void referral_view_build_places(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_orgs(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_limits(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_calendars(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_catalogues(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_centres(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_drugs(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);
void referral_view_build_criteria(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day);

#endif
