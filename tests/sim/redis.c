#include "redis.h"
#include "world.h"

#include "base/check.h"

#include <stdlib.h>

/* ---- what it holds */

void redis_touch(struct redis *redis, struct hub_str name)
{
	redis->clock++;
	hub_map_put(
	        redis->touched, hub_arena_copy(redis->world->arena, name), (void *)(uintptr_t)redis->clock);
}

const struct redis_key *redis_key(const struct redis *redis, struct hub_str name)
{
	return hub_map_get(redis->keys, name);
}

struct hub_str redis_cell(const struct redis_key *key, struct hub_str name)
{
	const struct redis_cell *cell = key ? hub_map_get(key->cells, name) : NULL;
	return cell ? cell->value : (struct hub_str){ NULL, 0 };
}

static void key_free(struct redis_key *key)
{
	if (key)
		hub_map_free(key->cells);
}

static void remove_key(struct redis *redis, struct hub_str name)
{
	struct redis_key *key = hub_map_remove(redis->keys, name);
	key_free(key);
	if (key)
		redis_touch(redis, name);
}

static struct redis_key *key_of_type(struct redis *redis, struct hub_str name, enum redis_type type)
{
	struct redis_key *key = hub_map_get(redis->keys, name);
	if (key)
		return key->type == type ? key : NULL;
	key = hub_arena_alloc(redis->world->arena, sizeof(*key));
	*key = (struct redis_key){ hub_arena_copy(redis->world->arena, name), type, hub_map_new() };
	hub_map_put(redis->keys, key->name, key);
	return key;
}

static void set_cell(struct redis *redis, struct redis_key *key, struct hub_str name, struct hub_str value)
{
	struct redis_cell *cell = hub_map_get(key->cells, name);
	if (!cell) {
		cell = hub_arena_alloc(redis->world->arena, sizeof(*cell));
		cell->name = hub_arena_copy(redis->world->arena, name);
		hub_map_put(key->cells, cell->name, cell);
	}
	cell->value = hub_arena_copy(redis->world->arena, value);
}

static void clear(struct redis *redis)
{
	struct hub_str name;
	void *key;
	for (size_t at = 0; hub_map_next(redis->keys, &at, &name, &key);)
		key_free(key);
	hub_map_free(redis->keys);
	redis->keys = hub_map_new();
}

void redis_init(struct redis *redis, struct world *world)
{
	*redis = (struct redis){ .world = world,
		.dice = dice_of(world->seed, 'R'),
		.keys = hub_map_new(),
		.touched = hub_map_new(),
		.spoilt = hub_map_new() };
}

void redis_done(struct redis *redis)
{
	clear(redis);
	hub_map_free(redis->keys);
	hub_map_free(redis->touched);
	hub_map_free(redis->spoilt);
	free(redis->units);
}

bool redis_fence_is_spoilt(const struct redis *redis, struct hub_str fence)
{
	return hub_map_get(redis->spoilt, fence) != NULL;
}

bool redis_is_spoilt(const struct redis *redis)
{
	return hub_map_count(redis->spoilt) > 0;
}

/* ---- commands */

struct hub_store_reply redis_wrong_type(void)
{
	return (struct hub_store_reply){ .kind = HUB_REPLY_ERROR, .bytes = HUB_STR("WRONGTYPE") };
}

struct hub_store_reply redis_status(const char *text)
{
	return (struct hub_store_reply){ .kind = HUB_REPLY_STATUS, .bytes = hub_str_from(text) };
}

static struct hub_store_reply bytes(struct hub_arena *arena, struct hub_str text)
{
	return (struct hub_store_reply){ .kind = HUB_REPLY_BYTES, .bytes = hub_arena_copy(arena, text) };
}

/* Pages of some size: the cursor is how many keys were looked at. Keys that are there all the time are found. */
static struct hub_store_reply scan(
        struct redis *redis, const struct hub_store_command *command, struct hub_arena *arena)
{
	struct hub_str prefix = { command->args[3].data, command->args[3].len - 1 }, name;
	struct hub_store_reply *keys =
	        hub_arena_alloc(arena, (hub_map_count(redis->keys) + 1) * sizeof(*keys));
	struct hub_store_reply *items = hub_arena_alloc(arena, 2 * sizeof(*items));
	uint32_t count = 0;
	void *key;
	for (size_t at = 0; hub_map_next(redis->keys, &at, &name, &key);)
		if (hub_str_starts_with(name, prefix))
			keys[count++] = bytes(arena, name);
	items[0] = bytes(arena, HUB_STR("0"));
	items[1] = (struct hub_store_reply){ .kind = HUB_REPLY_ARRAY, .items = keys, .count = count };
	return (struct hub_store_reply){ .kind = HUB_REPLY_ARRAY, .items = items, .count = 2 };
}

static struct hub_store_reply get(struct redis *redis, struct hub_str name, struct hub_arena *arena)
{
	struct hub_str value = redis_cell(redis_key(redis, name), HUB_STR(""));
	return value.data ? bytes(arena, value) : (struct hub_store_reply){ .kind = HUB_REPLY_NIL };
}

