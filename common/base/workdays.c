#include "base/workdays.h"

#include "base/calendar.h"

static bool contains(const int32_t *days, uint32_t count, int32_t day)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && days[low] == day;
}

bool hub_workdays_is_working(const struct hub_workdays *workdays, int32_t day)
{
	if (contains(workdays->extra_working_days, workdays->extra_working_days_count, day))
		return true;
	return hub_weekday(day) <= 5 && !contains(workdays->days_off, workdays->days_off_count, day);
}

/* Ends, since both lists are finite and weeks are not. */
int32_t hub_workdays_next(const struct hub_workdays *workdays, int32_t day)
{
	while (!hub_workdays_is_working(workdays, day))
		day++;
	return day;
}

int64_t hub_workdays_add(const struct hub_workdays *workdays, int64_t from_ms, int64_t amount_ms)
{
	int32_t day = hub_day_of(from_ms);
	int64_t into_day = from_ms - hub_day_start_ms(day);
	int32_t working = hub_workdays_next(workdays, day);
	if (working != day)
		into_day = 0;
	for (amount_ms += into_day; amount_ms >= HUB_DAY_MS; amount_ms -= HUB_DAY_MS)
		working = hub_workdays_next(workdays, working + 1);
	return hub_day_start_ms(working) + amount_ms;
}

int64_t hub_workdays_between(const struct hub_workdays *workdays, int64_t from_ms, int64_t to_ms)
{
	int64_t sum = 0;
	for (int32_t day = hub_day_of(from_ms); from_ms < to_ms; day++) {
		int64_t end_ms = hub_day_start_ms(day + 1);
		if (end_ms > to_ms)
			end_ms = to_ms;
		if (hub_workdays_is_working(workdays, day))
			sum += end_ms - from_ms;
		from_ms = end_ms;
	}
	return sum;
}
