#include "dashboard-gateway/feed/consumer.h"

#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/inside.h"
#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/message.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

enum { TOPICS_MAX = 8, TURN_US = 2000, LOOK_EVERY = 16, TICK_MS = 250, TELL_EVERY_US = 10000000 };

struct track {
	bool started;
	int64_t from; /* where it was last started */
};

struct topic {
	char *name;
	rd_kafka_topic_t *
	        handle; /* made at the first start: before the topic is there the library would take it for gone */
	struct gateway_source source;
	struct track *tracks; /* by partition */
	int32_t track_count;
};

struct gateway_consumer {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	struct gateway_feed *feed;
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;
	struct gateway_wakeup wakeup;
	struct topic topics[TOPICS_MAX];
	int topic_count;
	struct hub_kafka_headers headers;
	int64_t told_us; /* the last error in the log */
};

static struct track *track_at(struct topic *topic, int32_t partition)
{
	return partition >= 0 && partition < topic->track_count ? &topic->tracks[partition] : NULL;
}

static void stop(struct topic *topic, int32_t partition)
{
	struct track *track = track_at(topic, partition);
	if (track && track->started)
		rd_kafka_consume_stop(topic->handle, partition);
	if (track)
		track->started = false;
}

/* librdkafka goes on by itself after most errors; only a place that is gone asks for a decision. */
static void take_error(struct gateway_consumer *consumer, struct topic *topic, rd_kafka_message_t *message)
{
	if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
		stop(topic, message->partition);
		topic->source.lost(topic->source.user, message->partition);
		return;
	}
	int64_t now_us = gateway_steady_us();
	if (consumer->told_us && now_us - consumer->told_us < TELL_EVERY_US)
		return;
	consumer->told_us = now_us;
	hub_log(consumer->feed->log, HUB_LOG_RETRY, hub_log_text("topic", rd_kafka_topic_name(topic->handle)),
	        hub_log_int("partition", message->partition),
	        hub_log_text("text", rd_kafka_err2name(message->err)));
}

static void take(struct gateway_consumer *consumer, rd_kafka_message_t *message)
{
	struct topic *topic = message->rkt ? rd_kafka_topic_opaque(message->rkt) : NULL;
	struct track *track = topic ? track_at(topic, message->partition) : NULL;
	struct hub_kafka_event event;
	if (!track || !track->started)
		return;
	if (message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		take_error(consumer, topic, message);
		return;
	}
	if (message->offset < track->from)
		return;
	hub_check(hub_kafka_event_of(message, (int32_t)(topic - consumer->topics), &consumer->headers, &event,
	                  NULL) == HUB_OK);
	if (event.kind == HUB_KAFKA_RECORD)
		topic->source.record(topic->source.user, &event);
	else if (topic->source.end)
		topic->source.end(topic->source.user, message->partition, message->offset);
}

/* False: time is up before the queue was empty. */
static bool drain(void *user)
{
	struct gateway_consumer *consumer = user;
	int64_t until = gateway_steady_us() + TURN_US;
	rd_kafka_poll(consumer->rk, 0);
	for (int i = 1;; i++) {
		rd_kafka_message_t *message = rd_kafka_consume_queue(consumer->queue, 0);
		if (!message)
			return true;
		take(consumer, message);
		rd_kafka_message_destroy(message);
		if (i % LOOK_EVERY == 0 && gateway_steady_us() >= until)
			return false;
	}
}

/* That no broker answers is found out by asking one: the library also says it of connections that were only idle. */
static void on_error(rd_kafka_t *rk, int err, const char *reason, void *user)
{
	(void)rk;
	struct gateway_consumer *consumer = user;
	hub_kafka_hear(&consumer->logger, err, reason);
	if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
		gateway_feed_doubt_kafka(consumer->feed);
}