static struct hub_store_reply write_cells(struct redis *redis, const struct hub_store_command *command)
{
	const struct hub_str *args = command->args;
	bool zset = hub_str_is(args[0], "ZADD");
	if (!zset)
		remove_key(redis, args[1]);
	struct redis_key *key = key_of_type(redis, args[1], zset ? REDIS_ZSET : REDIS_HASH);
	if (!key)
		return redis_wrong_type();
	for (uint32_t i = 2; i + 1 < command->argc; i += 2)
		set_cell(redis, key, args[zset ? i + 1 : i], args[zset ? i : i + 1]);
	redis_touch(redis, args[1]);
	return (struct hub_store_reply){ .kind = HUB_REPLY_INTEGER, .integer = 1 };
}

static struct hub_store_reply remove_members(struct redis *redis, const struct hub_store_command *command)
{
	const struct hub_str *args = command->args;
	struct redis_key *key = hub_map_get(redis->keys, args[1]);
	if (key && key->type != REDIS_ZSET)
		return redis_wrong_type();
	for (uint32_t i = 2; key && i < command->argc; i++)
		hub_map_remove(key->cells, args[i]);
	if (key)
		redis_touch(redis, args[1]);
	if (key && hub_map_count(key->cells) == 0)
		remove_key(redis, args[1]);
	return (struct hub_store_reply){ .kind = HUB_REPLY_INTEGER, .integer = 1 };
}

bool redis_is_write(const struct hub_store_command *command)
{
	static const char *const writes[] = { "SET", "DEL", HUB_STORE_PUT_HASH, "ZADD", "ZREM" };
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		if (hub_str_is(command->args[0], writes[i]))
			return true;
	return false;
}

struct hub_store_reply redis_run(
        struct redis *redis, const struct hub_store_command *command, struct hub_arena *arena)
{
	const struct hub_str *args = command->args;
	if (hub_str_is(args[0], "PING"))
		return redis_status("PONG");
	if (hub_str_is(args[0], "SCAN"))
		return scan(redis, command, arena);
	if (hub_str_is(args[0], "GET"))
		return get(redis, args[1], arena);
	if (hub_str_is(args[0], "ZREM"))
		return remove_members(redis, command);
	if (hub_str_is(args[0], HUB_STORE_PUT_HASH) || hub_str_is(args[0], "ZADD"))
		return write_cells(redis, command);
	hub_check(hub_str_is(args[0], "DEL") || hub_str_is(args[0], "SET"));
	if (hub_str_is(args[0], "SET"))
		check_fence(redis->world, redis_cell(redis_key(redis, args[1]), HUB_STR("")), args[2]);
	remove_key(redis, args[1]);
	if (hub_str_is(args[0], "SET")) {
		if (memmem(args[2].data, args[2].len, "REBUILDING", 10))
			hub_map_remove(redis->spoilt, args[1]);
		set_cell(redis, key_of_type(redis, args[1], REDIS_STRING), HUB_STR(""), args[2]);
		redis_touch(redis, args[1]);
	}
	return redis_status("OK");
}

/* ---- its append-only file */

void redis_note(struct redis *redis, const struct hub_store_command *const *commands, uint32_t count,
        struct hub_str spoilt)
{
	struct hub_arena *arena = redis->world->arena;
	struct hub_store_command *copies = hub_arena_alloc(arena, count * sizeof(*copies));
	if (redis->unit_count == redis->unit_room) {
		redis->unit_room = redis->unit_room ? 2 * redis->unit_room : 256;
		redis->units = realloc(redis->units, redis->unit_room * sizeof(*redis->units));
		hub_check(redis->units != NULL);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct hub_str *args = hub_arena_alloc(arena, commands[i]->argc * sizeof(*args));
		for (uint32_t k = 0; k < commands[i]->argc; k++)
			args[k] = hub_arena_copy(arena, commands[i]->args[k]);
		copies[i] = (struct hub_store_command){ args, commands[i]->argc };
	}
	redis->units[redis->unit_count++] = (struct redis_unit){ copies, count, spoilt };
}

static void replay(struct redis *redis, const struct redis_unit *unit)
{
	for (uint32_t i = 0; i < unit->count; i++)
		redis_run(redis, &unit->commands[i], redis->world->arena);
	if (unit->spoilt.data)
		hub_map_put(redis->spoilt, unit->spoilt, redis);
}

void redis_restart(struct redis *redis, uint32_t units)
{
	clear(redis);
	hub_map_free(redis->spoilt);
	redis->spoilt = hub_map_new();
	redis->incarnation++;
	redis->unit_count = units < redis->unit_count ? units : redis->unit_count;
	if (redis->kept_units > redis->unit_count)
		redis->kept_units = redis->unit_count;
	for (uint32_t i = 0; i < redis->unit_count; i++)
		replay(redis, &redis->units[i]);
}
