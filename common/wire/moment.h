/* Timestamps as text that loses nothing: base/calendar.h with milliseconds where there are any. */
#ifndef HUB_WIRE_MOMENT_H
#define HUB_WIRE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum { HUB_MOMENT_LEN = 29 };

/* "2026-02-09T08:30:00+08:00" or "2026-02-09T08:30:00.250+08:00"; false: not in the years 1 to 9999. */
bool hub_moment_format(int64_t at_ms, char text[HUB_MOMENT_LEN + 1]);

#endif
