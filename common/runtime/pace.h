/* When to begin the next transaction (tests/bench, latency). Commits back to back make the broker
 * answer CONCURRENT_TRANSACTIONS and wait; so they breathe, in proportion to how long they take. Pure. */
#ifndef HUB_RUNTIME_PACE_H
#define HUB_RUNTIME_PACE_H

#include <stdint.h>

struct hub_pace {
	int64_t began_us; /* of the last transaction */
	int64_t ended_us;
	int64_t mean_us; /* exponential */
};

/* A transaction took from began_us to ended_us. */
void hub_pace_note(struct hub_pace *pace, int64_t began_us, int64_t ended_us);

/* The earliest time to begin the next one. */
int64_t hub_pace_next_us(const struct hub_pace *pace);

#endif
