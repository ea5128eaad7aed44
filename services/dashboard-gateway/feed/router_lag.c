/* How far the router is behind, asked every few seconds: what its group has committed, the ends of referral.events, the age of
 * the oldest record that it has not read, and its fences in Redis.
 *
 * The broker is asked by the helper's thread (feed/helper.h says why); the oldest records are fetched there, too, by a consumer of
 * a few kilobytes. The fences are asked on the loop, which also shows that Redis answers. */
#include "base/check.h"
#include "dashboard-gateway/feed/changelog.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/fences.h"
#include "dashboard-gateway/feed/parts.h"
#include "kafka/ask.h"
#include "kafka/kafka_error.h"

#include <event2/event.h>
#include <stdlib.h>

enum { EVERY_S = 5, WHILE_AWAY_S = 1, PEEK_MS = 1000 };

struct gateway_lag {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	struct gateway_feed *feed;
	rd_kafka_t *group; /* in the helper's thread */
	struct event *timer;
	bool asking, asking_fences;
};

struct look {
	struct gateway_job job; /* first */
	struct gateway_lag *lag;
	rd_kafka_t *query, *group;
	char topic[GATEWAY_NAME_MAX];
	bool reachable;
	int32_t partitions;
	int64_t *committed, *low, *high;
	int64_t records, oldest_ms; /* -1: not known; oldest_ms 0: nothing is unread */
};

static int ask_committed(struct look *look)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(look->partitions);
	for (int32_t i = 0; i < look->partitions; i++)
		rd_kafka_topic_partition_list_add(list, look->topic, i);
	rd_kafka_resp_err_t err = rd_kafka_committed(look->group, list, GATEWAY_ASK_MS);
	for (int i = 0; !err && i < list->cnt; i++) {
		const rd_kafka_topic_partition_t *item = &list->elems[i];
		err = item->err;
		look->committed[item->partition] =
		        item->offset < 0 ? look->low[item->partition] : item->offset;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return hub_kafka_from_err(err, "read the router's offsets", NULL, NULL);
}

static bool is_behind(const struct look *look, int32_t partition)
{
	return look->committed[partition] < look->high[partition];
}

static int32_t start_behind(const struct look *look, rd_kafka_topic_t *topic, rd_kafka_queue_t *queue)
{
	int32_t started = 0;
	for (int32_t i = 0; i < look->partitions; i++)
		started += is_behind(look, i) &&
		           rd_kafka_consume_start_queue(topic, i, look->committed[i], queue) == 0;
	return started;
}

static void stop_behind(const struct look *look, rd_kafka_topic_t *topic)
{
	for (int32_t i = 0; i < look->partitions; i++)
		if (is_behind(look, i))
			rd_kafka_consume_stop(topic, i);
}

static int64_t time_of(const rd_kafka_message_t *message)
{
	rd_kafka_timestamp_type_t type;
	return message->err ? -1 : rd_kafka_message_timestamp(message, &type);
}

/* The first records from where the group stands, of all partitions at once; the oldest of those that came in time. */
static int64_t peek(struct look *look, rd_kafka_topic_t *topic, rd_kafka_queue_t *queue)
{
	int64_t oldest = -1, until_us = gateway_steady_us() + PEEK_MS * INT64_C(1000);
	bool *seen = calloc((size_t)look->partitions, sizeof(*seen));
	hub_check(seen);
	for (int32_t missing = start_behind(look, topic, queue);
	        missing > 0 && gateway_steady_us() < until_us;) {
		rd_kafka_message_t *message = rd_kafka_consume_queue(queue, 50);
		if (!message)
			continue;
		int64_t at_ms = time_of(message);
		if (at_ms >= 0 && (oldest < 0 || at_ms < oldest))
			oldest = at_ms;
		if (message->rkt) { /* of a partition that was started */
			missing -= !seen[message->partition];
			seen[message->partition] = true;
		}
		rd_kafka_message_destroy(message);
	}
	stop_behind(look, topic);
	free(seen);
	return oldest;
}

static int64_t find_oldest(struct look *look)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(look->group, look->topic, NULL);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(look->group);
	hub_check(topic && queue);
	int64_t oldest = peek(look, topic, queue);
	rd_kafka_queue_destroy(queue);
	rd_kafka_topic_destroy(topic);
	return oldest;
}

static int64_t *room_for(int32_t partitions)
{
	int64_t *offsets = calloc((size_t)partitions + 1, sizeof(*offsets));
	hub_check(offsets);
	return offsets;
}

static void work(struct gateway_job *job)
{
	struct look *look = (struct look *)job;
	rd_kafka_poll(look->group, 0);
	int code =
	        hub_kafka_partition_count(look->query, look->topic, GATEWAY_ASK_MS, &look->partitions, NULL);
	look->reachable = code == HUB_OK || code == HUB_E_NOT_FOUND;
	if (code)
		return;
	look->low = room_for(look->partitions);
	look->high = room_for(look->partitions);
	look->committed = room_for(look->partitions);
	if (gateway_ask_offsets(look->query, look->topic, look->partitions, RD_KAFKA_OFFSET_BEGINNING,
	            look->low, NULL) != HUB_OK ||
	        ask_committed(look) != HUB_OK ||
	        gateway_ask_offsets(look->query, look->topic, look->partitions, RD_KAFKA_OFFSET_END,
	                look->high, NULL) != HUB_OK)
		return;
	look->records = 0;
	for (int32_t i = 0; i < look->partitions; i++)
		look->records += is_behind(look, i) ? look->high[i] - look->committed[i] : 0;
	look->oldest_ms = look->records > 0 ? find_oldest(look) : 0;
}

