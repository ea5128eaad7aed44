/* REF-08 REF-11 */
#include "referral-router/exclusions.h"

/* Rejecters and the silent are never asked again (REF-11, REF-08). */
const char *referral_exclusion_of(struct hub_str reason_code)
{
	static const char *const reasons[] = { "REJECTED", "EXPIRED" };
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (hub_str_is(reason_code, reasons[i]))
			return reasons[i];
	}
	return NULL;
}

/* REF-11: a rejected referral never goes back to the hospital that rejected it. */
void referral_exclude(struct hub_arena *arena, const struct hub_considered_array *considered,
        struct referral_search *search)
{
	struct referral_exclusion *excluded =
	        hub_arena_alloc(arena, (considered->count + 1) * sizeof(*excluded));
	search->excluded = excluded;
	for (uint32_t i = 0; excluded && i < considered->count; i++) {
		const char *reason = referral_exclusion_of(considered->items[i].reason_code);
		if (reason)
			excluded[search->excluded_count++] =
			        (struct referral_exclusion){ considered->items[i].org_id, reason };
	}
}
