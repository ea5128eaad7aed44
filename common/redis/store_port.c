#include "redis/redis.h"

#include "base/buf.h"
#include "base/decimal.h"
#include "redis/address.h"
#include "redis/dump.h"
#include "redis/tls.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* hiredis grows its output without limit: what is in flight is kept below this, by reading replies in
 * between. */
enum { IN_FLIGHT_BYTES = 1 << 20, OUT_BYTES = 64 << 20 };

struct hub_redis {
	struct hub_store_port port;
	struct hub_redis_address address;
	char *username; /* owned; NULL: none */
	char *password;
	struct hub_redis_tls *tls; /* NULL: none */
	int database;
	struct timeval timeout;
	redisContext *connection; /* NULL: none */
	struct hub_buf out;       /* commands on their way to hiredis */
};

static void on_disconnect(void *user)
{
	struct hub_redis *redis = user;
	if (redis->connection)
		redisFree(redis->connection);
	redis->connection = NULL;
}

/* True: the reply to command was no error. Otherwise *reterr says why and the connection is gone. */
static bool accepted(
        struct hub_redis *redis, redisReply *reply, const char *command, struct hub_error *reterr)
{
	bool ok = reply && reply->type != REDIS_REPLY_ERROR;
	if (!ok)
		hub_error_set(reterr, HUB_E_RETRY, "redis", "%s was refused: %s", command,
		        reply ? reply->str : redis->connection->errstr);
	if (reply)
		freeReplyObject(reply);
	if (!ok)
		on_disconnect(redis);
	return ok;
}

static int introduce(struct hub_redis *redis, struct hub_error *reterr)
{
	if (redis->password) {
		redisReply *reply = redis->username
		                            ? redisCommand(redis->connection, "AUTH %s %s", redis->username,
		                                      redis->password)
		                            : redisCommand(redis->connection, "AUTH %s", redis->password);
		if (!accepted(redis, reply, "AUTH", reterr))
			return HUB_E_RETRY;
	}
	if (redis->database != 0) {
		redisReply *reply = redisCommand(redis->connection, "SELECT %d", redis->database);
		if (!accepted(redis, reply, "SELECT", reterr))
			return HUB_E_RETRY;
	}
	return HUB_OK;
}

static int connect_now(struct hub_redis *redis, struct hub_error *reterr)
{
	const struct hub_redis_address *address = &redis->address;
	redis->connection = address->path[0]
	                            ? redisConnectUnixWithTimeout(address->path, redis->timeout)
	                            : redisConnectWithTimeout(address->host, address->port, redis->timeout);
	if (!redis->connection)
		return hub_error_set(reterr, HUB_E_RETRY, "redis", "out of memory for a connection");
	if (redis->connection->err) {
		hub_error_set(reterr, HUB_E_RETRY, "redis", "cannot connect to %s: %s",
		        address->path[0] ? address->path : address->host, redis->connection->errstr);
		on_disconnect(redis);
		return HUB_E_RETRY;
	}
	redisSetTimeout(redis->connection, redis->timeout);
	if (!address->path[0])
		redisEnableKeepAlive(redis->connection);
	if (redis->tls && hub_redis_tls_start(redis->tls, redis->connection, reterr) != HUB_OK) {
		on_disconnect(redis);
		return HUB_E_RETRY;
	}
	return introduce(redis, reterr);
}

static void put_count(struct hub_buf *out, char kind, size_t count)
{
	char digits[HUB_DECIMAL_MAX];
	struct hub_str text = hub_decimal((int64_t)count, digits);
	if (!hub_buf_reserve(out, text.len + 3))
		return;
	char *at = out->data + out->len;
	*at++ = kind;
	memcpy(at, text.data, text.len);
	memcpy(at + text.len, "\r\n", 2);
	out->len += text.len + 3;
}

static void put_bulk(struct hub_buf *out, struct hub_str bytes)
{
	put_count(out, '$', bytes.len);
	hub_buf_str(out, bytes);
	hub_buf_bytes(out, "\r\n", 2);
}

/* RESTORE key 0 dump REPLACE */
static void put_hash(struct hub_buf *out, const struct hub_store_command *command)
{
	const struct hub_str *fields = command->args + 2;
	uint32_t words = command->argc - 2;
	put_count(out, '*', 5);
	put_bulk(out, HUB_STR("RESTORE"));
	put_bulk(out, command->args[1]);
	put_bulk(out, HUB_STR("0"));
	put_count(out, '$', hub_redis_dump_hash_len(fields, words));
	hub_redis_dump_hash(fields, words, out);
	hub_buf_bytes(out, "\r\n", 2);
	put_bulk(out, HUB_STR("REPLACE"));
}

/* The Redis protocol's array of bulk strings. Written here since hiredis formats each command on the heap. */
static void put_command(struct hub_buf *out, const struct hub_store_command *command)
{
	if (hub_str_is(command->args[0], HUB_STORE_PUT_HASH)) {
		put_hash(out, command);
		return;
	}
	put_count(out, '*', command->argc);
	for (uint32_t i = 0; i < command->argc; i++)
		put_bulk(out, command->args[i]);
}

