/* REF-08 REF-13 REF-16 REF-17: the limits of each county: its own record, else its city's, its province's,
 * everyone's, else the defaults that the schema states. A value that is out of range counts as not given. */
#include "referral-router/view.h"

#include <stddef.h>

struct range {
	size_t offset; /* of an int32_t in struct hub_referral_limits */
	int32_t min;
	int32_t max;
};

#define RANGE(field, min, max)                                                                               \
	{                                                                                                    \
		offsetof(struct hub_referral_limits, field), min, max                                        \
	}

/* Time limits go up to a year: far above any sense, and low enough that a sum of them never overflows. */
enum { YEAR_MINUTES = 366 * 24 * 60, YEAR_HOURS = 366 * 24, YEAR_DAYS = 366 };

static const struct range ranges[] = {
	RANGE(answer_emergency_minutes, 1, YEAR_MINUTES),
	RANGE(answer_urgent_minutes, 1, YEAR_MINUTES),
	RANGE(answer_routine_working_hours, 1, YEAR_HOURS),
	RANGE(supplement_hours, 1, YEAR_HOURS),
	RANGE(supplement_routine_working_hours, 1, YEAR_HOURS),
	RANGE(supplement_grace_minutes, 1, YEAR_MINUTES),
	RANGE(supplement_max, 0, 100),
	RANGE(transfer_minutes, 1, YEAR_MINUTES),
	RANGE(arrival_hours, 1, YEAR_HOURS),
	RANGE(no_show_working_days, 1, YEAR_DAYS),
	RANGE(completion_days, 1, YEAR_DAYS),
	RANGE(return_confirm_working_days, 1, YEAR_DAYS),
	RANGE(long_stay_days, 1, YEAR_DAYS),
	RANGE(early_days, 0, YEAR_DAYS),
	RANGE(release_hours, 0, YEAR_HOURS),
	RANGE(forget_days, 1, 10 * YEAR_DAYS),
	RANGE(session_forget_days, 1, 10 * YEAR_DAYS),
	RANGE(waiting_notice_hour, 0, 23),
	RANGE(reroutes_per_event, 1, 1000),
	RANGE(clock_skew_minutes, 1, YEAR_MINUTES),
};

static const size_t shares[] = {
	offsetof(struct hub_referral_limits, reserved_share_outpatient),
	offsetof(struct hub_referral_limits, reserved_share_expert),
	offsetof(struct hub_referral_limits, reserved_share_exam),
};

static const struct hub_referral_limits *defaults(void)
{
	return hub_referral_limits_schema.defaults;
}

static struct hub_referral_limits in_range(const struct hub_referral_limits *given)
{
	struct hub_referral_limits limits = *given;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		int32_t value;
		memcpy(&value, (const char *)given + ranges[i].offset, sizeof(value));
		if (value < ranges[i].min || value > ranges[i].max)
			memcpy((char *)&limits + ranges[i].offset,
			        (const char *)defaults() + ranges[i].offset, sizeof(value));
	}
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		double value;
		memcpy(&value, (const char *)given + shares[i], sizeof(value));
		if (!(value >= 0 && value <= 1))
			memcpy((char *)&limits + shares[i], (const char *)defaults() + shares[i],
			        sizeof(value));
	}
	return limits;
}

static void add_limits(void *user, const void *record)
{
	const struct hub_referral_limits *limits = record;
	hub_map_put(user, limits->head.applies_to_region_id, (void *)(uintptr_t)limits);
}

void referral_view_build_limits(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	struct hub_map *by_region = hub_map_new();
	hub_registry_each(registry, &hub_referral_limits_schema, day, add_limits, by_region);
	const struct hub_referral_limits *everyone = hub_map_get(by_region, HUB_STR(""));
	policy->nowhere.limits = in_range(everyone ? everyone : defaults());
	size_t at = 0;
	struct hub_str id;
	for (void *value; hub_map_next(policy->places, &at, &id, &value);) {
		struct referral_place *place = value;
		const struct hub_referral_limits *found = NULL;
		const struct referral_place *above = place;
		for (int depth = 0; above && !found && depth < REFERRAL_DEPTH_ALL;
		        depth++, above = above->parent)
			found = hub_map_get(by_region, above->id);
		place->limits = found ? in_range(found) : policy->nowhere.limits;
	}
	hub_map_free(by_region);
}
