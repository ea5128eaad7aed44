/* REF-02: a down referral carries care plan and continued medication; a drug that the receiver's catalogue lacks
 * raises a shortage alert on the decision. */
#include "referral-router/shortages.h"

#include "referral-router/view.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b)
{
	return hub_str_cmp(*(const struct hub_str *)a, *(const struct hub_str *)b);
}

static void add_catalogue(void *user, const void *record)
{
	struct referral_policy *policy = user;
	const struct hub_drug_catalogue *catalogue = record;
	struct referral_org *org = referral_view_org(policy, catalogue->org_id);
	if (!org)
		return;
	uint32_t count = catalogue->drug_codes.count;
	org->drugs = referral_view_take(policy, sizeof(*org->drugs));
	org->drugs->items = referral_view_take(policy, (count + 1) * sizeof(*org->drugs->items));
	org->drugs->count = count;
	if (count)
		memcpy(org->drugs->items, catalogue->drug_codes.items, count * sizeof(*org->drugs->items));
	qsort(org->drugs->items, count, sizeof(*org->drugs->items), by_text);
}

void referral_view_build_drugs(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	hub_registry_each(registry, &hub_drug_catalogue_schema, day, add_catalogue, policy);
}

static bool has(const struct hub_str_array *drugs, struct hub_str code)
{
	return drugs->count && bsearch(&code, drugs->items, drugs->count, sizeof(code), by_text);
}

/* Decided: no catalogue loaded, no shortage: nobody has said what the receiver has. */
struct hub_shortage_array referral_shortages(const struct referral_policy *policy,
        const struct hub_referral *asked, struct hub_str org_id, struct hub_arena *arena)
{
	struct hub_shortage_array shortages = { NULL, 0 };
	if (asked->direction != HUB_DIRECTION_DOWN || !asked->medications.count)
		return shortages;
	const struct referral_org *org = referral_view_org(policy, org_id);
	if (!org || !org->drugs)
		return shortages;
	shortages.items = hub_arena_alloc(arena, asked->medications.count * sizeof(*shortages.items));
	for (uint32_t i = 0; shortages.items && i < asked->medications.count; i++) {
		const struct hub_medication *drug = &asked->medications.items[i];
		if (!has(org->drugs, drug->drug_code))
			shortages.items[shortages.count++] =
			        (struct hub_shortage){ drug->drug_code, drug->days_left };
	}
	return shortages;
}
