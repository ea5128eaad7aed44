#include "join_world.h"

#include "base/calendar.h"
#include "base/check.h"

#include <stdio.h>

enum {
	CHANGES_MAX = 4,
	HOURS_MAX = 60,
	TOMBSTONE_HOURS = 24,
	AWAY_MAX = 60,
	SEGMENT = 12 /* records, about */
};

static int64_t append(struct world *world, enum entry_kind kind, int key, int32_t value)
{
	hub_check(world->high < LOG_MAX);
	if (dice_one_in(&world->dice, SEGMENT))
		world->segment = world->high;
	world->log[world->high] =
	        (struct entry){ .kind = kind, .key = key, .value = value, .timestamp_ms = world->now_ms };
	return world->high++;
}

int64_t world_stable(const struct world *world)
{
	return world->open >= 0 ? world->open : world->high;
}

void world_fold(const struct world *world, struct fold *fold, int64_t until)
{
	for (; fold->until < until && fold->until < world->high; fold->until++) {
		const struct entry *entry = &world->log[fold->until];
		if (entry->kind != CHANGE || !entry->committed)
			continue;
		fold->values[entry->key] = entry->value;
		fold->sources[entry->key] = fold->until;
	}
}

bool world_gives_later(const struct world *world, const struct fold *fold, int key, int64_t from)
{
	if (!world->log[fold->sources[key]].compacted)
		return false;
	for (int64_t at = from; at < world->high; at++)
		if (world->log[at].kind == CHANGE && world->log[at].key == key && world->log[at].committed)
			return true;
	return false;
}

static int64_t last_position(const struct world *world)
{
	int64_t at = world->high - 1;
	while (at >= 0 && !(world->log[at].kind == POSITION && world->log[at].committed))
		at--;
	return at;
}

static void begin(struct world *world, int changes)
{
	world->open = world->high;
	world->committed = false;
	for (int i = 0; i < changes; i++)
		(void)append(world, CHANGE, (int)dice_below(&world->dice, KEYS),
		        dice_one_in(&world->dice, 3) ? 0 : ++world->version);
	int64_t position = append(world, POSITION, -1, 0);
	if (dice_one_in(&world->dice, 8))
		return; /* will be aborted */
	for (int64_t at = world->open; at <= position; at++)
		world->log[at].committed = true;
	world->committed = true;
	if (world->epoch < 0)
		world->epoch = position;
}

static void write_marker(struct world *world)
{
	(void)append(world, GAP, -1, 0);
	world->open = -1;
}

static void write_fence(struct world *world, bool live, int64_t offset)
{
	struct hub_fence fence = { world->epoch, live, live ? offset : -1,
		offset < 0 ? world->now_ms : world->log[offset].timestamp_ms, live ? -1 : ++world->writes };
	hub_fence_format(&fence, world->wrote);
	memcpy(world->store.fence, world->wrote, sizeof(world->wrote));
}

static void rebuild(struct world *world)
{
	world->follower = CLAIMING;
}

/* The new owner goes on where Redis is, or writes it anew; its first transaction changes nothing. */
static void restart(struct world *world)
{
	struct hub_fence fence = { .live = false };
	int64_t restored = last_position(world);
	if (world->open >= 0)
		write_marker(world);
	world->epoch = -1;
	world->wrote[0] = '\0';
	begin(world, 0);
	if (hub_fence_parse(hub_str_from(world->store.fence), &fence) && fence.live &&
	        fence.offset == restored && fence.timestamp_ms == world->log[restored].timestamp_ms) {
		memcpy(world->wrote, world->store.fence, sizeof(world->wrote));
		world->follower = FOLLOWING;
		world->followed = restored;
	} else {
		rebuild(world);
	}
}

/* The next transaction's changes and its fence, at once; nothing over a fence that is not as it was left. */
static void follow(struct world *world)
{
	int64_t position = world->followed + 1;
	if (strcmp(world->store.fence, world->wrote) != 0) {
		rebuild(world);
		return;
	}
	while (position < world->high &&
	        !(world->log[position].kind == POSITION && world->log[position].committed))
		position++;
	if (position == world->high)
		return;
	struct fold fold = { .until = world->followed + 1 };
	memcpy(fold.values, world->store.values, sizeof(fold.values));
	world_fold(world, &fold, position);
	memcpy(world->store.values, fold.values, sizeof(fold.values));
	world->followed = position;
	write_fence(world, true, position);
}

static void write_some(struct world *world)
{
	struct fold fold = { .until = 0 };
	int64_t position = last_position(world);
	world_fold(world, &fold, position);
	if (world->wiped < KEYS) {
		world->store.values[world->wiped] = fold.values[world->wiped];
		world->wiped++;
		write_fence(world, false, -1);
		return;
	}
	memcpy(world->store.values, fold.values, sizeof(fold.values));
	world->followed = position;
	write_fence(world, true, position);
	world->follower = FOLLOWING;
}

