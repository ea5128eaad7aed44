/* What was sent with which Idempotency-Key lately: the same again is answered as before, whatever has become of the referral since;
 * another content under the same key is a mistake. Pure; the oldest are forgotten. */
#ifndef DASHBOARD_GATEWAY_HTTP_REPEATS_H
#define DASHBOARD_GATEWAY_HTTP_REPEATS_H

#include "base/str.h"

struct gateway_repeats;

enum gateway_repeat {
	GATEWAY_REPEAT_NEW,
	GATEWAY_REPEAT_SAME,
	GATEWAY_REPEAT_OTHER, /* another content */
};

enum { GATEWAY_EVENT_ID_MAX = 64 };

/* most: how many are kept. Never NULL (memory aborts). */
struct gateway_repeats *gateway_repeats_new(uint32_t most);
void gateway_repeats_free(struct gateway_repeats *repeats); /* accepts NULL */

enum gateway_repeat gateway_repeats_find(
        const struct gateway_repeats *repeats, struct hub_str event_id, uint64_t content);
/* An id of at most GATEWAY_EVENT_ID_MAX bytes that is new. */
void gateway_repeats_add(struct gateway_repeats *repeats, struct hub_str event_id, uint64_t content);

#endif
