/* Which lines are told of those that come again and again: a line at most once in ten seconds, then with the number of those that were
 * held back since. At most 16 lines are remembered; for a seventeenth the one is forgotten that was told longest ago, and is told
 * whenever it comes again: rather a line too many than one too few. Pure. */
#ifndef HUB_LOG_REPEATS_H
#define HUB_LOG_REPEATS_H

#include <stdbool.h>
#include <stdint.h>

enum { HUB_REPEATS = 16, HUB_REPEATS_MS = 10000 };

/* Begins as { 0 }. */
struct hub_repeats {
	struct hub_repeated {
		uint64_t line; /* its hash */
		int64_t told_ms;
		uint64_t held;
		bool used;
	} lines[HUB_REPEATS];
};

/* True: tell it; *ret_held of them were not told since. now_ms never goes back. */
bool hub_repeats_tell(struct hub_repeats *repeats, uint64_t line, int64_t now_ms, uint64_t *ret_held);

#endif
