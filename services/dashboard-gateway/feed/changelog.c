#include "dashboard-gateway/feed/changelog.h"

#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "runtime/position.h"

#include <stdlib.h>

enum { MINUTE_MS = 60000 };

void gateway_changelog_count_whole(struct gateway_changelog *changelog)
{
	struct gateway_feed_state *state = &changelog->feed->state;
	uint32_t whole = 0;
	for (int32_t i = 0; i < changelog->count; i++)
		whole += gateway_join_whole(&changelog->joins[i]);
	if (state->whole == whole && state->partitions == (uint32_t)changelog->count)
		return;
	state->partitions = (uint32_t)changelog->count;
	state->whole = whole;
	gateway_feed_judge_ready(changelog->feed);
	gateway_feed_changed(changelog->feed);
}

/* From where its join says; a log may begin later than at 0. */
void gateway_changelog_follow(struct gateway_changelog *changelog, int32_t partition)
{
	int64_t from = changelog->joins[partition].from, low = changelog->low[partition];
	gateway_topic_start(&changelog->topic, partition, from > low ? from : low);
}

static void read_again(struct gateway_changelog *changelog, int32_t partition)
{
	gateway_hot_sweep(changelog->feed->hot, partition, NULL, NULL);
	changelog->position[partition] = -1;
	gateway_changelog_follow(changelog, partition);
	gateway_feed_rows(changelog->feed);
}

static void note_skew(struct gateway_changelog *changelog, int64_t timestamp_ms)
{
	int64_t now_ms = gateway_wall_ms(), skew_ms = now_ms - timestamp_ms;
	if (now_ms - changelog->skew_since_ms >= MINUTE_MS || now_ms < changelog->skew_since_ms) {
		changelog->skew_since_ms = now_ms;
		changelog->skew_ms[1] = changelog->skew_ms[0];
		changelog->skew_ms[0] = INT64_MAX;
	}
	if (skew_ms < changelog->skew_ms[0])
		changelog->skew_ms[0] = skew_ms;
}

int64_t gateway_changelog_skew_ms(const struct gateway_changelog *changelog)
{
	int64_t now = changelog->skew_ms[0], before = changelog->skew_ms[1];
	int64_t least = now < before ? now : before;
	return least == INT64_MAX ? 0 : least;
}

static void apply(struct gateway_changelog *changelog, const struct hub_kafka_event *event)
{
	enum { TOLD_EVERY = 1000 };
	struct hub_error error = { 0 };
	const struct hub_str none = { NULL, 0 };
	if (hub_str_eq(event->key, HUB_POSITION_KEY)) {
		changelog->position[event->at.partition] = event->offset;
		return;
	}
	if (gateway_intake_apply(changelog->intake, changelog->feed->hot, event->at.partition, event->key,
	            event->has_value ? event->value : none, &error) == HUB_OK)
		return;
	/* A row that is not understood stays as it was; a flood of them is told now and then. */
	if (changelog->faults++ % TOLD_EVERY == 0)
		hub_log(changelog->feed->log, HUB_LOG_RETRY, hub_log_text("topic", changelog->topic.name),
		        hub_log_int("partition", event->at.partition), hub_log_int("offset", event->offset),
		        hub_log_text("text", error.text));
}

static void on_record(void *user, const struct hub_kafka_event *event)
{
	struct gateway_changelog *changelog = user;
	struct gateway_join *join = &changelog->joins[event->at.partition];
	bool was_whole = gateway_join_whole(join);
	switch (gateway_join_record(join, event->offset, event->timestamp_ms)) {
	case GATEWAY_JOIN_SKIP:
		break;
	case GATEWAY_JOIN_APPLY:
		apply(changelog, event);
		gateway_feed_rows(changelog->feed);
		if (was_whole)
			note_skew(changelog, event->timestamp_ms);
		break;
	case GATEWAY_JOIN_AGAIN:
		read_again(changelog, event->at.partition);
		break;
	}
	if (was_whole != gateway_join_whole(join))
		gateway_changelog_count_whole(changelog);
}

