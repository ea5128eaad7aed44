#include "wire/moment.h"

#include "base/calendar.h"

#include <stdio.h>
#include <string.h>

bool hub_moment_format(int64_t at_ms, char text[HUB_MOMENT_LEN + 1])
{
	enum { SECONDS_END = 19 }; /* behind "2026-02-09T08:30:00" */
	char whole[HUB_TIME_LEN + 1];
	if (at_ms < hub_day_start_ms(hub_day_from_ymd(1, 1, 1)) ||
	        at_ms >= hub_day_start_ms(hub_day_from_ymd(10000, 1, 1)))
		return false;
	int64_t milli = (at_ms % HUB_SECOND_MS + HUB_SECOND_MS) % HUB_SECOND_MS;
	hub_time_format(at_ms, whole);
	if (milli == 0)
		memcpy(text, whole, sizeof(whole));
	else
		(void)snprintf(text, HUB_MOMENT_LEN + 1, "%.*s.%03d%s", SECONDS_END, whole, (int)milli,
		        whole + SECONDS_END);
	return true;
}
