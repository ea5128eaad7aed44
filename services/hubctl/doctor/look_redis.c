/* Redis: what INFO says, its clock, and the fence of each partition. */
#include "hubctl/doctor/look.h"

#include "redis/redis.h"

#include <stdlib.h>

enum { INFO_MEMORY, INFO_REPLICATION, INFO_PERSISTENCE, CLOCK, QUESTIONS, WORDS_MAX = 2 };

/* "name:value\r\n" */
static struct hub_str field(struct hub_str info, const char *name)
{
	size_t n = strlen(name);
	for (uint32_t at = 0; at + n < info.len;) {
		const char *line = info.data + at;
		const char *end = memchr(line, '\n', info.len - at);
		uint32_t len = end ? (uint32_t)(end - line) : info.len - at;
		if (len > n && memcmp(line, name, n) == 0 && line[n] == ':') {
			struct hub_str value = { line + n + 1, len - (uint32_t)n - 1 };
			while (value.len && value.data[value.len - 1] == '\r')
				value.len--;
			return value;
		}
		at += len + 1;
	}
	return (struct hub_str){ NULL, 0 };
}

static int64_t number(struct hub_str text)
{
	char digits[24] = "";
	memcpy(digits, text.data ? text.data : "", text.len < sizeof(digits) ? text.len : 0);
	return strtoll(digits, NULL, 10);
}

static bool refused(const struct hub_store_reply *reply, struct hub_error *error)
{
	if (reply->kind == HUB_REPLY_ERROR)
		error->code = hub_error_set(error, HUB_E_REFUSED, "redis", "%.*s",
		        (int)(reply->bytes.len < 200 ? reply->bytes.len : 200),
		        reply->bytes.data ? reply->bytes.data : "");
	return reply->kind == HUB_REPLY_ERROR;
}

static void take_info(
        struct doctor_part *part, struct doctor_redis *redis, const struct hub_store_reply *replies)
{
	struct hub_str memory = replies[INFO_MEMORY].bytes, replication = replies[INFO_REPLICATION].bytes;
	struct hub_str host = field(replication, "master_host"), port = field(replication, "master_port");
	redis->policy = field(memory, "maxmemory_policy");
	redis->used = number(field(memory, "used_memory"));
	redis->limit = number(field(memory, "maxmemory"));
	redis->role = field(replication, "role");
	redis->master =
	        hub_arena_printf(part->hubctl.arena, "%.*s:%.*s", HUB_STR_ARG(host), HUB_STR_ARG(port));
	redis->bgsave = field(replies[INFO_PERSISTENCE].bytes, "rdb_last_bgsave_status");
}

static void take_clock(struct doctor_redis *redis, const struct hub_store_reply *reply, int64_t now_ms)
{
	if (reply->kind == HUB_REPLY_ARRAY && reply->count == 2)
		redis->ahead_ms =
		        number(reply->items[0].bytes) * 1000 + number(reply->items[1].bytes) / 1000 - now_ms;
}

static int ask_server(
        struct doctor_part *part, const struct hub_store_port *store, struct doctor_redis *redis)
{
	static const struct hub_str words[QUESTIONS][WORDS_MAX] = {
		[INFO_MEMORY] = { { "INFO", 4 }, { "memory", 6 } },
		[INFO_REPLICATION] = { { "INFO", 4 }, { "replication", 11 } },
		[INFO_PERSISTENCE] = { { "INFO", 4 }, { "persistence", 11 } },
		[CLOCK] = { { "TIME", 4 } },
	};
	struct hub_store_command commands[QUESTIONS];
	const struct hub_store_reply *replies;
	for (int i = 0; i < QUESTIONS; i++)
		commands[i] = (struct hub_store_command){ words[i], i == CLOCK ? 1 : 2 };
	int64_t began = hubctl_now_ms();
	int result =
	        store->exchange(store->user, commands, QUESTIONS, part->hubctl.arena, &replies, &redis->why);
	if (result)
		return result;
	if (!refused(&replies[INFO_MEMORY], &redis->info_error))
		take_info(part, redis, replies);
	take_clock(redis, &replies[CLOCK], (began + hubctl_now_ms()) / 2);
	return HUB_OK;
}

static int ask_fences(struct doctor_part *part, const struct hub_store_port *store,
        struct doctor_redis *redis, struct doctor_fence_look *look)
{
	struct hub_arena *arena = part->hubctl.arena;
	struct hub_store_command commands[DOCTOR_PARTITIONS_MAX];
	struct hub_str words[DOCTOR_PARTITIONS_MAX][WORDS_MAX];
	const struct hub_store_reply *replies;
	for (int i = 0; i < DOCTOR_PARTITIONS_MAX; i++) {
		words[i][0] = HUB_STR("GET");
		words[i][1] = hub_arena_printf(arena, "{referral-router.%d}:fence", i);
		commands[i] = (struct hub_store_command){ words[i], 2 };
	}
	int result =
	        store->exchange(store->user, commands, DOCTOR_PARTITIONS_MAX, arena, &replies, &redis->why);
	if (result || refused(&replies[0], &redis->fence_error))
		return result;
	look->at_ms = hubctl_now_ms();
	for (int i = 0; i < DOCTOR_PARTITIONS_MAX; i++) {
		struct doctor_fence *fence = &look->fences[i];
		fence->partition = i;
		fence->there = replies[i].kind == HUB_REPLY_BYTES;
		fence->parsed = fence->there && hub_fence_parse(replies[i].bytes, &fence->fence);
	}
	return HUB_OK;
}

static enum doctor_redis_way way_of(const struct hub_error *why)
{
	return strstr(why->text, "AUTH") || strstr(why->text, "WRONGPASS") ? DOCTOR_WAY_PASSWORD
	                                                                   : DOCTOR_WAY_AWAY;
}

/* Without a password every answer is NOAUTH. */
static void look(
        struct doctor_part *part, struct doctor_redis *redis, struct doctor_fence_look *fences, bool server)
{
	struct hub_redis *connection = NULL;
	int result = hubctl_redis_open(&part->settings, &connection, &redis->why);
	if (!result && server)
		result = ask_server(part, hub_redis_port(connection), redis);
	if (!result && strstr(redis->info_error.text, "NOAUTH"))
		result = (redis->why = redis->info_error).code;
	if (!result)
		result = ask_fences(part, hub_redis_port(connection), redis, fences);
	if (result && server)
		redis->way = way_of(&redis->why);
	hub_redis_close(connection);
}

void doctor_look_redis(struct doctor_part *part, struct doctor_redis *redis)
{
	redis->ahead_ms = INT64_MIN;
	look(part, redis, &redis->first, true);
}

void doctor_look_redis_again(struct doctor_part *part, struct doctor_redis *redis)
{
	look(part, redis, &redis->second, false);
}