static void ask_again_in(struct gateway_lag *lag, int seconds)
{
	event_add(lag->timer, &(struct timeval){ seconds, 0 });
}

static void done(struct gateway_job *job, bool stopped)
{
	struct look *look = (struct look *)job;
	struct gateway_lag *lag = look->lag;
	if (!stopped) {
		struct gateway_feed_state *state = &lag->feed->state;
		int64_t now_ms = gateway_wall_ms(), skew_ms = gateway_changelog_skew_ms(lag->feed->changelog);
		int64_t age_ms = now_ms - skew_ms - look->oldest_ms;
		state->lag_records = look->records;
		state->lag_ms = look->oldest_ms <= 0 ? look->oldest_ms : age_ms > 0 ? age_ms : 0;
		state->asked_at_ms = now_ms;
		lag->asking = false;
		gateway_feed_kafka(lag->feed, look->reachable);
		gateway_feed_changed(lag->feed);
		ask_again_in(lag, look->reachable ? EVERY_S : WHILE_AWAY_S);
	}
	free(look->low);
	free(look->high);
	free(look->committed);
	free(look);
}

static void on_fences(void *user, const struct gateway_fence *fences, int32_t count)
{
	struct gateway_lag *lag = user;
	const struct gateway_changelog *changelog = lag->feed->changelog;
	struct gateway_feed_state *state = &lag->feed->state;
	lag->asking_fences = false;
	state->fences_live = 0;
	state->fence_lag_records = -1;
	for (int32_t i = 0; fences && i < count; i++) {
		if (!fences[i].live || changelog->position[i] < 0)
			continue;
		/* One that is read while the changelog is on its way here may be ahead of us. */
		int64_t behind = changelog->position[i] - fences[i].offset;
		state->fences_live++;
		if (behind > state->fence_lag_records)
			state->fence_lag_records = behind;
		if (state->fence_lag_records < 0)
			state->fence_lag_records = 0;
	}
	gateway_feed_changed(lag->feed);
}

static void ask_fences(struct gateway_lag *lag)
{
	struct gateway_feed *feed = lag->feed;
	if (lag->asking_fences)
		return;
	if (gateway_redis_up(feed->redis) && feed->changelog->count > 0) {
		lag->asking_fences = true;
		gateway_fences_read(feed, feed->changelog->count, on_fences, lag);
	} else {
		on_fences(lag, NULL, 0);
	}
}

static void ask_kafka(struct gateway_lag *lag)
{
	struct look *look = calloc(1, sizeof(*look));
	hub_check(look);
	look->job = (struct gateway_job){ .work = work, .done = done };
	look->lag = lag;
	look->query = lag->feed->query;
	look->group = lag->group;
	look->records = look->oldest_ms = -1;
	gateway_feed_name(lag->feed, "referral.events", look->topic);
	lag->asking = true;
	gateway_helper_add(lag->feed->helper, &look->job);
}

static void on_timer(int fd, short what, void *user)
{
	(void)fd, (void)what;
	struct gateway_lag *lag = user;
	ask_fences(lag);
	ask_kafka(lag);
}

int gateway_lag_new(struct gateway_feed *feed, struct gateway_lag **ret, struct hub_error *reterr)
{
	char group[GATEWAY_NAME_MAX];
	const struct hub_kafka_property own[] = {
		{ "group.id", gateway_feed_name(feed, GATEWAY_ROUTER, group) },
		{ "isolation.level", "read_committed" },
		/* Never full: librdkafka 2.0.2 would look again only after a second (feed/consumer.h). */
		{ "queued.min.messages", "100000" },
		{ "queued.max.messages.kbytes", "4096" },
		{ "fetch.message.max.bytes", "16384" },
		{ "fetch.wait.max.ms", "10" },
	};
	const struct hub_kafka_properties properties = gateway_feed_properties(feed);
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(
	        HUB_KAFKA_READER, &properties, own, sizeof(own) / sizeof(own[0]), &conf, reterr);
	if (code)
		return code;
	struct gateway_lag *lag = calloc(1, sizeof(*lag));
	hub_check(lag);
	lag->feed = feed;
	lag->logger = (struct hub_kafka_logger){ .fn = hub_log_kafka, .user = feed->log };
	hub_kafka_conf_opaque(conf, &lag->logger);
	lag->timer = evtimer_new(feed->base, on_timer, lag);
	hub_check(lag->timer);
	code = hub_kafka_handle_new(HUB_KAFKA_READER, conf, &lag->group, reterr);
	if (code) {
		gateway_lag_free(lag);
		return code;
	}
	ask_again_in(lag, WHILE_AWAY_S);
	*ret = lag;
	return HUB_OK;
}

void gateway_lag_ask_now(struct gateway_lag *lag)
{
	if (!lag->asking)
		ask_again_in(lag, 0);
}

void gateway_lag_free(struct gateway_lag *lag)
{
	if (!lag)
		return;
	event_free(lag->timer);
	if (lag->group)
		rd_kafka_destroy(lag->group);
	free(lag);
}
