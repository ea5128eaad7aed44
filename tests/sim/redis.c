#include "redis.h"
#include "world.h"

#include "base/check.h"

#include <stdlib.h>

/* ---- what it holds */

static void touch(struct redis *redis, struct hub_str name)
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
		touch(redis, name);
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

static struct hub_store_reply wrong_type(void)
{
	return (struct hub_store_reply){ .kind = HUB_REPLY_ERROR, .bytes = HUB_STR("WRONGTYPE") };
}

static struct hub_store_reply status(const char *text)
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
		return wrong_type();
	for (uint32_t i = 2; i + 1 < command->argc; i += 2)
		set_cell(redis, key, args[zset ? i + 1 : i], args[zset ? i : i + 1]);
	touch(redis, args[1]);
	return (struct hub_store_reply){ .kind = HUB_REPLY_INTEGER, .integer = 1 };
}

static struct hub_store_reply remove_members(struct redis *redis, const struct hub_store_command *command)
{
	const struct hub_str *args = command->args;
	struct redis_key *key = hub_map_get(redis->keys, args[1]);
	if (key && key->type != REDIS_ZSET)
		return wrong_type();
	for (uint32_t i = 2; key && i < command->argc; i++)
		hub_map_remove(key->cells, args[i]);
	if (key)
		touch(redis, args[1]);
	if (key && hub_map_count(key->cells) == 0)
		remove_key(redis, args[1]);
	return (struct hub_store_reply){ .kind = HUB_REPLY_INTEGER, .integer = 1 };
}

static bool is_write(const struct hub_store_command *command)
{
	static const char *const writes[] = { "SET", "DEL", HUB_STORE_PUT_HASH, "ZADD", "ZREM" };
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		if (hub_str_is(command->args[0], writes[i]))
			return true;
	return false;
}

static struct hub_store_reply run(
        struct redis *redis, const struct hub_store_command *command, struct hub_arena *arena)
{
	const struct hub_str *args = command->args;
	if (hub_str_is(args[0], "PING"))
		return status("PONG");
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
		touch(redis, args[1]);
	}
	return status("OK");
}

/* ---- its append-only file */

static void note_unit(struct redis *redis, const struct hub_store_command *const *commands, uint32_t count,
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
		run(redis, &unit->commands[i], redis->world->arena);
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

/* ---- connections */

static void port_disconnect(void *user)
{
	struct connection *connection = user;
	connection->connected = false;
	connection->watched = (struct hub_str){ NULL, 0 };
	connection->in_multi = false;
	connection->queued_count = 0;
}

static bool touched_since(const struct connection *connection)
{
	uint64_t at = (uintptr_t)hub_map_get(connection->redis->touched, connection->watched);
	return connection->watched.data && at > connection->watched_at;
}

static enum redis_fault take_fault(struct connection *connection)
{
	if (connection->fault == REDIS_FAULT_NONE || --connection->fault_in > 0)
		return REDIS_FAULT_NONE;
	enum redis_fault fault = connection->fault;
	connection->fault = REDIS_FAULT_NONE;
	return fault;
}

static struct hub_store_reply exec(
        struct connection *connection, enum redis_fault fault, struct hub_arena *arena)
{
	struct redis *redis = connection->redis;
	if (fault == REDIS_FAULT_TOUCHED && connection->watched.data)
		touch(redis, connection->watched);
	bool touched = touched_since(connection);
	uint32_t count = connection->queued_count;
	struct hub_str fence = connection->watched;
	connection->in_multi = false;
	connection->queued_count = 0;
	connection->watched = (struct hub_str){ NULL, 0 };
	if (touched)
		return (struct hub_store_reply){ .kind = HUB_REPLY_NIL };
	struct hub_store_reply *items = hub_arena_alloc(arena, (count + 1) * sizeof(*items));
	const struct hub_store_command **done = hub_arena_alloc(arena, (count + 1) * sizeof(const void *));
	uint32_t failing =
	        fault == REDIS_FAULT_ERROR_INSIDE && count > 1 ? roll(&redis->dice, count - 1) : UINT32_MAX;
	uint32_t done_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (i == failing) {
			items[i] = wrong_type();
			continue;
		}
		items[i] = run(redis, connection->queued[i], arena);
		if (is_write(connection->queued[i]))
			done[done_count++] = connection->queued[i];
	}
	if (failing < count)
		hub_map_put(redis->spoilt, fence, redis);
	if (done_count)
		note_unit(redis, done, done_count, failing < count ? fence : (struct hub_str){ NULL, 0 });
	return (struct hub_store_reply){ .kind = HUB_REPLY_ARRAY, .items = items, .count = count };
}

