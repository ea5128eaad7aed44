#include "redis.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void touch(struct redis *redis, const char *key)
{
	uint32_t i = 0;
	while (i < redis->changed_count && strcmp(redis->changed[i].key, key) != 0)
		i++;
	hub_check(i < CELLS);
	if (i == redis->changed_count) {
		redis->changed_count++;
		snprintf(redis->changed[i].key, TEXT, "%s", key);
	}
	redis->changed[i].at = ++redis->clock;
}

static struct cell *find(const struct redis *redis, const char *key, const char *field)
{
	for (uint32_t i = 0; i < redis->count; i++)
		if (strcmp(redis->cells[i].key, key) == 0 && strcmp(redis->cells[i].field, field) == 0)
			return (struct cell *)(uintptr_t)&redis->cells[i];
	return NULL;
}

const char *redis_get(const struct redis *redis, const char *key, const char *field)
{
	const struct cell *cell = find(redis, key, field);
	return cell ? cell->value : NULL;
}

void redis_set(struct redis *redis, const char *key, const char *field, const char *value)
{
	struct cell *cell = find(redis, key, field);
	if (!cell) {
		hub_check(redis->count < CELLS);
		cell = &redis->cells[redis->count++];
		snprintf(cell->key, TEXT, "%s", key);
		snprintf(cell->field, TEXT, "%s", field);
	}
	snprintf(cell->value, TEXT, "%s", value);
	touch(redis, key);
}

static void remove_cells(struct redis *redis, const char *key, const char *field)
{
	for (uint32_t i = 0; i < redis->count;) {
		if (strcmp(redis->cells[i].key, key) == 0 &&
		        (!field || strcmp(redis->cells[i].field, field) == 0))
			redis->cells[i] = redis->cells[--redis->count];
		else
			i++;
	}
	touch(redis, key);
}

void redis_flush(struct redis *redis)
{
	while (redis->count) {
		char key[TEXT];
		memcpy(key, redis->cells[0].key, TEXT); /* the cell goes */
		remove_cells(redis, key, NULL);
	}
}

void redis_put_back(struct redis *redis, const struct redis *copy)
{
	redis_flush(redis);
	for (uint32_t i = 0; i < copy->count; i++)
		redis_set(redis, copy->cells[i].key, copy->cells[i].field, copy->cells[i].value);
}

uint32_t redis_keys(const struct redis *redis, const char *prefix)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < redis->count; i++)
		n += strncmp(redis->cells[i].key, prefix, strlen(prefix)) == 0;
	return n;
}

static void text_of(struct hub_str word, char text[TEXT])
{
	hub_check(word.len < TEXT);
	snprintf(text, TEXT, "%.*s", HUB_STR_ARG(word));
}

static struct hub_store_reply bytes_reply(struct hub_arena *arena, const char *text)
{
	return (struct hub_store_reply){ .kind = HUB_REPLY_BYTES,
		.bytes = hub_arena_copy(arena, hub_str_from(text)) };
}

static struct hub_store_reply status(const char *text)
{
	return (struct hub_store_reply){ .kind = HUB_REPLY_STATUS, .bytes = hub_str_from(text) };
}

/* One page: everything. */
static struct hub_store_reply scan(
        struct redis *redis, const struct hub_store_command *command, struct hub_arena *arena)
{
	char prefix[TEXT];
	text_of(command->args[3], prefix);
	prefix[strlen(prefix) - 1] = '\0';
	struct hub_store_reply *keys = hub_arena_alloc(arena, (redis->count + 1) * sizeof(*keys));
	uint32_t count = 0;
	for (uint32_t i = 0; i < redis->count; i++)
		if (strncmp(redis->cells[i].key, prefix, strlen(prefix)) == 0)
			keys[count++] = bytes_reply(arena, redis->cells[i].key);
	struct hub_store_reply *items = hub_arena_alloc(arena, 2 * sizeof(*items));
	items[0] = bytes_reply(arena, "0");
	items[1] = (struct hub_store_reply){ .kind = HUB_REPLY_ARRAY, .items = keys, .count = count };
	return (struct hub_store_reply){ .kind = HUB_REPLY_ARRAY, .items = items, .count = 2 };
}

