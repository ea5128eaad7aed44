#include "runtime/pace.h"

/* A transaction that took longer was held up (a broker away, this process stopped): it says nothing about the next one. */
enum { BREATH_US = 3000, SLACK_US = 10000, LONGEST_US = 500 * 1000 };

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void hub_pace_note(struct hub_pace *pace, int64_t began_us, int64_t ended_us)
{
	pace->began_us = began_us;
	pace->ended_us = ended_us;
	pace->mean_us = (8 * pace->mean_us + 2 * least(ended_us - began_us, LONGEST_US)) / 10;
}

int64_t hub_pace_next_us(const struct hub_pace *pace)
{
	if (pace->ended_us == 0)
		return 0;
	int64_t usual = most(pace->ended_us - pace->began_us, pace->mean_us);
	return most(pace->ended_us + BREATH_US, pace->began_us + least(usual + usual / 2, usual + SLACK_US));
}
