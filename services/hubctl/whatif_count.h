/* What decisions come to: referrals placed, waiting, gone, and slots. One for what happened and one for what would have.
 * Pure. */
#ifndef HUBCTL_WHATIF_COUNT_H
#define HUBCTL_WHATIF_COUNT_H

#include "base/arena.h"
#include "records/route_path.h"
#include "wire/schema.h"

enum {
	HUBCTL_PATHS = HUB_ROUTE_PATH_HOME + 1,
	HUBCTL_REASONS = 24, /* codes that are told apart */
};

struct hubctl_totals {
	int64_t requested;             /* referrals whose first decision lies in the time */
	int64_t placed;                /* of them: had a hospital */
	int64_t by_path[HUBCTL_PATHS]; /* of them: by the path of the last one */
	int64_t at_once;               /* of those placed: in the first decision */
	int64_t wait_median_ms;        /* of those placed, from the first decision to the first hospital */
	int64_t wait_p90_ms;
	int64_t wait_longest_ms;
	int64_t waiting;     /* never placed, still on a waiting list at the end */
	int64_t unplaced;    /* never placed, nobody left, at the end */
	int64_t not_placed;  /* never placed and ended */
	int64_t left_county; /* of those placed: the last hospital lies outside the county */
	int64_t expired;     /* answer times that passed */
	int64_t events_refused;
	struct {
		struct hub_str code;
		int64_t count;
	} reasons[HUBCTL_REASONS]; /* of refused events, the most frequent first */
	uint32_t reason_count;
	int64_t sessions; /* that ended in the time */
	int64_t slots;    /* of them */
	int64_t slots_used_referred;
	int64_t slots_used_own;
	int64_t slots_unused;
};

struct hubctl_count;

/* [from, to): the time that is counted. county: only its decisions; empty: all. outside: whether a hospital lies outside
 * a county. NULL when memory is out. */
struct hubctl_count *hubctl_count_new(int64_t from_ms, int64_t to_ms, struct hub_str county,
        bool (*outside)(void *user, struct hub_str org_id, struct hub_str county_id), void *user);
void hubctl_count_free(struct hubctl_count *count); /* accepts NULL */

/* The next decision of its county; those before the time, too: who was placed before is none of it. */
void hubctl_count_take(struct hubctl_count *count, const struct hub_schema *schema, const void *record);

/* False: memory was out. Slices are the count's. */
bool hubctl_count_totals(struct hubctl_count *count, struct hubctl_totals *ret);

#endif
