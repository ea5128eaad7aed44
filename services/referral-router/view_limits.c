/* REF-08 REF-13 REF-16 REF-17: the limits of each county: its own record, else its city's, its province's,
 * everyone's, else the defaults that the schema states. A value that is out of range counts as not given. */
#include "base/buf.h"
#include "referral-router/limits.h"
#include "referral-router/view.h"

#include <inttypes.h>
#include <stddef.h>

struct range {
	const char *field;
	size_t offset; /* of an int32_t in struct hub_referral_limits */
	int32_t min;
	int32_t max;
};

#define RANGE(field, min, max)                                                                               \
	{                                                                                                    \
#field, offsetof(struct hub_referral_limits, field), min, max                                \
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

static const struct share {
	const char *field;
	size_t offset; /* of a double */
} shares[] = {
	{ "reserved_share_outpatient", offsetof(struct hub_referral_limits, reserved_share_outpatient) },
	{ "reserved_share_expert", offsetof(struct hub_referral_limits, reserved_share_expert) },
	{ "reserved_share_exam", offsetof(struct hub_referral_limits, reserved_share_exam) },
};

enum {
	TEXT_MAX = 1024,
	RANGES = sizeof(ranges) / sizeof(ranges[0]),
	SHARES = sizeof(shares) / sizeof(shares[0])
};

static const struct hub_referral_limits *defaults(void)
{
	return hub_referral_limits_schema.defaults;
}

static int32_t number_of(const struct hub_referral_limits *limits, const struct range *range)
{
	int32_t value;
	memcpy(&value, (const char *)limits + range->offset, sizeof(value));
	return value;
}

static bool number_is_right(const struct hub_referral_limits *limits, const struct range *range)
{
	int32_t value = number_of(limits, range);
	return value >= range->min && value <= range->max;
}

static bool share_is_right(const struct hub_referral_limits *limits, const struct share *share)
{
	double value;
	memcpy(&value, (const char *)limits + share->offset, sizeof(value));
	return value >= 0 && value <= 1; /* so NaN is not */
}

static struct hub_referral_limits in_range(const struct hub_referral_limits *given)
{
	struct hub_referral_limits limits = *given;
	for (size_t i = 0; i < RANGES; i++)
		if (!number_is_right(given, &ranges[i]))
			memcpy((char *)&limits + ranges[i].offset,
			        (const char *)defaults() + ranges[i].offset, sizeof(int32_t));
	for (size_t i = 0; i < SHARES; i++)
		if (!share_is_right(given, &shares[i]))
			memcpy((char *)&limits + shares[i].offset,
			        (const char *)defaults() + shares[i].offset, sizeof(double));
	return limits;
}

void referral_limits_check(const struct hub_referral_limits *limits,
        void (*tell)(void *user, const char *field, const char *expected), void *user)
{
	struct hub_buf text;
	hub_buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < RANGES; i++) {
		const struct range *range = &ranges[i];
		if (number_is_right(limits, range))
			continue;
		hub_buf_reset(&text);
		hub_buf_printf(&text,
		        "expected a whole number from %" PRId32 " to %" PRId32 ", not %" PRId32 "%c",
		        range->min, range->max, number_of(limits, range), '\0');
		tell(user, range->field, text.data);
	}
	for (size_t i = 0; i < SHARES; i++)
		if (!share_is_right(limits, &shares[i]))
			tell(user, shares[i].field, "a share lies between 0 and 1 (30 % is 0.3)");
	hub_buf_done(&text);
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

/* ---- what is told ---- */

struct faults {
	const struct hub_referral_limits *limits;
	void (*tell)(void *user, const char *text);
	void *user;
};

static void tell_fault(void *user, const char *field, const char *expected)
{
	const struct faults *faults = user;
	struct hub_str region = faults->limits->head.applies_to_region_id;
	struct hub_buf text;
	hub_buf_init(&text, TEXT_MAX);
	hub_buf_text(&text, "ReferralLimits of ");
	hub_buf_str(&text, region.len ? region : HUB_STR("everyone"));
	hub_buf_printf(&text, ": %s: %s; the default holds%c", field, expected, '\0');
	faults->tell(faults->user, text.data);
	hub_buf_done(&text);
}

static void check_limits(void *user, const void *record)
{
	struct faults *faults = user;
	faults->limits = record;
	referral_limits_check(record, tell_fault, faults);
}

void referral_policy_faults(const struct hub_registry *registry, int32_t day,
        void (*tell)(void *user, const char *text), void *user)
{
	struct faults faults = { NULL, tell, user };
	hub_registry_each(registry, &hub_referral_limits_schema, day, check_limits, &faults);
}
