#include "log/repeats.h"

/* Where the line is, or else what it may take the place of. */
static struct hub_repeated *place_of(struct hub_repeats *repeats, uint64_t line)
{
	struct hub_repeated *oldest = &repeats->lines[0];
	for (int i = 0; i < HUB_REPEATS; i++) {
		struct hub_repeated *at = &repeats->lines[i];
		if (at->used && at->line == line)
			return at;
		if (oldest->used && (!at->used || at->told_ms < oldest->told_ms))
			oldest = at;
	}
	return oldest;
}

bool hub_repeats_tell(struct hub_repeats *repeats, uint64_t line, int64_t now_ms, uint64_t *ret_held)
{
	struct hub_repeated *at = place_of(repeats, line);
	bool known = at->used && at->line == line;
	if (known && now_ms - at->told_ms < HUB_REPEATS_MS) {
		at->held++;
		return false;
	}
	*ret_held = known ? at->held : 0;
	*at = (struct hub_repeated){ line, now_ms, 0, true };
	return true;
}