static void follower_step(struct world *world)
{
	if (world->away > 0) {
		world->away--;
		return;
	}
	if (world->epoch < 0)
		return;
	if ((world->follower == WIPING || world->follower == WRITING) &&
	        strcmp(world->store.fence, world->wrote) != 0)
		rebuild(world);
	switch (world->follower) {
	case FOLLOWING:
		follow(world);
		break;
	case CLAIMING:
		write_fence(world, false, -1);
		world->wiped = 0;
		world->follower = WIPING;
		break;
	case WIPING:
		world->store.values[world->wiped++] = 0;
		write_fence(world, false, -1);
		if (world->wiped < KEYS)
			break;
		world->wiped = 0;
		world->follower = WRITING;
		break;
	case WRITING:
		write_some(world);
		break;
	}
}

/* Often close to where the right one stands. */
static void put_foreign(struct world *world)
{
	struct hub_fence fence = {
		.epoch = 100000 + dice_below(&world->dice, 1000), .live = true, .write = -1
	};
	fence.offset = world->high - 10 + dice_below(&world->dice, 14);
	if (fence.offset < 0)
		fence.offset = 0;
	fence.timestamp_ms = world->now_ms - 1 - dice_below(&world->dice, HUB_HOUR_MS);
	hub_fence_format(&fence, world->store.fence);
	for (int i = 0; i < KEYS; i++)
		world->store.values[i] =
		        dice_one_in(&world->dice, 2) ? -1 - (int32_t)dice_below(&world->dice, 9) : 0;
}

static void accident(struct world *world)
{
	if (dice_one_in(&world->dice, 3))
		world->away = dice_below(&world->dice, AWAY_MAX);
	switch (dice_below(&world->dice, 6)) {
	case 0:
		world->store = (struct store){ .fence = "" }; /* FLUSHALL */
		break;
	case 1:
		world->copy = world->store;
		break;
	case 2:
		world->store = world->copy;
		break;
	case 3:
		put_foreign(world);
		break;
	case 4:
		restart(world);
		break;
	default:
		rebuild(world);
	}
}

/* As Kafka's cleaner (KIP-534): in what is not the active segment, what is superseded there goes; a tombstone goes a day
 * after the cleaner met it first, so whoever has read what it ends had a day to read it, too. */
static void compact(struct world *world)
{
	int64_t stable = world_stable(world);
	int64_t until = world->segment < stable ? world->segment : stable;
	bool later[KEYS] = { false }, later_position = false; /* there is one */
	for (int64_t at = until - 1; at >= 0; at--) {
		struct entry *entry = &world->log[at];
		if (!entry->committed)
			continue;
		bool *superseded = entry->kind == POSITION ? &later_position : &later[entry->key];
		bool tombstone = entry->kind == CHANGE && entry->value == 0;
		if (tombstone && entry->horizon_ms == 0)
			entry->horizon_ms = world->now_ms + TOMBSTONE_HOURS * (int64_t)HUB_HOUR_MS;
		entry->compacted =
		        entry->compacted || (tombstone && world->now_ms > entry->horizon_ms) || *superseded;
		*superseded = true;
	}
}

void world_init(struct world *world, uint32_t seed)
{
	*world = (struct world){
		.dice = { seed }, .now_ms = INT64_C(1795900000000), .open = -1, .epoch = -1, .followed = -1
	};
	begin(world, 0);
	rebuild(world);
}

void world_turn(struct world *world)
{
	world->now_ms += 1 + dice_below(&world->dice, 50);
	switch (dice_below(&world->dice, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		if (world->open < 0)
			begin(world, (int)dice_below(&world->dice, CHANGES_MAX));
		else
			write_marker(world);
		break;
	case 4:
		if (dice_one_in(&world->dice, 3))
			accident(world);
		else if (dice_one_in(&world->dice, 5))
			compact(world);
		break;
	case 5: /* a write goes quickly as a whole, too */
		for (int i = 0; i < 2 * KEYS + 2; i++)
			follower_step(world);
		break;
	default:
		follower_step(world);
	}
}

void world_sleep(struct world *world)
{
	compact(world);
	world->now_ms += (1 + dice_below(&world->dice, HOURS_MAX)) * (int64_t)HUB_HOUR_MS;
	compact(world);
}

void world_settle(struct world *world)
{
	if (world->open >= 0)
		write_marker(world);
	rebuild(world);
	world->away = 0;
	for (int i = 0; i < 4 * KEYS; i++)
		follower_step(world);
}
