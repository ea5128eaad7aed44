/* The machine's clocks. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_CLOCK_H
#define DASHBOARD_GATEWAY_FEED_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t gateway_clock_us(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Since 1970, UTC. */
static inline int64_t gateway_wall_ms(void)
{
	return gateway_clock_us(CLOCK_REALTIME) / 1000;
}

/* For measuring; it has no date. */
static inline int64_t gateway_steady_us(void)
{
	return gateway_clock_us(CLOCK_MONOTONIC);
}

#endif
