#include "dashboard-gateway/feed/snapshot.h"

#include "base/check.h"
#include "dashboard-gateway/feed/fences.h"
#include "dashboard-gateway/feed/inside.h"
#include "dashboard-gateway/feed/keys.h"

#include <stdlib.h>

enum { FIELDS_MAX = 64 };
#define SCAN_COUNT "256"

/* Keys that a SCAN has named, one behind the other. */
struct named {
	struct hub_buf bytes;
	uint32_t *ends; /* of each key in bytes */
	uint32_t count, room;
};

struct gateway_snapshot {
	struct gateway_feed *feed;
	struct gateway_join *joins;
	int32_t partitions;
	void (*done)(void *user, bool whole);
	void *user;
	char cursor[24];
	bool scanned, whole; /* the last SCAN was sent; everything was understood */
	struct named named;
};

static bool is_wanted(const struct gateway_snapshot *snapshot, int32_t partition)
{
	return partition >= 0 && partition < snapshot->partitions &&
	       snapshot->joins[partition].phase == GATEWAY_JOIN_SCANNING &&
	       snapshot->joins[partition].newest.live;
}

static void name(struct named *named, struct hub_str key)
{
	if (named->count == named->room) {
		named->room = named->room ? named->room * 2 : 512;
		named->ends = realloc(named->ends, named->room * sizeof(*named->ends));
		hub_check(named->ends);
	}
	hub_buf_str(&named->bytes, key);
	named->ends[named->count++] = (uint32_t)named->bytes.len;
}

static struct hub_str named_key(const struct named *named, uint32_t i)
{
	uint32_t begin = i ? named->ends[i - 1] : 0;
	return (struct hub_str){ named->bytes.data + begin, named->ends[i] - begin };
}

/* False: not a hash that a row can be made of. */
static bool put(
        struct gateway_snapshot *snapshot, int32_t partition, struct hub_str key, const redisReply *reply)
{
	struct gateway_field fields[FIELDS_MAX];
	uint32_t count = 0;
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements % 2 || reply->elements / 2 > FIELDS_MAX)
		return false;
	for (; count < reply->elements / 2; count++) {
		const redisReply *field = reply->element[2 * count], *value = reply->element[2 * count + 1];
		fields[count] = (struct gateway_field){ { field->str, (uint32_t)field->len },
			{ value->str, (uint32_t)value->len } };
	}
	/* None: it has gone since it was named, and the changelog tells of it. */
	return count == 0 ||
	       gateway_hot_put(snapshot->feed->hot, partition, key, fields, count, NULL) == HUB_OK;
}

static void take_fences(struct gateway_snapshot *snapshot, const redisReply *mget)
{
	for (int32_t i = 0; i < snapshot->partitions; i++)
		if (is_wanted(snapshot, i))
			gateway_join_piece(&snapshot->joins[i], gateway_fence_of(mget, i));
}

static void take_hashes(struct gateway_snapshot *snapshot, redisReply *const *replies)
{
	for (uint32_t i = 0; i < snapshot->named.count; i++) {
		uint32_t at = 0;
		struct hub_str key = named_key(&snapshot->named, i);
		int32_t partition = gateway_key_partition(key, &at);
		const struct hub_str bare = { key.data + at, key.len - at };
		if (is_wanted(snapshot, partition))
			snapshot->whole = put(snapshot, partition, bare, replies[i]) && snapshot->whole;
	}
	gateway_feed_rows(snapshot->feed);
}

/* [cursor, [key, ...]] */
static bool is_scan(const redisReply *reply)
{
	return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
	       reply->element[0]->type == REDIS_REPLY_STRING &&
	       (size_t)reply->element[0]->len < sizeof(((struct gateway_snapshot *)NULL)->cursor) &&
	       reply->element[1]->type == REDIS_REPLY_ARRAY;
}

static void take_scan(struct gateway_snapshot *snapshot, const redisReply *reply)
{
	snapshot->whole = is_scan(reply) && snapshot->whole;
	if (!snapshot->whole)
		return;
	memcpy(snapshot->cursor, reply->element[0]->str, (size_t)reply->element[0]->len + 1);
	for (size_t i = 0; i < reply->element[1]->elements; i++) {
		const redisReply *key = reply->element[1]->element[i];
		uint32_t at = 0;
		const struct hub_str text = { key->str, (uint32_t)key->len };
		int32_t partition = gateway_key_partition(text, &at);
		if (is_wanted(snapshot, partition))
			name(&snapshot->named, text);
	}
}

static void ask_piece(struct gateway_snapshot *snapshot);

/* [fences, hash, ..., scan unless all was scanned before] */
static void on_piece(void *user, const redisReply *reply)
{
	struct gateway_snapshot *snapshot = user;
	struct named *named = &snapshot->named;
	if (!reply)
		return;
	bool asked_scan = !snapshot->scanned;
	snapshot->whole =
	        reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 + named->count + asked_scan;
	if (snapshot->whole) {
		take_fences(snapshot, reply->element[0]);
		take_hashes(snapshot, reply->element + 1);
	}
	named->count = 0;
	hub_buf_reset(&named->bytes);
	if (snapshot->whole && asked_scan) {
		take_scan(snapshot, reply->element[reply->elements - 1]);
		snapshot->scanned = strcmp(snapshot->cursor, "0") == 0;
	}
	if (!snapshot->whole || (snapshot->scanned && named->count == 0))
		snapshot->done(snapshot->user, snapshot->whole);
	else
		ask_piece(snapshot);
}

static void ask_piece(struct gateway_snapshot *snapshot)
{
	struct gateway_redis *redis = snapshot->feed->redis;
	const struct hub_str multi = HUB_STR("MULTI"), exec = HUB_STR("EXEC");
	gateway_redis_send(redis, 1, &multi, NULL, NULL);
	gateway_fences_ask(redis, snapshot->partitions, NULL, NULL);
	for (uint32_t i = 0; i < snapshot->named.count; i++) {
		const struct hub_str words[] = { HUB_STR("HGETALL"), named_key(&snapshot->named, i) };
		gateway_redis_send(redis, 2, words, NULL, NULL);
	}
	if (!snapshot->scanned) {
		const struct hub_str words[] = { HUB_STR("SCAN"), hub_str_from(snapshot->cursor),
			HUB_STR("MATCH"), HUB_STR(GATEWAY_ROUTER_TAG "*"), HUB_STR("COUNT"),
			HUB_STR(SCAN_COUNT) };
		gateway_redis_send(redis, 6, words, NULL, NULL);
	}
	gateway_redis_send(redis, 1, &exec, on_piece, snapshot);
}

struct gateway_snapshot *gateway_snapshot_new(struct gateway_feed *feed, struct gateway_join *joins,
        int32_t count, void (*done)(void *user, bool whole), void *user)
{
	enum { NAMED_BYTES_MAX = 16 << 20 };
	struct gateway_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	hub_check(snapshot);
	*snapshot = (struct gateway_snapshot){ .feed = feed,
		.joins = joins,
		.partitions = count,
		.done = done,
		.user = user,
		.cursor = "0",
		.whole = true };
	hub_buf_init(&snapshot->named.bytes, NAMED_BYTES_MAX);
	ask_piece(snapshot);
	return snapshot;
}

void gateway_snapshot_free(struct gateway_snapshot *snapshot)
{
	if (!snapshot)
		return;
	hub_buf_done(&snapshot->named.bytes);
	free(snapshot->named.ends);
	free(snapshot);
}
