#include "wire/moment.h"

#include "base/calendar.h"
#include "base/decimal.h"

bool hub_moment_format(int64_t at_ms, char text[HUB_MOMENT_LEN + 1])
{
	int year, month, dom;
	if (!hub_moment_valid(at_ms))
		return false;
	int32_t day = hub_day_of(at_ms);
	int64_t milli = at_ms - hub_day_start_ms(day);
	hub_day_to_ymd(day, &year, &month, &dom);
	char *at = hub_decimal_put(text, year, 4, '-');
	at = hub_decimal_put(at, month, 2, '-');
	at = hub_decimal_put(at, dom, 2, 'T');
	at = hub_decimal_put(at, milli / HUB_HOUR_MS, 2, ':');
	at = hub_decimal_put(at, milli / HUB_MINUTE_MS % 60, 2, ':');
	at = hub_decimal_put(at, milli / HUB_SECOND_MS % 60, 2, '.');
	at = milli % HUB_SECOND_MS ? hub_decimal_put(at, milli % HUB_SECOND_MS, 3, '+') : at;
	at[-1] = '+';
	at = hub_decimal_put(at, 8, 2, ':');
	(void)hub_decimal_put(at, 0, 2, '\0');
	return true;
}
