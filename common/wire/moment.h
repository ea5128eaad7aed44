/* Timestamps as text that loses nothing: base/calendar.h with milliseconds where there are any. */
#ifndef HUB_WIRE_MOMENT_H
#define HUB_WIRE_MOMENT_H

#include "base/calendar.h"

#include <stdbool.h>
#include <stdint.h>

enum { HUB_MOMENT_LEN = 29 };

/* The codec takes no timestamp outside of the years 1 to 9999, so that nobody's arithmetic with times from outside
 * can overflow. */
static inline bool hub_moment_valid(int64_t at_ms)
{
	return at_ms >= HUB_TIME_FIRST_MS && at_ms <= HUB_TIME_LAST_MS;
}

/* "2026-02-09T08:30:00+08:00" or "2026-02-09T08:30:00.250+08:00"; false: not valid. */
bool hub_moment_format(int64_t at_ms, char text[HUB_MOMENT_LEN + 1]);

#endif
