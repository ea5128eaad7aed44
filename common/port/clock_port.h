/* Port to time. Types only. */
#ifndef HUB_PORT_CLOCK_PORT_H
#define HUB_PORT_CLOCK_PORT_H

#include <stdint.h>

struct hub_clock_port {
	void *user;
	int64_t (*wall_ms)(void *user);      /* since 1970 UTC */
	int64_t (*monotonic_us)(void *user); /* for durations */
	void (*sleep_us)(void *user, int64_t us);
	uint32_t (*random)(void *user); /* for jitter */
};

#endif
