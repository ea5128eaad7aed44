/* An instance's connection to it: the store port, WATCH and MULTI, and what breaks. */
#include "redis.h"
#include "world.h"

#include "base/check.h"

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
		redis_touch(redis, connection->watched);
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
			items[i] = redis_wrong_type();
			continue;
		}
		items[i] = redis_run(redis, connection->queued[i], arena);
		if (redis_is_write(connection->queued[i]))
			done[done_count++] = connection->queued[i];
	}
	if (failing < count)
		hub_map_put(redis->spoilt, fence, redis);
	if (done_count)
		redis_note(redis, done, done_count, failing < count ? fence : (struct hub_str){ NULL, 0 });
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
		return redis_status("QUEUED");
	}
	if (hub_str_is(name, "MULTI")) {
		connection->in_multi = true;
		return redis_status("OK");
	}
	if (hub_str_is(name, "UNWATCH")) {
		connection->watched = (struct hub_str){ NULL, 0 };
		return redis_status("OK");
	}
	if (hub_str_is(name, "WATCH")) {
		hub_check(!connection->watched.data);
		connection->watched = hub_arena_copy(connection->redis->world->arena, command->args[1]);
		connection->watched_at = connection->redis->clock;
		return redis_status("OK");
	}
	if (redis_is_write(command))
		redis_note(connection->redis, &command, 1, (struct hub_str){ NULL, 0 });
	return redis_run(connection->redis, command, arena);
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
