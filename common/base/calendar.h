/* Civil time of the hub: Asia/Shanghai, which is UTC+8 without summer time. Instants are milliseconds since
 * 1970 UTC; days are counted from 1970-01-01 (day 0, a Thursday) in Asia/Shanghai. Pure: nobody here knows
 * what time it is. */
#ifndef HUB_BASE_CALENDAR_H
#define HUB_BASE_CALENDAR_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	HUB_SECOND_MS = 1000,
	HUB_MINUTE_MS = 60 * HUB_SECOND_MS,
	HUB_HOUR_MS = 60 * HUB_MINUTE_MS,
	HUB_DAY_MS = 24 * HUB_HOUR_MS,
};

/* The first and the last instant of the years 1 to 9999 in Asia/Shanghai. */
#define HUB_TIME_FIRST_MS INT64_C(-62135625600000)
#define HUB_TIME_LAST_MS INT64_C(253402271999999)

/* The Shanghai day of an instant, and the instant at which a day begins there. */
int32_t hub_day_of(int64_t at_ms);
int64_t hub_day_start_ms(int32_t day);

/* Monday = 1 .. Sunday = 7 (ISO 8601). */
int hub_weekday(int32_t day);

/* Calendar fields of a day. */
void hub_day_to_ymd(int32_t day, int *ret_year, int *ret_month, int *ret_dom);
int32_t hub_day_from_ymd(int year, int month, int dom);

/* "2026-02-09" to a day; false when it is not a date of the calendar. */
bool hub_day_parse(struct hub_str text, int32_t *ret_day);

enum { HUB_DATE_LEN = 10, HUB_TIME_LEN = 25 };

/* Writes "2026-02-09" and a NUL. */
void hub_day_format(int32_t day, char text[HUB_DATE_LEN + 1]);

/* Writes "2026-02-09T08:30:00+08:00" and a NUL (RFC 3339, seconds); an instant outside of the years 1 to 9999 as
 * the nearest one (anybody may put any timestamp on a record). */
void hub_time_format(int64_t at_ms, char text[HUB_TIME_LEN + 1]);

/* "2026-02-09T08:30[:00[.123]][Z|+08:00]" to an instant; without a zone it is Shanghai time. */
bool hub_time_parse(struct hub_str text, int64_t *ret_ms);

#endif
