/* Lag, changelog and fence of a daemon's partitions. */
#include "hubctl/backwards.h"
#include "hubctl/scan.h"
#include "hubctl/status.h"
#include "kafka/reader.h"
#include "redis/redis.h"

#include <stdio.h>
#include <stdlib.h>

/* A committed position is among the last records as a rule. */
enum { LAST_RECORDS = 100 };

static enum hubctl_scan_next note_position(
        void *user, const struct hub_kafka_event *event, struct hubctl_reach *reach)
{
	struct hubctl_status *status = user;
	if (!event->has_key || !hub_str_is(event->key, "position"))
		return HUBCTL_GO_ON;
	reach->found++;
	if (event->at.partition < (int32_t)status->partition_count)
		status->partitions[event->at.partition].position = event->offset;
	return HUBCTL_GO_ON;
}

static bool no_position(void *user, int32_t partition, const struct hubctl_reach *reach)
{
	(void)user;
	(void)partition;
	return reach->found == 0;
}

static int read_positions(struct hubctl_status *status, const char *daemon, struct hub_error *err)
{
	struct hub_str topic = hub_arena_printf(status->hubctl->arena, "%s.state", daemon);
	const struct hubctl_backwards back = {
		.topic = topic.data,
		.partition = -1,
		.window = LAST_RECORDS,
		.visit = note_position,
		.more = no_position,
		.user = status,
	};
	struct hubctl_reach *reach;
	uint32_t count;
	return topic.len ? hubctl_backwards(status->hubctl, &back, &reach, &count, err) : HUB_E_FATAL;
}

/* "<epoch> <offset> LIVE <timestamp>" or "<epoch> - REBUILDING <timestamp> <n>" (schemas/hot-state.json). */
static void take_fence(
        struct hubctl_partition_status *p, const struct hub_store_reply *reply, struct hub_arena *arena)
{
	p->fence = -1;
	if (reply->kind != HUB_REPLY_BYTES && reply->kind != HUB_REPLY_STATUS) {
		p->redis = HUB_STR("none");
		return;
	}
	struct hub_str text = hub_arena_printf(arena, "%.*s", HUB_STR_ARG(reply->bytes));
	const char *offset = text.len ? strchr(text.data, ' ') : NULL;
	const char *state = offset ? strchr(offset + 1, ' ') : NULL;
	if (!state) {
		p->redis = HUB_STR("?");
		return;
	}
	p->redis = (struct hub_str){ state + 1, (uint32_t)strcspn(state + 1, " ") };
	if (offset[1] != '-')
		p->fence = strtoll(offset + 1, NULL, 10);
}

static int get_fences(struct hubctl_status *status, const char *daemon, const struct hub_store_port *store,
        struct hub_error *err)
{
	struct hub_arena *arena = status->hubctl->arena;
	uint32_t n = status->partition_count;
	struct hub_store_command *commands = hub_arena_alloc(arena, (n + 1) * sizeof(*commands));
	struct hub_str *args = hub_arena_alloc(arena, (2 * (size_t)n + 1) * sizeof(*args));
	const struct hub_store_reply *replies;
	if (!commands || !args)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; i < n; i++) {
		args[2 * i] = HUB_STR("GET");
		args[2 * i + 1] = hub_arena_printf(arena, "{%s.%u}:fence", daemon, i);
		commands[i] = (struct hub_store_command){ &args[2 * i], 2 };
	}
	int result = store->exchange(store->user, commands, n, arena, &replies, err);
	for (uint32_t i = 0; !result && i < n; i++)
		take_fence(&status->partitions[i], &replies[i], arena);
	return result;
}

/* Redis away is an answer, not a failure: the hub decides without it. */
static void read_fences(struct hubctl_status *status, const char *daemon)
{
	struct hub_redis *redis = NULL;
	int result = hubctl_redis_open(status->hubctl->settings, &redis, &status->redis);
	if (!result)
		result = get_fences(status, daemon, hub_redis_port(redis), &status->redis);
	hub_redis_close(redis);
	status->redis.code = result;
}

static void judge(struct hubctl_status *status)
{
	for (uint32_t i = 0; i < status->partition_count; i++) {
		struct hubctl_partition_status *p = &status->partitions[i];
		status->lag += p->lag;
		status->live += hub_str_is(p->redis, "LIVE") && p->position >= 0 && p->fence >= p->position;
		status->attention = status->attention || !hub_str_is(p->redis, "LIVE");
	}
}

int hubctl_status_partitions(
        struct hubctl_status *status, const char *daemon, const char *input, struct hub_error *reterr)
{
	struct hubctl *hubctl = status->hubctl;
	struct hub_group_position *positions;
	uint32_t count;
	int result = hub_kafka_group_positions(&hubctl->settings->kafka, hubctl_topic(hubctl, daemon),
	        hubctl_topic(hubctl, input), (int)hubctl->settings->timeout_ms, hubctl->arena, &positions,
	        &count, reterr);
	if (result)
		return result == HUB_E_NOT_FOUND ? hubctl_no_topic(reterr) : result;
	status->partitions = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(*status->partitions));
	if (!status->partitions)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	status->partition_count = count;
	for (uint32_t i = 0; i < count; i++) {
		int64_t from =
		        positions[i].committed == HUB_OFFSET_NONE ? positions[i].low : positions[i].committed;
		status->partitions[i] = (struct hubctl_partition_status){
			.partition = positions[i].partition,
			.committed = positions[i].committed,
			.lag = positions[i].high > from ? positions[i].high - from : 0,
			.position = -1,
			.redis = HUB_STR("?"),
			.fence = -1,
		};
	}
	result = read_positions(status, daemon, reterr);
	if (result)
		return result;
	read_fences(status, daemon);
	judge(status);
	return HUB_OK;
}

static enum hubctl_scan_next count(void *user, const struct hub_kafka_event *event)
{
	(void)event;
	((struct hubctl_status *)user)->dead_letters++;
	return HUBCTL_GO_ON;
}

int hubctl_status_dead_letters(struct hubctl_status *status, const char *daemon, struct hub_error *reterr)
{
	struct hub_str topic = hub_arena_printf(status->hubctl->arena, "%s.dead-letters", daemon);
	struct hubctl_scan scan = {
		.topics = &topic.data,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.visit = count,
		.user = status,
	};
	int result = topic.len ? hubctl_scan(status->hubctl, &scan, reterr) : HUB_E_FATAL;
	status->attention = status->attention || status->dead_letters;
	return result;
}
