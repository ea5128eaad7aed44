/* The newest of many lines, whichever order they come in; in memory for twice as many as are asked for. Pure. */
#ifndef HUBCTL_NEWEST_H
#define HUBCTL_NEWEST_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hubctl_newest;

/* Where a line stands among the others: by time, then by partition and offset. */
struct hubctl_newest_place {
	int64_t timestamp_ms;
	int32_t partition;
	int64_t offset;
};

/* limit: at least 1. NULL: no memory. */
struct hubctl_newest *hubctl_newest_new(size_t limit);
struct hubctl_newest *hubctl_newest_free(struct hubctl_newest *newest);

/* False: one of that time is older than all that are kept, and they are enough. */
bool hubctl_newest_wants(const struct hubctl_newest *newest, int64_t timestamp_ms);

/* Copies text. False: no memory. */
bool hubctl_newest_add(
        struct hubctl_newest *newest, const struct hubctl_newest_place *place, struct hub_str text);

/* The time of the oldest of them; INT64_MIN while they are fewer than the limit. */
int64_t hubctl_newest_floor(struct hubctl_newest *newest);

/* From the oldest (0) on; count is known after hubctl_newest_floor. Borrowed until the next add. */
size_t hubctl_newest_count(const struct hubctl_newest *newest);
struct hub_str hubctl_newest_text(const struct hubctl_newest *newest, size_t i);

#endif