static void on_end(void *user, int32_t partition, int64_t offset)
{
	struct gateway_changelog *changelog = user;
	if (gateway_join_end(&changelog->joins[partition], offset) == GATEWAY_JOIN_AGAIN)
		read_again(changelog, partition);
	gateway_changelog_count_whole(changelog);
}

/* The log was cut off before us, or made anew. */
static void on_lost(void *user, int32_t partition)
{
	struct gateway_changelog *changelog = user;
	changelog->joins[partition] = (struct gateway_join){ .phase = GATEWAY_JOIN_NONE };
	gateway_hot_sweep(changelog->feed->hot, partition, NULL, NULL);
	gateway_feed_rows(changelog->feed);
	gateway_changelog_count_whole(changelog);
	gateway_topic_open(&changelog->topic, -1);
}

static int64_t *offsets(int32_t count)
{
	int64_t *room = calloc((size_t)count, sizeof(*room));
	hub_check(room);
	return room;
}

static void make_room(struct gateway_changelog *changelog, int32_t count)
{
	changelog->count = count;
	changelog->low = offsets(count);
	changelog->high = offsets(count);
	changelog->position = offsets(count);
	changelog->joins = calloc((size_t)count, sizeof(*changelog->joins));
	changelog->before = calloc((size_t)count, sizeof(*changelog->before));
	changelog->after = calloc((size_t)count, sizeof(*changelog->after));
	hub_check(changelog->joins && changelog->before && changelog->after);
	for (int32_t i = 0; i < count; i++)
		changelog->position[i] = -1;
}

static void restart_lost(struct gateway_changelog *changelog)
{
	for (int32_t i = 0; i < changelog->count; i++) {
		if (changelog->joins[i].phase != GATEWAY_JOIN_NONE)
			continue;
		gateway_join_without(&changelog->joins[i], changelog->high[i]);
		gateway_changelog_follow(changelog, i);
	}
	gateway_changelog_count_whole(changelog);
}

static void on_opened(void *user, const struct gateway_topic_answer *answer)
{
	struct gateway_changelog *changelog = user;
	if (changelog->count == 0)
		make_room(changelog, answer->partitions);
	for (int32_t i = 0; i < changelog->count && i < answer->partitions; i++) {
		changelog->low[i] = answer->low[i];
		changelog->high[i] = answer->high[i];
	}
	if (changelog->joining == GATEWAY_JOINING_DONE)
		restart_lost(changelog);
	else
		gateway_joining_opened(changelog);
}

struct gateway_changelog *gateway_changelog_new(struct gateway_feed *feed)
{
	struct gateway_changelog *changelog = calloc(1, sizeof(*changelog));
	hub_check(changelog);
	changelog->feed = feed;
	changelog->intake = gateway_intake_new();
	changelog->skew_ms[0] = changelog->skew_ms[1] = INT64_MAX;
	const struct gateway_source source = {
		.user = changelog, .record = on_record, .end = on_end, .lost = on_lost
	};
	gateway_topic_init(&changelog->topic, feed, GATEWAY_ROUTER ".state", &source, on_opened);
	gateway_topic_open(&changelog->topic, -1);
	return changelog;
}

void gateway_changelog_redis(struct gateway_changelog *changelog, bool up)
{
	if (changelog->count > 0)
		gateway_joining_redis(changelog, up);
}

void gateway_changelog_free(struct gateway_changelog *changelog)
{
	if (!changelog)
		return;
	gateway_topic_done(&changelog->topic);
	gateway_snapshot_free(changelog->snapshot);
	gateway_intake_free(changelog->intake);
	free(changelog->low);
	free(changelog->high);
	free(changelog->position);
	free(changelog->joins);
	free(changelog->before);
	free(changelog->after);
	free(changelog);
}
