/* REF-20: referral criteria are data: direction, ICD-10, specialty, need. A request names those that it meets; none
 * met: routed, flagged CRITERIA_NOT_MET, without the priority of REF-06. */
#include "referral-router/criteria.h"

#include "referral-router/view.h"

#include "records/referral_criterion.h"

static void add_criterion(void *user, const void *record)
{
	struct referral_policy *policy = user;
	const struct hub_referral_criterion *criterion = record;
	struct hub_str region_id = criterion->head.applies_to_region_id;
	struct referral_place *place =
	        region_id.len ? referral_view_place(policy, region_id) : &policy->nowhere;
	if (place)
		referral_view_push(policy, &place->criteria, criterion);
	policy->has_criteria = true;
}

void referral_view_build_criteria(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	hub_registry_each(registry, &hub_referral_criterion_schema, day, add_criterion, policy);
}

static bool of_kind(const struct hub_referral_criterion *criterion, const struct hub_referral *asked)
{
	return criterion->direction == asked->direction && criterion->need == asked->need &&
	       (!criterion->has_specialty || hub_str_eq(criterion->specialty, asked->specialty));
}

static bool covers(const struct hub_referral_criterion *criterion, struct hub_str diagnosis)
{
	const struct hub_str_array *prefixes = &criterion->icd10_prefixes;
	for (uint32_t i = 0; i < prefixes->count; i++)
		if (hub_str_starts_with(diagnosis, prefixes->items[i]))
			return true;
	return prefixes->count == 0;
}

static bool names(const struct hub_referral *asked, struct hub_str criterion_id)
{
	for (uint32_t i = 0; i < asked->criteria.count; i++)
		if (hub_str_eq(asked->criteria.items[i], criterion_id))
			return true;
	return false;
}

/* A walk over the criteria of the referral's kind: its county's, then those of the regions above it, then
 * everyone's. */
struct walk {
	const struct referral_policy *policy;
	const struct referral_place *place; /* NULL: at the end */
	int depth;
	uint32_t next;
};

static struct walk begin(const struct referral_policy *policy, struct hub_str county_id)
{
	const struct referral_place *place =
	        policy->has_criteria ? referral_view_place(policy, county_id) : NULL;
	if (!place && policy->has_criteria)
		place = &policy->nowhere;
	return (struct walk){ policy, place, 0, 0 };
}

static const struct referral_place *above(const struct walk *walk)
{
	const struct referral_place *nowhere = &walk->policy->nowhere;
	if (walk->place == nowhere)
		return NULL;
	return walk->place->parent && walk->depth + 1 < REFERRAL_DEPTH_ALL ? walk->place->parent : nowhere;
}

static const struct hub_referral_criterion *next_of_kind(struct walk *walk, const struct hub_referral *asked)
{
	while (walk->place) {
		while (walk->next < walk->place->criteria.count) {
			const struct hub_referral_criterion *criterion =
			        walk->place->criteria.items[walk->next++];
			if (of_kind(criterion, asked))
				return criterion;
		}
		walk->place = above(walk);
		walk->depth++;
		walk->next = 0;
	}
	return NULL;
}

/* Decided: a criterion counts when the request names it and it is known, of this direction, need and specialty, and
 * covers the diagnosis. */
enum referral_criteria referral_criteria_judge(
        const struct referral_policy *policy, struct hub_str county_id, const struct hub_referral *asked)
{
	enum referral_criteria result = REFERRAL_CRITERIA_NONE;
	const struct hub_referral_criterion *criterion;
	struct walk walk = begin(policy, county_id);
	while ((criterion = next_of_kind(&walk, asked))) {
		if (names(asked, criterion->criterion_id) && covers(criterion, asked->diagnosis))
			return REFERRAL_CRITERIA_MET;
		result = REFERRAL_CRITERIA_NOT_MET;
	}
	return result;
}

bool referral_criteria_first(
        const struct referral_policy *policy, struct hub_str county_id, const struct hub_referral *asked)
{
	return asked->need == HUB_NEED_BED && asked->direction == HUB_DIRECTION_UP &&
	       referral_criteria_judge(policy, county_id, asked) == REFERRAL_CRITERIA_MET;
}
