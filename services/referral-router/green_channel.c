/* REF-03: chest pain, stroke, trauma, critical maternal, critical newborn/child go to the designated centre
 * at once. */
#include "referral-router/view.h"

#include "base/check.h"
#include "records/designated_centre.h"

#include <stdlib.h>

struct build {
	struct referral_policy *policy;
	struct referral_list centres; /* const struct hub_designated_centre */
};

static void add_centre(void *user, const void *record)
{
	struct build *build = user;
	const struct hub_designated_centre *centre = record;
	if (referral_view_org(build->policy, centre->org_id))
		referral_view_push(build->policy, &build->centres, centre);
}

static int by_rank(const void *a, const void *b)
{
	const struct hub_designated_centre *left = *(void *const *)a, *right = *(void *const *)b;
	int order = (left->rank > right->rank) - (left->rank < right->rank);
	return order ? order : hub_str_cmp(left->org_id, right->org_id);
}

/* Each region's centres for each condition, by rank. The search goes county, then city, then province
 * (candidates.c). */
void referral_view_build_centres(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	struct build build = { .policy = policy };
	hub_registry_each(registry, &hub_designated_centre_schema, day, add_centre, &build);
	if (build.centres.count)
		qsort(build.centres.items, build.centres.count, sizeof(void *), by_rank);
	for (uint32_t i = 0; i < build.centres.count; i++) {
		const struct hub_designated_centre *centre = build.centres.items[i];
		struct referral_place *place = referral_view_place(policy, centre->region_id);
		struct referral_org *org = referral_view_org(policy, centre->org_id);
		hub_check((int)centre->condition < REFERRAL_CONDITIONS); /* the decoder's promise */
		if (place && !referral_list_has(&place->centres[centre->condition], org))
			referral_view_push(policy, &place->centres[centre->condition], org);
	}
}
