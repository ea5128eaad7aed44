/* How often somebody may ask: a token bucket for each, in a table of fixed size. Pure.
 *
 * A bucket that has not been used for as long as it takes to fill is like one that was never there, so the table forgets the one
 * that was used longest ago when its place is needed. */
#ifndef DASHBOARD_GATEWAY_HTTP_LIMITS_H
#define DASHBOARD_GATEWAY_HTTP_LIMITS_H

#include "base/str.h"

struct gateway_limits;

struct gateway_limits_options {
	uint32_t burst;     /* most tokens of a bucket */
	uint32_t window_ms; /* in which so many come back */
	uint64_t seed;      /* so that nobody can choose whose bucket he shares */
};

/* Never NULL (memory aborts). */
struct gateway_limits *gateway_limits_new(const struct gateway_limits_options *options);
void gateway_limits_free(struct gateway_limits *limits); /* accepts NULL */

/* Takes a token of (address, user). 0: there was one; else after how many milliseconds there will be. now_ms of a clock that
 * never goes back. */
uint32_t gateway_limits_take(
        struct gateway_limits *limits, struct hub_str address, struct hub_str user, int64_t now_ms);

#endif