static struct hub_store_reply serve(struct connection *connection, const struct hub_store_command *command,
        enum redis_fault fault, struct hub_arena *arena)
{
	struct hub_str name = command->args[0];
	if (hub_str_is(name, "EXEC"))
		return exec(connection, fault, arena);
	if (connection->in_multi) {
		hub_check(connection->queued_count <
		          sizeof(connection->queued) / sizeof(connection->queued[0]));
		connection->queued[connection->queued_count++] = command;
		return status("QUEUED");
	}
	if (hub_str_is(name, "MULTI")) {
		connection->in_multi = true;
		return status("OK");
	}
	if (hub_str_is(name, "UNWATCH")) {
		connection->watched = (struct hub_str){ NULL, 0 };
		return status("OK");
	}
	if (hub_str_is(name, "WATCH")) {
		hub_check(!connection->watched.data);
		connection->watched = hub_arena_copy(connection->redis->world->arena, command->args[1]);
		connection->watched_at = connection->redis->clock;
		return status("OK");
	}
	if (is_write(command))
		note_unit(connection->redis, &command, 1, (struct hub_str){ NULL, 0 });
	return run(connection->redis, command, arena);
}

static int broken(struct connection *connection, struct hub_error *reterr)
{
	port_disconnect(connection);
	return hub_error_set(reterr, HUB_E_UNKNOWN, "redis", "the connection broke");
}

static int dead(struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_FATAL, "", "this process is dead");
}

/* A connection to what Redis was before its restart breaks at its next use, and with it goes its WATCH. */
static int reach(struct connection *connection, struct hub_error *reterr)
{
	struct redis *redis = connection->redis;
	bool away = redis->world->now_us < redis->away_until_us;
	if (connection->connected && (away || connection->incarnation != redis->incarnation))
		return broken(connection, reterr);
	if (away)
		return hub_error_set(reterr, HUB_E_RETRY, "redis", "connection refused");
	connection->connected = true;
	connection->incarnation = redis->incarnation;
	return 0;
}

static int port_exchange(void *user, const struct hub_store_command *commands, uint32_t count,
        struct hub_arena *arena, const struct hub_store_reply **ret_replies, struct hub_error *reterr)
{
	struct connection *connection = user;
	bool writes = hub_str_is(commands[count - 1].args[0], "EXEC");
	if (!instance_enter(connection->instance) ||
	        !instance_sleep(connection->instance, 100 + roll(&connection->redis->dice, 900)))
		return dead(reterr);
	int r = reach(connection, reterr);
	if (r < 0)
		return r;
	enum redis_fault fault = writes ? take_fault(connection) : REDIS_FAULT_NONE;
	if (fault == REDIS_FAULT_LOST_BEFORE)
		return broken(connection, reterr);
	struct hub_store_reply *replies = hub_arena_alloc(arena, count * sizeof(*replies));
	for (uint32_t i = 0; i < count; i++)
		replies[i] = serve(connection, &commands[i], fault, arena);
	if (!instance_enter(connection->instance))
		return dead(reterr);
	if (fault == REDIS_FAULT_LOST_AFTER || connection->incarnation != connection->redis->incarnation)
		return broken(connection, reterr);
	*ret_replies = replies;
	return 0;
}

void connection_init(struct connection *connection, struct redis *redis, struct instance *instance)
{
	memset(connection, 0, offsetof(struct connection, queued));
	connection->queued_count = 0;
	connection->fault = REDIS_FAULT_NONE;
	connection->redis = redis;
	connection->instance = instance;
	connection->port = (struct hub_store_port){ connection, port_exchange, port_disconnect };
}
