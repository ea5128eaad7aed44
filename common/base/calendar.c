#include "base/calendar.h"

#include "base/decimal.h"

static const int64_t shanghai_ms = 8 * (int64_t)HUB_HOUR_MS;

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int32_t hub_day_of(int64_t at_ms)
{
	return (int32_t)floor_div(at_ms + shanghai_ms, HUB_DAY_MS);
}

int64_t hub_day_start_ms(int32_t day)
{
	return day * (int64_t)HUB_DAY_MS - shanghai_ms;
}

int hub_weekday(int32_t day)
{
	int from_monday = (int)((day + 3) % 7); /* day 0 is a Thursday */
	return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

/* Days to civil and back by 400-year eras that begin on 1 March (Richards' and Hinnant's method). */
void hub_day_to_ymd(int32_t day, int *ret_year, int *ret_month, int *ret_dom)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_dom = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = month;
	*ret_year = (int)(yoe + era * 400 + (month <= 2));
}

int32_t hub_day_from_ymd(int year, int month, int dom)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dom - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return (int32_t)(era * 146097 + doe - 719468);
}

/* n digits at text[at]; false when they are not digits. */
static bool digits(struct hub_str text, uint32_t at, uint32_t n, int *ret_value)
{
	if (text.len < at + n)
		return false;
	int value = 0;
	for (uint32_t i = at; i < at + n; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (text.data[i] - '0');
	}
	*ret_value = value;
	return true;
}

static bool is_at(struct hub_str text, uint32_t at, char c)
{
	return at < text.len && text.data[at] == c;
}

bool hub_day_parse(struct hub_str text, int32_t *ret_day)
{
	int year, month, dom;
	if (text.len != HUB_DATE_LEN || !digits(text, 0, 4, &year) || !is_at(text, 4, '-') ||
	        !digits(text, 5, 2, &month) || !is_at(text, 7, '-') || !digits(text, 8, 2, &dom))
		return false;
	int32_t day = hub_day_from_ymd(year, month, dom);
	int y, m, d;
	hub_day_to_ymd(day, &y, &m, &d);
	if (y != year || m != month || d != dom)
		return false;
	*ret_day = day;
	return true;
}

void hub_day_format(int32_t day, char text[HUB_DATE_LEN + 1])
{
	int year, month, dom;
	hub_day_to_ymd(day, &year, &month, &dom);
	char *at = hub_decimal_put(text, year, 4, '-');
	at = hub_decimal_put(at, month, 2, '-');
	(void)hub_decimal_put(at, dom, 2, '\0');
}

/* The years 1 to 9999: others do not fit into the text. */
static int64_t within_text(int64_t at_ms)
{
	return at_ms < HUB_TIME_FIRST_MS  ? HUB_TIME_FIRST_MS
	       : at_ms > HUB_TIME_LAST_MS ? HUB_TIME_LAST_MS
	                                  : at_ms;
}

void hub_time_format(int64_t at_ms, char text[HUB_TIME_LEN + 1])
{
	at_ms = within_text(at_ms);
	int32_t day = hub_day_of(at_ms);
	int64_t second = floor_div(at_ms - hub_day_start_ms(day), HUB_SECOND_MS);
	hub_day_format(day, text);
	text[HUB_DATE_LEN] = 'T';
	char *at = hub_decimal_put(text + HUB_DATE_LEN + 1, second / 3600, 2, ':');
	at = hub_decimal_put(at, second / 60 % 60, 2, ':');
	at = hub_decimal_put(at, second % 60, 2, '+');
	at = hub_decimal_put(at, 8, 2, ':');
	(void)hub_decimal_put(at, 0, 2, '\0');
}

/* The optional zone at text[at] up to the end, as milliseconds east of UTC. */
static bool parse_zone(struct hub_str text, uint32_t at, int64_t *ret_east_ms)
{
	int hours, minutes;
	if (at == text.len) {
		*ret_east_ms = shanghai_ms;
		return true;
	}
	if (is_at(text, at, 'Z') && at + 1 == text.len) {
		*ret_east_ms = 0;
		return true;
	}
	if ((!is_at(text, at, '+') && !is_at(text, at, '-')) || at + 6 != text.len ||
	        !digits(text, at + 1, 2, &hours) || !is_at(text, at + 3, ':') ||
	        !digits(text, at + 4, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	int64_t east = hours * (int64_t)HUB_HOUR_MS + minutes * (int64_t)HUB_MINUTE_MS;
	*ret_east_ms = is_at(text, at, '-') ? -east : east;
	return true;
}

bool hub_time_parse(struct hub_str text, int64_t *ret_ms)
{
	int32_t day;
	int hour, minute, second = 0, milli = 0;
	int64_t east_ms;
	if (text.len < 16 || !hub_day_parse((struct hub_str){ text.data, HUB_DATE_LEN }, &day) ||
	        (!is_at(text, 10, 'T') && !is_at(text, 10, ' ')) || !digits(text, 11, 2, &hour) ||
	        !is_at(text, 13, ':') || !digits(text, 14, 2, &minute))
		return false;
	uint32_t at = 16;
	if (is_at(text, at, ':')) {
		if (!digits(text, at + 1, 2, &second))
			return false;
		at += 3;
		if (is_at(text, at, '.')) {
			if (!digits(text, at + 1, 3, &milli))
				return false;
			at += 4;
		}
	}
	if (hour > 23 || minute > 59 || second > 59 || !parse_zone(text, at, &east_ms))
		return false;
	*ret_ms = day * (int64_t)HUB_DAY_MS + hour * (int64_t)HUB_HOUR_MS + minute * (int64_t)HUB_MINUTE_MS +
	          second * (int64_t)HUB_SECOND_MS + milli - east_ms;
	return true;
}