static void copy_reply(const redisReply *from, struct hub_arena *arena, struct hub_store_reply *to)
{
	*to = (struct hub_store_reply){ .kind = HUB_REPLY_NIL };
	switch (from->type) {
	case REDIS_REPLY_INTEGER:
		to->kind = HUB_REPLY_INTEGER;
		to->integer = from->integer;
		return;
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
	case REDIS_REPLY_STRING:
		to->kind = from->type == REDIS_REPLY_STATUS  ? HUB_REPLY_STATUS
		           : from->type == REDIS_REPLY_ERROR ? HUB_REPLY_ERROR
		                                             : HUB_REPLY_BYTES;
		to->bytes = hub_arena_copy(arena, (struct hub_str){ from->str, (uint32_t)from->len });
		return;
	case REDIS_REPLY_ARRAY: {
		struct hub_store_reply *items = hub_arena_alloc(arena, (from->elements + 1) * sizeof(*items));
		if (!items)
			return; /* the arena remembers */
		to->kind = HUB_REPLY_ARRAY;
		to->items = items;
		to->count = (uint32_t)from->elements;
		for (size_t i = 0; i < from->elements; i++)
			copy_reply(from->element[i], arena, &items[i]); /* hiredis bounds the depth */
		return;
	}
	default:
		return;
	}
}

/* Sends what was appended and reads replies until count of them are there. */
static int collect(struct hub_redis *redis, struct hub_store_reply *replies, uint32_t count,
        struct hub_arena *arena, struct hub_error *reterr)
{
	for (uint32_t i = 0; i < count; i++) {
		void *reply = NULL;
		if (redisGetReply(redis->connection, &reply) != REDIS_OK || !reply)
			return hub_error_set(reterr, HUB_E_UNKNOWN, "redis", "a reply did not come: %s",
			        redis->connection->errstr);
		copy_reply(reply, arena, &replies[i]);
		freeReplyObject(reply);
	}
	if (hub_arena_exhausted(arena))
		return hub_error_set(
		        reterr, HUB_E_UNKNOWN, "redis", "the replies are larger than the memory for them");
	return HUB_OK;
}

/* Hands what was put together to hiredis. */
static int send_out(struct hub_redis *redis, struct hub_error *reterr)
{
	bool ok = !hub_buf_failed(&redis->out) &&
	          redisAppendFormattedCommand(redis->connection, redis->out.data, redis->out.len) == REDIS_OK;
	hub_buf_reset(&redis->out);
	return ok ? HUB_OK : hub_error_set(reterr, HUB_E_UNKNOWN, "redis", "cannot send: out of memory");
}

static int on_exchange(void *user, const struct hub_store_command *commands, uint32_t count,
        struct hub_arena *arena, const struct hub_store_reply **ret_replies, struct hub_error *reterr)
{
	struct hub_redis *redis = user;
	struct hub_store_reply *replies = hub_arena_alloc(arena, ((size_t)count + 1) * sizeof(*replies));
	if (!replies)
		return hub_error_set(reterr, HUB_E_RETRY, "redis", "no memory for %u replies", count);
	if (!redis->connection && connect_now(redis, reterr) != HUB_OK)
		return HUB_E_RETRY;
	uint32_t collected = 0;
	int code = HUB_OK;
	for (uint32_t i = 0; !code && i < count; i++) {
		put_command(&redis->out, &commands[i]);
		if (redis->out.len < IN_FLIGHT_BYTES && i + 1 < count)
			continue;
		code = send_out(redis, reterr);
		if (!code)
			code = collect(redis, replies + collected, i + 1 - collected, arena, reterr);
		collected = i + 1;
	}
	if (code) {
		hub_buf_reset(&redis->out);
		on_disconnect(redis);
		return code;
	}
	*ret_replies = replies;
	return HUB_OK;
}

static char *copy_or_null(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

int hub_redis_open(const struct hub_redis_options *options, struct hub_redis **ret, struct hub_error *reterr)
{
	struct hub_redis *redis = calloc(1, sizeof(*redis));
	if (!redis)
		return hub_error_set(reterr, HUB_E_FATAL, "redis", "out of memory");
	hub_buf_init(&redis->out, OUT_BYTES);
	int code = hub_redis_address_parse(options->address, &redis->address, reterr);
	if (!code && options->tls)
		code = hub_redis_tls_new(options->tls_ca, redis->address.host, &redis->tls, reterr);
	if (code) {
		hub_redis_close(redis);
		return code;
	}
	redis->username = copy_or_null(options->username);
	redis->password = copy_or_null(options->password);
	redis->database = options->database;
	redis->timeout = (struct timeval){ options->timeout_ms / 1000, options->timeout_ms % 1000 * 1000 };
	redis->port = (struct hub_store_port){ redis, on_exchange, on_disconnect };
	*ret = redis;
	return HUB_OK;
}

void hub_redis_close(struct hub_redis *redis)
{
	if (!redis)
		return;
	on_disconnect(redis);
	hub_redis_tls_free(redis->tls);
	free(redis->username);
	free(redis->password);
	hub_buf_done(&redis->out);
	free(redis);
}

const struct hub_store_port *hub_redis_port(struct hub_redis *redis)
{
	return &redis->port;
}
