/* REF-19: the working days of each county. For each year the calendar of the nearest region holds: the
 * county's own, its city's, its province's, everyone's. A year without any: Monday to Friday. */
#include "referral-router/view.h"

#include "base/calendar.h"
#include "records/working_calendar.h"

#include <stdlib.h>

struct build {
	struct referral_policy *policy;
	struct referral_list calendars;
};

struct days {
	int32_t *items;
	uint32_t count;
};

static void add_calendar(void *user, const void *record)
{
	struct build *build = user;
	referral_view_push(build->policy, &build->calendars, record);
}

static int by_day(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
	return (left > right) - (left < right);
}

/* Dates that are none, or of another year than the calendar's, count for nothing. */
static void add_dates(struct days *days, const struct hub_str *dates, uint32_t count, int32_t of_year)
{
	for (uint32_t i = 0; i < count; i++) {
		int32_t day;
		int year, month, dom;
		if (!hub_day_parse(dates[i], &day))
			continue;
		hub_day_to_ymd(day, &year, &month, &dom);
		if (year == of_year)
			days->items[days->count++] = day;
	}
}

/* Whether calendar is the nearest of its year; of two equally near ones the later in the list. */
static bool holds(const struct referral_list *calendars, uint32_t which, const struct referral_place *place)
{
	const struct hub_working_calendar *calendar = calendars->items[which];
	int depth = referral_view_depth(place, calendar->head.applies_to_region_id);
	if (depth < 0)
		return false;
	for (uint32_t i = 0; i < calendars->count; i++) {
		const struct hub_working_calendar *other = calendars->items[i];
		if (i == which || other->year != calendar->year)
			continue;
		int other_depth = referral_view_depth(place, other->head.applies_to_region_id);
		if (other_depth >= 0 && (other_depth < depth || (other_depth == depth && i > which)))
			return false;
	}
	return true;
}

static struct hub_workdays workdays_of(struct referral_policy *policy, const struct referral_list *calendars,
        const struct referral_place *place)
{
	size_t off = 0, extra = 0;
	for (uint32_t i = 0; i < calendars->count; i++) {
		const struct hub_working_calendar *calendar = calendars->items[i];
		off += calendar->days_off.count;
		extra += calendar->extra_working_days.count;
	}
	struct days days_off = { referral_view_take(policy, (off + 1) * sizeof(int32_t)), 0 };
	struct days extra_days = { referral_view_take(policy, (extra + 1) * sizeof(int32_t)), 0 };
	for (uint32_t i = 0; i < calendars->count; i++) {
		const struct hub_working_calendar *calendar = calendars->items[i];
		if (!holds(calendars, i, place))
			continue;
		add_dates(&days_off, calendar->days_off.items, calendar->days_off.count, calendar->year);
		add_dates(&extra_days, calendar->extra_working_days.items, calendar->extra_working_days.count,
		        calendar->year);
	}
	qsort(days_off.items, days_off.count, sizeof(int32_t), by_day);
	qsort(extra_days.items, extra_days.count, sizeof(int32_t), by_day);
	return (struct hub_workdays){
		.days_off = days_off.items,
		.days_off_count = days_off.count,
		.extra_working_days = extra_days.items,
		.extra_working_days_count = extra_days.count,
	};
}

void referral_view_build_calendars(
        struct referral_policy *policy, const struct hub_registry *registry, int32_t day)
{
	struct build build = { .policy = policy };
	hub_registry_each(registry, &hub_working_calendar_schema, day, add_calendar, &build);
	policy->nowhere.workdays = workdays_of(policy, &build.calendars, NULL);
	size_t at = 0;
	struct hub_str id;
	for (void *value; hub_map_next(policy->places, &at, &id, &value);) {
		struct referral_place *place = value;
		struct referral_list applying = { 0 };
		bool of_its_own = false;
		for (uint32_t i = 0; i < build.calendars.count; i++) {
			const struct hub_working_calendar *calendar = build.calendars.items[i];
			int depth = referral_view_depth(place, calendar->head.applies_to_region_id);
			if (depth < 0)
				continue;
			of_its_own |= depth < REFERRAL_DEPTH_ALL;
			referral_view_push(policy, &applying, calendar);
		}
		place->workdays =
		        of_its_own ? workdays_of(policy, &applying, place) : policy->nowhere.workdays;
	}
}
