#include "daemon/clock.h"

#include <bsd/stdlib.h>
#include <stddef.h>
#include <time.h>

static int64_t wall_ms(void *user)
{
	(void)user;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t monotonic_us(void *user)
{
	(void)user;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_us(void *user, int64_t us)
{
	(void)user;
	if (us <= 0)
		return;
	struct timespec rest = { (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };
	nanosleep(&rest, NULL); /* a signal may cut it short: whoever sleeps looks again anyway */
}

static uint32_t random_bits(void *user)
{
	(void)user;
	return arc4random();
}

const struct hub_clock_port *hub_system_clock(void)
{
	static const struct hub_clock_port clock = { NULL, wall_ms, monotonic_us, sleep_us, random_bits };
	return &clock;
}
