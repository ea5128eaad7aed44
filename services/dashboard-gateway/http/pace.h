/* When a reader gets more, waits, or is given up. Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_PACE_H
#define DASHBOARD_GATEWAY_HTTP_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	GATEWAY_PACE_FULL_BYTES = 256 << 10, /* so much unread: nothing more until all of it is gone */
	GATEWAY_PACE_CUT_MS =
	        60 * 1000, /* full, or nothing taken, for so long: cut; it resumes where it stood */
};

enum gateway_pace { GATEWAY_PACE_READY, GATEWAY_PACE_WAIT, GATEWAY_PACE_CUT };

/* How a reader reads. All zero at first. */
struct gateway_reading {
	size_t unread;         /* bytes in its output buffer, after what it last got */
	int64_t moved_at_ms;   /* it last took something, or had nothing to take */
	int64_t full_since_ms; /* 0: it is not full */
};

/* unread: bytes in its output buffer now. now_ms: of a clock that never goes back, above 0. */
static inline enum gateway_pace gateway_pace_of(
        struct gateway_reading *reading, size_t unread, int64_t now_ms)
{
	if (unread == 0 || unread < reading->unread || reading->moved_at_ms == 0)
		reading->moved_at_ms = now_ms;
	reading->unread = unread;
	if (unread == 0 || (reading->full_since_ms == 0 && unread < GATEWAY_PACE_FULL_BYTES))
		reading->full_since_ms = 0;
	else if (reading->full_since_ms == 0)
		reading->full_since_ms = now_ms;
	int64_t waited_ms = now_ms - (reading->full_since_ms ? reading->full_since_ms : reading->moved_at_ms);
	if (waited_ms >= GATEWAY_PACE_CUT_MS)
		return GATEWAY_PACE_CUT;
	return reading->full_since_ms ? GATEWAY_PACE_WAIT : GATEWAY_PACE_READY;
}

#endif
