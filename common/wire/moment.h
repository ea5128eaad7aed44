/* Timestamps as text that loses nothing: base/calendar.h with milliseconds where there are any. */
#ifndef HUB_WIRE_MOMENT_H
#define HUB_WIRE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum { HUB_MOMENT_LEN = 29 };

/* The years 1 to 9999 in Asia/Shanghai. The codec takes no timestamp outside them, so that nobody's
 * arithmetic with times from outside can overflow. */
#define HUB_MOMENT_FIRST INT64_C(-62135625600000)
#define HUB_MOMENT_LAST INT64_C(253402271999999)

static inline bool hub_moment_valid(int64_t at_ms)
{
	return at_ms >= HUB_MOMENT_FIRST && at_ms <= HUB_MOMENT_LAST;
}

/* "2026-02-09T08:30:00+08:00" or "2026-02-09T08:30:00.250+08:00"; false: not valid. */
bool hub_moment_format(int64_t at_ms, char text[HUB_MOMENT_LEN + 1]);

#endif