static int make_rk(struct gateway_consumer *consumer, const struct hub_kafka_properties *properties,
        struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = {
		{ "isolation.level", "read_committed" }, { "queued.min.messages", "150000" },
		{ "queued.max.messages.kbytes", "65536" }, { "fetch.max.bytes", "4194304" },
		{ "fetch.message.max.bytes", "524288" },
		{ "fetch.wait.max.ms",
		        "100" }, /* what comes is answered at once; longer would hold up what is started */
	};
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(
	        HUB_KAFKA_READER, properties, own, sizeof(own) / sizeof(own[0]), &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &consumer->logger);
	rd_kafka_conf_set_error_cb(conf, on_error);
	return hub_kafka_handle_new(HUB_KAFKA_READER, conf, &consumer->rk, reterr);
}

int gateway_consumer_new(struct gateway_feed *feed, const struct hub_kafka_properties *properties,
        struct gateway_consumer **ret, struct hub_error *reterr)
{
	struct gateway_consumer *consumer = calloc(1, sizeof(*consumer));
	hub_check(consumer);
	consumer->feed = feed;
	consumer->logger = (struct hub_kafka_logger){ .fn = hub_log_kafka, .user = feed->log };
	int code = make_rk(consumer, properties, reterr);
	if (!code) {
		consumer->queue = rd_kafka_queue_new(consumer->rk);
		code = gateway_wakeup_init(&consumer->wakeup, feed->base, TICK_MS, drain, consumer, reterr);
	}
	if (code) {
		gateway_consumer_free(consumer);
		return code;
	}
	gateway_wakeup_watch(&consumer->wakeup, consumer->queue);
	gateway_wakeup_watch_main(&consumer->wakeup, consumer->rk);
	*ret = consumer;
	return HUB_OK;
}

int gateway_consumer_topic(
        struct gateway_consumer *consumer, const char *full_name, const struct gateway_source *source)
{
	hub_check(consumer->topic_count < TOPICS_MAX);
	struct topic *topic = &consumer->topics[consumer->topic_count];
	topic->source = *source;
	topic->name = strdup(full_name);
	hub_check(topic->name);
	return consumer->topic_count++;
}

static void make_handle(struct gateway_consumer *consumer, struct topic *topic)
{
	rd_kafka_topic_conf_t *conf = rd_kafka_default_topic_conf_dup(consumer->rk);
	rd_kafka_topic_conf_set_opaque(conf, topic);
	topic->handle = rd_kafka_topic_new(consumer->rk, topic->name, conf);
	hub_check(topic->handle);
}

static struct track *make_track(struct topic *topic, int32_t partition)
{
	if (partition >= topic->track_count) {
		topic->tracks = realloc(topic->tracks, (size_t)(partition + 1) * sizeof(*topic->tracks));
		hub_check(topic->tracks);
		for (; topic->track_count <= partition; topic->track_count++)
			topic->tracks[topic->track_count] = (struct track){ .started = false };
	}
	return &topic->tracks[partition];
}

void gateway_consumer_start(struct gateway_consumer *consumer, int number, int32_t partition, int64_t offset)
{
	struct topic *topic = &consumer->topics[number];
	struct track *track = make_track(topic, partition);
	if (!topic->handle)
		make_handle(consumer, topic);
	stop(topic, partition);
	track->from = offset;
	track->started = rd_kafka_consume_start_queue(topic->handle, partition, offset, consumer->queue) == 0;
	hub_check(track->started); /* fails for a partition or an offset that cannot be one */
}

void gateway_consumer_free(struct gateway_consumer *consumer)
{
	if (!consumer)
		return;
	gateway_wakeup_done(&consumer->wakeup);
	for (int i = 0; i < consumer->topic_count; i++) {
		struct topic *topic = &consumer->topics[i];
		for (int32_t partition = 0; partition < topic->track_count; partition++)
			stop(topic, partition);
		if (topic->handle)
			rd_kafka_topic_destroy(topic->handle);
		free(topic->name);
		free(topic->tracks);
	}
	if (consumer->queue)
		rd_kafka_queue_destroy(consumer->queue);
	if (consumer->rk)
		rd_kafka_destroy(consumer->rk);
	gateway_wakeup_close(&consumer->wakeup);
	hub_kafka_headers_done(&consumer->headers);
	free(consumer);
}
