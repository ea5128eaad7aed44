/* Working days and working time by a calendar that is data. A day is worked when it is listed as an extra
 * working day, or is a Monday to Friday that is not listed as a day off. Working time runs 24 h on a working
 * day and stands still on days off. Days as in calendar.h. Pure. */
#ifndef HUB_BASE_WORKDAYS_H
#define HUB_BASE_WORKDAYS_H

#include <stdbool.h>
#include <stdint.h>

/* Both arrays ascending; borrowed. All zero: Monday to Friday. */
struct hub_workdays {
	const int32_t *days_off;
	const int32_t *extra_working_days; /* wins over days_off */
	uint32_t days_off_count;
	uint32_t extra_working_days_count;
};

bool hub_workdays_is_working(const struct hub_workdays *workdays, int32_t day);

/* The first working day >= day. */
int32_t hub_workdays_next(const struct hub_workdays *workdays, int32_t day);

/* The instant at which amount_ms (>= 0) of working time has passed since from_ms; always on a working day, so
 * at a tie (midnight before a day off) the begin of the next working day. Takes a step a day. */
int64_t hub_workdays_add(const struct hub_workdays *workdays, int64_t from_ms, int64_t amount_ms);

/* The working time between two instants; 0 when to_ms <= from_ms. Takes a step a day. */
int64_t hub_workdays_between(const struct hub_workdays *workdays, int64_t from_ms, int64_t to_ms);

#endif
