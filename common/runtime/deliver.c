/* The worker's side of following: copies of what a commit changed, and, when the follower asks for it, a
 * snapshot of a partition in pieces. The keys are noted when it begins; what changes meanwhile is delivered
 * as changes between the pieces, so the pieces together with them are the table as of the last piece. */
#include "runtime/inside.h"

#include "base/check.h"

enum {
	PIECE_BYTES = 8 * 1024 * 1024,
	PATIENCE_US = 5 * 1000 * 1000, /* for a follower that works; then it misses this */
};

static struct hub_str copy(struct hub_arena *arena, struct hub_str bytes)
{
	return bytes.len ? hub_arena_copy(arena, bytes) : (struct hub_str){ NULL, 0 };
}

static struct hub_delivery_part *part_of(struct hub_runtime *runtime, const struct partition *partition)
{
	struct hub_delivery_part *part =
	        hub_handover_part(runtime->handover, partition->id, partition->epoch);
	if (part) {
		part->fence = partition->fence;
		part->timestamp_ms = partition->fence_ms;
	}
	return part;
}

static void set_fence(struct hub_share *share, int64_t value)
{
	share->fence = value;
}

void hub_runtime_own(struct hub_runtime *runtime, const struct partition *partition)
{
	struct hub_share share = {
		.partition = partition->id,
		.epoch = partition->epoch,
		.restored_at = partition->restored_at,
		.restored_ms = partition->restored_ms,
	};
	if (runtime->handover)
		hub_handover_own(runtime->handover, &share);
}

void hub_runtime_deliver(struct hub_runtime *runtime, struct partition *partition)
{
	if (!runtime->handover)
		return;
	struct hub_arena *arena = hub_handover_arena(runtime->handover);
	struct hub_delivery_part *part = part_of(runtime, partition);
	struct hub_change *changes = hub_arena_alloc(arena, partition->change_count * sizeof(*changes));
	hub_handover_edit(runtime->handover, partition->id, partition->epoch, set_fence, partition->fence);
	if (!part || !changes)
		return; /* the arena is exhausted: the delivery will be dropped */
	hub_check(part->change_count == 0);
	for (uint32_t i = 0; i < partition->change_count; i++)
		changes[i] = (struct hub_change){ copy(arena, partition->changes[i].key),
			copy(arena, partition->changes[i].before), copy(arena, partition->changes[i].after) };
	part->changes = changes;
	part->change_count = partition->change_count;
}

/* ---- snapshots
 * --------------------------------------------------------------------------------------------------- */

bool hub_runtime_follower_waits(struct hub_runtime *runtime)
{
	struct hub_share share;
	if (runtime->snapshot.number)
		return true;
	for (uint32_t i = 0; runtime->handover && hub_handover_share(runtime->handover, i, &share); i++)
		if (share.wants != share.served || share.asks != share.answered)
			return true;
	return false;
}

static void set_served(struct hub_share *share, int64_t value)
{
	share->served = (uint32_t)value;
}

static void begin_snapshot(struct hub_runtime *runtime, const struct hub_share *share)
{
	struct snapshot *snapshot = &runtime->snapshot;
	const struct partition *partition = runtime->by_id[share->partition];
	struct hub_str key, value;
	hub_arena_reset(snapshot->arena);
	snapshot->partition = share->partition;
	snapshot->epoch = share->epoch;
	snapshot->number = share->wants;
	snapshot->count = snapshot->at = 0;
	snapshot->keys =
	        hub_arena_alloc(snapshot->arena, hub_table_count(partition->table) * sizeof(struct hub_str));
	for (size_t at = 0; snapshot->keys && hub_table_each(partition->table, &at, &key, &value);)
		snapshot->keys[snapshot->count++] = hub_arena_copy(snapshot->arena, key);
	hub_check(!hub_arena_exhausted(snapshot->arena));
	hub_handover_edit(runtime->handover, share->partition, share->epoch, set_served, share->wants);
}

static bool still_wanted(struct hub_runtime *runtime)
{
	struct hub_share share;
	for (uint32_t i = 0; hub_handover_share(runtime->handover, i, &share); i++)
		if (share.partition == runtime->snapshot.partition && share.epoch == runtime->snapshot.epoch)
			return share.wants == runtime->snapshot.number && !share.missed;
	return false;
}

static void add_piece(struct hub_runtime *runtime)
{
	struct snapshot *snapshot = &runtime->snapshot;
	const struct partition *partition = runtime->by_id[snapshot->partition];
	struct hub_arena *arena = hub_handover_arena(runtime->handover);
	struct hub_delivery_part *part = part_of(runtime, partition);
	size_t left = snapshot->count - snapshot->at, most = runtime->options.snapshot_records, bytes = 0;
	struct hub_change *piece = hub_arena_alloc(arena, (left < most ? left : most) * sizeof(*piece));
	if (!part || !piece)
		return;
	part->snapshot = snapshot->number;
	part->first = snapshot->at == 0;
	part->piece = piece;
	while (snapshot->at < snapshot->count && part->piece_count < most && bytes < PIECE_BYTES) {
		struct hub_str key = snapshot->keys[snapshot->at++], value;
		if (!hub_table_get(partition->table, key, &value))
			continue; /* removed since; its removal was delivered */
		piece[part->piece_count++] =
		        (struct hub_change){ copy(arena, key), { NULL, 0 }, copy(arena, value) };
		bytes += value.len;
	}
	part->last = snapshot->at == snapshot->count;
	if (part->last)
		snapshot->number = 0;
}

static void go_on_with_snapshot(struct hub_runtime *runtime)
{
	struct hub_share share;
	if (runtime->snapshot.number && !still_wanted(runtime))
		runtime->snapshot.number = 0;
	for (uint32_t i = 0; !runtime->snapshot.number && hub_handover_share(runtime->handover, i, &share);
	        i++)
		if (share.wants != share.served)
			begin_snapshot(runtime, &share);
	if (runtime->snapshot.number)
		add_piece(runtime);
}

/* ---- the follower's questions
 * ------------------------------------------------------------------------------------ */

static void set_high(struct hub_share *share, int64_t value)
{
	share->high = value;
}

static void set_answered(struct hub_share *share, int64_t value)
{
	share->answered = (uint32_t)value;
}

static void answer_high(struct hub_runtime *runtime)
{
	struct hub_share share;
	for (uint32_t i = 0; hub_handover_share(runtime->handover, i, &share); i++) {
		struct hub_topic_partition changelog = { runtime->topics->state, share.partition };
		int64_t low, high;
		if (share.asks == share.answered ||
		        runtime->kafka->watermarks(runtime->kafka->user, changelog, &low, &high, NULL) < 0)
			continue;
		hub_handover_edit(runtime->handover, share.partition, share.epoch, set_high, high);
		hub_handover_edit(runtime->handover, share.partition, share.epoch, set_answered, share.asks);
	}
}

void hub_runtime_serve_follower(struct hub_runtime *runtime)
{
	if (!runtime->handover)
		return;
	answer_high(runtime);
	if (!runtime->tables_ahead)
		go_on_with_snapshot(runtime);
	int64_t patience = runtime->options.follow_inline ? 0 : hub_runtime_us(runtime) + PATIENCE_US;
	hub_handover_give(runtime->handover, patience);
	if (runtime->options.follow_inline)
		hub_runtime_follow(runtime, 0);
}
