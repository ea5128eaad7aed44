/* When a reader gets more, waits, or is given up. Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_PACE_H
#define DASHBOARD_GATEWAY_HTTP_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	GATEWAY_PACE_FULL_BYTES = 256 << 10, /* so much unread: nothing more until all of it is gone */
	GATEWAY_PACE_CUT_MS = 60 * 1000,     /* full for so long: cut; it resumes where it stood */
};

enum gateway_pace { GATEWAY_PACE_READY, GATEWAY_PACE_WAIT, GATEWAY_PACE_CUT };

/* unread: bytes in its output buffer. *full_since_ms: 0 while it is not full; kept from call to call. now_ms: of a clock that never
 * goes back, above 0. */
static inline enum gateway_pace gateway_pace_of(size_t unread, int64_t now_ms, int64_t *full_since_ms)
{
	if (unread == 0 || (*full_since_ms == 0 && unread < GATEWAY_PACE_FULL_BYTES)) {
		*full_since_ms = 0;
		return GATEWAY_PACE_READY;
	}
	if (*full_since_ms == 0)
		*full_since_ms = now_ms;
	return now_ms - *full_since_ms < GATEWAY_PACE_CUT_MS ? GATEWAY_PACE_WAIT : GATEWAY_PACE_CUT;
}

#endif
