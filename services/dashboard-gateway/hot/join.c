#include "dashboard-gateway/hot/join.h"

#include "runtime/fence.h"

static const struct gateway_fence not_live = { .epoch = -1, .offset = -1, .timestamp_ms = -1 };

struct gateway_fence gateway_fence_parse(struct hub_str text)
{
	struct hub_fence fence;
	if (!hub_fence_parse(text, &fence) || !fence.live)
		return not_live;
	return (struct gateway_fence){ true, fence.epoch, fence.offset, fence.timestamp_ms };
}

static void read_on(struct gateway_join *join, int64_t next)
{
	if (next > join->next)
		join->next = next;
	if (join->phase == GATEWAY_JOIN_READING && join->next >= join->until)
		join->phase = GATEWAY_JOIN_WHOLE;
}

static void read_from(struct gateway_join *join, int64_t from, int64_t high)
{
	join->phase = GATEWAY_JOIN_READING;
	join->from = join->next = from;
	join->until = high;
	read_on(join, from);
}

void gateway_join_without(struct gateway_join *join, int64_t high)
{
	*join = (struct gateway_join){ .before = not_live, .newest = not_live };
	read_from(join, 0, high);
}

/* A fence beyond the end is another changelog's: ours ends behind what was written under it. */
static bool is_within(struct gateway_fence fence, int64_t high)
{
	return fence.live && fence.offset < high;
}

bool gateway_join_begin(struct gateway_join *join, struct gateway_fence before, int64_t high, int64_t now_ms)
{
	if (!is_within(before, high) || now_ms - before.timestamp_ms > GATEWAY_FENCE_AGE_MAX_MS) {
		gateway_join_without(join, high);
		return false;
	}
	*join = (struct gateway_join){ .phase = GATEWAY_JOIN_SCANNING, .before = before, .newest = before };
	return true;
}

bool gateway_join_piece(struct gateway_join *join, struct gateway_fence with)
{
	if (join->phase != GATEWAY_JOIN_SCANNING || !join->newest.live)
		return false;
	bool follows = with.live && with.epoch == join->before.epoch && with.offset >= join->newest.offset;
	join->newest = follows ? with : not_live;
	return follows;
}

bool gateway_join_scanned(struct gateway_join *join, struct gateway_fence after, int64_t high)
{
	if (!gateway_join_piece(join, after) || !is_within(after, high)) {
		gateway_join_without(join, high);
		return false;
	}
	join->unproved = true;
	read_from(join, join->before.offset, high);
	return true;
}

static enum gateway_join_verdict again(struct gateway_join *join)
{
	gateway_join_without(join, join->until);
	return GATEWAY_JOIN_AGAIN;
}

enum gateway_join_verdict gateway_join_record(struct gateway_join *join, int64_t offset, int64_t timestamp_ms)
{
	if (join->phase < GATEWAY_JOIN_READING || offset < join->next)
		return GATEWAY_JOIN_SKIP;
	if (join->unproved && (offset != join->before.offset || timestamp_ms != join->before.timestamp_ms))
		return again(join);
	join->unproved = false;
	read_on(join, offset + 1);
	return GATEWAY_JOIN_APPLY;
}

/* The end may come before the first fence's record: while a transaction is open, readers of what is committed do not get
 * further. */
enum gateway_join_verdict gateway_join_end(struct gateway_join *join, int64_t next)
{
	if (join->phase < GATEWAY_JOIN_READING)
		return GATEWAY_JOIN_SKIP;
	if (join->unproved && next > join->before.offset)
		return again(join);
	read_on(join, next);
	return GATEWAY_JOIN_SKIP;
}

bool gateway_join_whole(const struct gateway_join *join)
{
	return join->phase == GATEWAY_JOIN_WHOLE;
}
