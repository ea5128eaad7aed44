#include "wire/moment.h"

#include "base/calendar.h"

/* n digits, zeros in front. By hand, since every decision's headers carry a time. */
static char *put(char *at, int64_t value, int n, char behind)
{
	for (int i = n - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
	at[n] = behind;
	return at + n + 1;
}

bool hub_moment_format(int64_t at_ms, char text[HUB_MOMENT_LEN + 1])
{
	int year, month, dom;
	if (!hub_moment_valid(at_ms))
		return false;
	int32_t day = hub_day_of(at_ms);
	int64_t milli = at_ms - hub_day_start_ms(day);
	hub_day_to_ymd(day, &year, &month, &dom);
	char *at = put(text, year, 4, '-');
	at = put(at, month, 2, '-');
	at = put(at, dom, 2, 'T');
	at = put(at, milli / HUB_HOUR_MS, 2, ':');
	at = put(at, milli / HUB_MINUTE_MS % 60, 2, ':');
	at = put(at, milli / HUB_SECOND_MS % 60, 2, '.');
	at = milli % HUB_SECOND_MS ? put(at, milli % HUB_SECOND_MS, 3, '+') : at;
	at[-1] = '+';
	at = put(at, 8, 2, ':');
	(void)put(at, 0, 2, '\0');
	return true;
}