static struct hub_store_reply run(
        struct redis *redis, const struct hub_store_command *command, struct hub_arena *arena)
{
	char name[TEXT], key[TEXT] = "", a[TEXT], b[TEXT];
	text_of(command->args[0], name);
	if (command->argc > 1)
		text_of(command->args[1], key);
	if (strcmp(name, "PING") == 0)
		return status("PONG");
	if (strcmp(name, "SCAN") == 0)
		return scan(redis, command, arena);
	if (strcmp(name, "GET") == 0) {
		const char *value = redis_get(redis, key, "");
		return value ? bytes_reply(arena, value) : (struct hub_store_reply){ .kind = HUB_REPLY_NIL };
	}
	if (strcmp(name, "DEL") == 0) {
		remove_cells(redis, key, NULL);
	} else if (strcmp(name, "SET") == 0) {
		text_of(command->args[2], a);
		const char *former = redis_get(redis, key, "");
		redis->set_back += former && strtoll(former, NULL, 10) > strtoll(a, NULL, 10);
		redis_set(redis, key, "", a);
	} else if (strcmp(name, "ZREM") == 0) {
		for (uint32_t i = 2; i < command->argc; i++) {
			text_of(command->args[i], a);
			remove_cells(redis, key, a);
		}
	} else if (strcmp(name, "ZADD") == 0) {
		for (uint32_t i = 2; i + 1 < command->argc; i += 2) {
			text_of(command->args[i], a);
			text_of(command->args[i + 1], b);
			redis_set(redis, key, b, a);
		}
	} else {
		hub_check(strcmp(name, HUB_STORE_PUT_HASH) == 0);
		remove_cells(redis, key, NULL);
		for (uint32_t i = 2; i + 1 < command->argc; i += 2) {
			text_of(command->args[i], a);
			text_of(command->args[i + 1], b);
			redis_set(redis, key, a, b);
		}
	}
	return (struct hub_store_reply){ .kind = HUB_REPLY_INTEGER, .integer = 1 };
}

static uint64_t changed_at(const struct redis *redis, const char *key)
{
	for (uint32_t i = 0; i < redis->changed_count; i++)
		if (strcmp(redis->changed[i].key, key) == 0)
			return redis->changed[i].at;
	return 0;
}

static struct hub_store_reply exec(struct connection *connection, struct hub_arena *arena)
{
	if (connection->before_exec)
		connection->before_exec(connection->user);
	bool touched = connection->watched[0] &&
	               changed_at(connection->redis, connection->watched) > connection->watched_at;
	uint32_t count = connection->queued_count;
	connection->in_multi = false;
	connection->queued_count = 0;
	connection->watched[0] = '\0';
	if (touched)
		return (struct hub_store_reply){ .kind = HUB_REPLY_NIL };
	struct hub_store_reply *items = hub_arena_alloc(arena, count * sizeof(*items));
	for (uint32_t i = 0; i < count; i++) {
		/* The last change before the fence fails; the others are done all the same. */
		if (connection->fault == STORE_ERROR_INSIDE && i + 2 == count) {
			items[i] = (struct hub_store_reply){ .kind = HUB_REPLY_ERROR,
				.bytes = HUB_STR("WRONGTYPE") };
			connection->fault = STORE_FINE;
			continue;
		}
		items[i] = run(connection->redis, connection->queued[i], arena);
	}
	connection->execs++;
	return (struct hub_store_reply){ .kind = HUB_REPLY_ARRAY, .items = items, .count = count };
}

static struct hub_store_reply serve(
        struct connection *connection, const struct hub_store_command *command, struct hub_arena *arena)
{
	struct hub_str name = command->args[0];
	if (hub_str_is(name, "EXEC"))
		return exec(connection, arena);
	if (connection->in_multi) {
		hub_check(connection->queued_count < 4096);
		connection->queued[connection->queued_count++] = command;
		return status("QUEUED");
	}
	if (hub_str_is(name, "MULTI")) {
		connection->in_multi = true;
		return status("OK");
	}
	if (hub_str_is(name, "UNWATCH")) {
		connection->watched[0] = '\0';
		return status("OK");
	}
	if (hub_str_is(name, "WATCH")) {
		hub_check(!connection->watched[0]); /* one partition at a time */
		text_of(command->args[1], connection->watched);
		connection->watched_at = connection->redis->clock;
		return status("OK");
	}
	return run(connection->redis, command, arena);
}

static void port_disconnect(void *user)
{
	struct connection *connection = user;
	connection->watched[0] = '\0';
	connection->in_multi = false;
	connection->queued_count = 0;
}

static int port_exchange(void *user, const struct hub_store_command *commands, uint32_t count,
        struct hub_arena *arena, const struct hub_store_reply **ret_replies, struct hub_error *reterr)
{
	struct connection *connection = user;
	if (connection->fault == STORE_AWAY)
		return hub_error_set(reterr, HUB_E_RETRY, "", "connection refused");
	bool writes = hub_str_is(commands[count - 1].args[0], "EXEC");
	if (connection->fault == STORE_LOST_REQUEST && writes) {
		connection->fault = STORE_FINE;
		port_disconnect(connection);
		return hub_error_set(reterr, HUB_E_UNKNOWN, "", "the connection broke");
	}
	struct hub_store_reply *replies = hub_arena_alloc(arena, count * sizeof(*replies));
	for (uint32_t i = 0; i < count; i++)
		replies[i] = serve(connection, &commands[i], arena);
	if (connection->fault == STORE_LOST_REPLY && writes) {
		connection->fault = STORE_FINE;
		port_disconnect(connection);
		return hub_error_set(reterr, HUB_E_UNKNOWN, "", "the connection broke");
	}
	*ret_replies = replies;
	return 0;
}

void connection_init(struct connection *connection, struct redis *redis)
{
	*connection = (struct connection){ .redis = redis };
	connection->port = (struct hub_store_port){ connection, port_exchange, port_disconnect };
}
