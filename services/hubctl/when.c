#include "hubctl/when.h"

#include "base/calendar.h"

#include <stdio.h>

static int64_t unit_ms(char unit)
{
	switch (unit) {
	case 's':
		return HUB_SECOND_MS;
	case 'm':
		return HUB_MINUTE_MS;
	case 'h':
		return HUB_HOUR_MS;
	case 'd':
		return HUB_DAY_MS;
	default:
		return 0;
	}
}

/* "-2h" */
static bool ago(struct hub_str text, int64_t *ret_ms)
{
	if (text.len < 3 || text.len > 8 || text.data[0] != '-')
		return false;
	int64_t unit = unit_ms(text.data[text.len - 1]);
	int64_t n = 0;
	for (uint32_t i = 1; i + 1 < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = n * 10 + (text.data[i] - '0');
	}
	*ret_ms = n * unit;
	return unit != 0;
}

int hubctl_when(struct hub_str text, int64_t now_ms, int64_t *ret_ms, struct hub_error *reterr)
{
	int64_t past;
	int32_t day;
	if (hub_str_is(text, "now"))
		*ret_ms = now_ms;
	else if (hub_str_is(text, "today"))
		*ret_ms = hub_day_start_ms(hub_day_of(now_ms));
	else if (hub_str_is(text, "yesterday"))
		*ret_ms = hub_day_start_ms(hub_day_of(now_ms) - 1);
	else if (ago(text, &past))
		*ret_ms = now_ms - past;
	else if (hub_day_parse(text, &day))
		*ret_ms = hub_day_start_ms(day);
	else if (!hub_time_parse(text, ret_ms))
		return hub_error_set(reterr, HUB_E_INVALID, "",
		        "\"%.*s\" is not a time: write 2026-02-09T08:30, 2026-02-09, today, yesterday, now, "
		        "-2h, -30m or -3d",
		        HUB_STR_ARG(text));
	return HUB_OK;
}

void hubctl_duration(int64_t ms, char text[HUBCTL_DURATION_LEN])
{
	long long s = (ms < 0 ? -ms : ms) / HUB_SECOND_MS;
	const char *sign = ms <= -HUB_SECOND_MS ? "-" : "";
	if (s < 60)
		snprintf(text, HUBCTL_DURATION_LEN, "%s%lld s", sign, s);
	else if (s < 3600)
		snprintf(text, HUBCTL_DURATION_LEN, "%s%lld min", sign, s / 60);
	else if (s < 86400)
		snprintf(text, HUBCTL_DURATION_LEN, "%s%lld h %lld min", sign, s / 3600, s / 60 % 60);
	else
		snprintf(text, HUBCTL_DURATION_LEN, "%s%lld d %lld h", sign, s / 86400 % 100000,
		        s / 3600 % 24);
}

void hubctl_clock(int64_t at_ms, char text[HUBCTL_CLOCK_LEN])
{
	char full[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, full);
	full[10] = ' ';
	snprintf(text, HUBCTL_CLOCK_LEN, "%.19s", full);
}
