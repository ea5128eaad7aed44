/* REF-04: each organisation level has a disease catalogue (ICD-10 prefixes) that it treats; an organisation's
 * own list wins over its level's. No list: unrestricted, else a county's first day is all UNPLACED. */
#include "referral-router/capability.h"

#include "referral-router/view.h"

#include "records/capability_list.h"

#include <stdlib.h>

/* Sorted, and none begins with another one: so the only one that can begin a diagnosis is the last one <= it.
 */
struct referral_catalogue {
	struct hub_str *prefixes;
	uint32_t count;
};

/* A list for a level, in the region that it applies to. */
struct level_list {
	enum hub_organisation_level level;
	struct hub_str region_id;
	const struct referral_catalogue *catalogue;
};

struct build {
	struct referral_policy *policy;
	struct referral_list levels; /* struct level_list */
};

static int by_text(const void *a, const void *b)
{
	return hub_str_cmp(*(const struct hub_str *)a, *(const struct hub_str *)b);
}

static const struct referral_catalogue *catalogue_new(
        struct referral_policy *policy, const struct hub_str *prefixes, uint32_t count)
{
	struct referral_catalogue *catalogue = referral_view_take(policy, sizeof(*catalogue));
	struct hub_str *sorted = referral_view_take(policy, (count + 1) * sizeof(*sorted));
	if (count)
		memcpy(sorted, prefixes, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_text);
	for (uint32_t i = 0; i < count; i++)
		if (catalogue->count == 0 || !hub_str_starts_with(sorted[i], sorted[catalogue->count - 1]))
			sorted[catalogue->count++] = sorted[i];
	catalogue->prefixes = sorted;
	return catalogue;
}

static bool lists(const struct referral_catalogue *catalogue, struct hub_str diagnosis)
{
	uint32_t low = 0, high = catalogue->count; /* the first prefix > diagnosis */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (hub_str_cmp(catalogue->prefixes[middle], diagnosis) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && hub_str_starts_with(diagnosis, catalogue->prefixes[low - 1]);
}

static void add_list(void *user, const void *record)
{
	struct build *build = user;
	const struct hub_capability_list *list = record;
	struct referral_org *org = list->has_org_id ? referral_view_org(build->policy, list->org_id) : NULL;
	if (!org && (list->has_org_id || !list->has_level))
		return;
	const struct referral_catalogue *catalogue =
	        catalogue_new(build->policy, list->icd10_prefixes.items, list->icd10_prefixes.count);
	if (org) {
		org->catalogue = catalogue;
		return;
	}
	struct level_list *level = referral_view_take(build->policy, sizeof(*level));
	*level = (struct level_list){ list->level, list->head.applies_to_region_id, catalogue };
	referral_view_push(build->policy, &build->levels, level);
}

/* The list of its level, of the nearest region that has one. */
static const struct referral_catalogue *of_level(
        const struct referral_list *levels, const struct referral_org *org)
{
	const struct referral_catalogue *found = NULL;
	int nearest = REFERRAL_DEPTH_ALL + 1;
	for (uint32_t i = 0; i < levels->count; i++) {
		const struct level_list *list = levels->items[i];
		if (list->level != org->record->level)
			continue;
		int depth = referral_view_depth(org->place, list->region_id);
		if (depth >= 0 && depth < nearest) {
			nearest = depth;
			found = list->catalogue;
		}
	}
	return found;
}

void referral_view_build_catalogues(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	struct build build = { .policy = policy };
	hub_registry_each(registry, &hub_capability_list_schema, day, add_list, &build);
	size_t at = 0;
	struct hub_str id;
	for (void *value; hub_map_next(policy->orgs, &at, &id, &value);) {
		struct referral_org *org = value;
		if (!org->catalogue)
			org->catalogue = of_level(&build.levels, org);
	}
}

static const struct referral_catalogue *catalogue_of(
        const struct referral_policy *policy, struct hub_str org_id)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	return org ? org->catalogue : NULL;
}

/* A target whose catalogue lacks the diagnosis is not a candidate. */
bool referral_capability_allows(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str diagnosis)
{
	const struct referral_catalogue *catalogue = catalogue_of(policy, org_id);
	return !catalogue || hub_str_empty(diagnosis) || lists(catalogue, diagnosis);
}

/* An up referral of something the sender itself can treat is routed but flagged WITHIN_SENDER_CAPABILITY. */
bool referral_capability_states(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str diagnosis)
{
	const struct referral_catalogue *catalogue = catalogue_of(policy, org_id);
	return catalogue && lists(catalogue, diagnosis);
}
