/* What the gateway says: one idempotent producer; a record is done when all copies of it are in Kafka (I-7). Delivery reports
 * are events on the loop.
 *
 * Whoever waits hears HUB_E_RETRY after his own time-out; librdkafka goes on trying for MESSAGE_TIMEOUT_MS, so the record may
 * still arrive: what is published carries an id by which a repeat is known. Memory: at most FLIGHT_MAX records and
 * FLIGHT_BYTES_MAX under way; more is HUB_E_RETRY at once. */
#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"
#include "kafka/kafka_error.h"
#include "kafka/message.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/queue.h>

enum { FLIGHT_MAX = 10000, FLIGHT_BYTES_MAX = 32 << 20, TURN_US = 2000, TICK_MS = 250, STOP_MS = 2000 };
#define MESSAGE_TIMEOUT_MS "30000"

struct publication {
	LIST_ENTRY(publication) entry;
	struct gateway_publisher *publisher;
	gateway_published_fn *done; /* NULL: told already, or nobody wants to know */
	void *user;
	struct event *timer;
	size_t bytes;
	struct hub_error error; /* of one that never got into librdkafka */
};

struct gateway_publisher {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	struct gateway_feed *feed;
	rd_kafka_t *rk;
	struct gateway_wakeup wakeup;
	LIST_HEAD(, publication) under_way;
	uint32_t count;
	size_t bytes;
	bool spent;   /* the handle has failed for good */
	bool closing; /* it is being closed: nothing is taken */
};

static void end(struct publication *publication)
{
	LIST_REMOVE(publication, entry);
	publication->publisher->count--;
	publication->publisher->bytes -= publication->bytes;
	event_free(publication->timer);
	free(publication);
}

static void tell(
        struct publication *publication, int32_t partition, int64_t offset, const struct hub_error *error)
{
	gateway_published_fn *done = publication->done;
	publication->done = NULL;
	if (done)
		done(publication->user, partition, offset, error);
}

static void on_timer(int fd, short what, void *user)
{
	(void)fd, (void)what;
	struct publication *publication = user;
	struct hub_error late = {
		.code = HUB_E_RETRY, .place = "kafka", .text = "Kafka has not confirmed it in time"
	};
	bool never = publication->error.code != HUB_OK;
	tell(publication, -1, -1, never ? &publication->error : &late);
	if (never)
		end(publication); /* otherwise the delivery report ends it */
}

static void on_delivery(const rd_kafka_message_t *message)
{
	struct publication *publication = message->_private;
	struct hub_error error = { 0 };
	int code = hub_kafka_from_err(message->err, "publish", NULL, &error);
	if (code && code != HUB_E_TOO_LARGE && code != HUB_E_INVALID)
		error.code = HUB_E_RETRY;
	tell(publication, message->partition, code ? -1 : message->offset, &error);
	end(publication);
}

static void take_event(struct gateway_publisher *publisher, rd_kafka_event_t *event)
{
	char text[256];
	const rd_kafka_message_t *message;
	switch (rd_kafka_event_type(event)) {
	case RD_KAFKA_EVENT_DR:
		while ((message = rd_kafka_event_message_next(event)))
			on_delivery(message);
		break;
	case RD_KAFKA_EVENT_ERROR:
		if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
			gateway_feed_doubt_kafka(publisher->feed);
		publisher->spent =
		        publisher->spent || rd_kafka_fatal_error(publisher->rk, text, sizeof(text)) != 0;
		break;
	default:
		break;
	}
}

static bool take_events(struct gateway_publisher *publisher, int64_t until_us)
{
	for (;;) {
		rd_kafka_event_t *event = rd_kafka_queue_poll(publisher->wakeup.main, 0);
		if (!event)
			return true;
		take_event(publisher, event);
		rd_kafka_event_destroy(event);
		if (gateway_steady_us() >= until_us)
			return false;
	}
}

static void close_rk(struct gateway_publisher *publisher)
{
	publisher->closing = true;
	rd_kafka_purge(publisher->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	(void)take_events(publisher, INT64_MAX);
	gateway_wakeup_done(&publisher->wakeup);
	rd_kafka_destroy(publisher->rk);
	publisher->rk = NULL;
}

static int open_rk(struct gateway_publisher *publisher, struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = {
		{ "client.id", "dashboard-gateway" },
		{ "message.timeout.ms", MESSAGE_TIMEOUT_MS },
		{ "linger.ms", "2" },
		{ "queue.buffering.max.messages", "20000" },
		{ "queue.buffering.max.kbytes", "65536" },
	};
	const struct hub_kafka_properties properties = gateway_feed_properties(publisher->feed);
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(
	        HUB_KAFKA_WRITER, &properties, own, sizeof(own) / sizeof(own[0]), &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &publisher->logger);
	rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
	code = hub_kafka_handle_new(HUB_KAFKA_WRITER, conf, &publisher->rk, reterr);
	if (!code)
		gateway_wakeup_watch_main(&publisher->wakeup, publisher->rk);
	return code;
}

/* What an idempotent producer cannot mend (the broker has lost what it knew of it) takes a new one. */
static void renew(struct gateway_publisher *publisher)
{
	hub_log(publisher->feed->log, HUB_LOG_RETRY,
	        hub_log_text("text", "the producer failed and is made anew"));
	close_rk(publisher);
	publisher->spent = publisher->closing = false;
	hub_check(open_rk(publisher, NULL) == HUB_OK); /* the same properties were good before */
}

static bool drain(void *user)
{
	struct gateway_publisher *publisher = user;
	bool empty = take_events(publisher, gateway_steady_us() + TURN_US);
	if (publisher->spent)
		renew(publisher);
	return empty;
}

int gateway_publisher_new(struct gateway_feed *feed, struct gateway_publisher **ret, struct hub_error *reterr)
{
	struct gateway_publisher *publisher = calloc(1, sizeof(*publisher));
	hub_check(publisher);
	publisher->feed = feed;
	publisher->logger = (struct hub_kafka_logger){ .fn = hub_log_kafka, .user = feed->log };
	LIST_INIT(&publisher->under_way);
	int code = gateway_wakeup_init(&publisher->wakeup, feed->base, TICK_MS, drain, publisher, reterr);
	if (!code)
		code = open_rk(publisher, reterr);
	if (code) {
		gateway_publisher_free(publisher);
		return code;
	}
	*ret = publisher;
	return HUB_OK;
}

static rd_kafka_error_t *enqueue(struct gateway_publisher *publisher, const struct gateway_record *record,
        struct publication *publication)
{
	rd_kafka_headers_t *headers = hub_kafka_headers_copy(record->headers, record->header_count);
	rd_kafka_vu_t what[] = {
		{ .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = record->topic },
		{ .vtype = RD_KAFKA_VTYPE_PARTITION,
		        .u.i32 = record->partition < 0 ? RD_KAFKA_PARTITION_UA : record->partition },
		{ .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
		{ .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = publication },
		{ .vtype = RD_KAFKA_VTYPE_KEY,
		        .u.mem = { record->has_key ? hub_kafka_bytes(record->key) : NULL, record->key.len } },
		{ .vtype = RD_KAFKA_VTYPE_VALUE,
		        .u.mem = { record->has_value ? hub_kafka_bytes(record->value) : NULL,
		                record->value.len } },
		{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
	};
	rd_kafka_error_t *error =
	        rd_kafka_produceva(publisher->rk, what, sizeof(what) / sizeof(what[0]) - (headers ? 0 : 1));
	if (error && headers)
		rd_kafka_headers_destroy(headers);
	return error;
}

void gateway_publisher_send(struct gateway_publisher *publisher, const struct gateway_record *record,
        int timeout_ms, gateway_published_fn *done, void *user)
{
	struct publication *publication = calloc(1, sizeof(*publication));
	hub_check(publication);
	publication->publisher = publisher;
	publication->done = done;
	publication->user = user;
	publication->bytes = (size_t)record->key.len + record->value.len;
	publication->timer = evtimer_new(publisher->feed->base, on_timer, publication);
	hub_check(publication->timer);
	LIST_INSERT_HEAD(&publisher->under_way, publication, entry);
	publisher->count++;
	publisher->bytes += publication->bytes;
	int code;
	if (publisher->closing || publisher->count > FLIGHT_MAX || publisher->bytes > FLIGHT_BYTES_MAX)
		code = hub_error_set(
		        &publication->error, HUB_E_RETRY, "kafka", "too much is on its way already");
	else
		code = hub_kafka_from_error(
		        enqueue(publisher, record, publication), "publish", &publication->error);
	if (code) /* told in the next turn: nobody is called back before his call has returned */
		event_add(publication->timer, &(struct timeval){ 0, 0 });
	else
		event_add(
		        publication->timer, &(struct timeval){ timeout_ms / 1000, timeout_ms % 1000 * 1000 });
}

/* Those that are not confirmed by then are told so. */
static void give_up(struct gateway_publisher *publisher)
{
	struct hub_error stopped = { .code = HUB_E_RETRY, .place = "kafka", .text = "the gateway stops" };
	for (struct publication *publication; (publication = LIST_FIRST(&publisher->under_way));) {
		tell(publication, -1, -1, &stopped);
		end(publication);
	}
}

void gateway_publisher_free(struct gateway_publisher *publisher)
{
	if (!publisher)
		return;
	int64_t until_us = gateway_steady_us() + STOP_MS * INT64_C(1000);
	while (publisher->rk && rd_kafka_outq_len(publisher->rk) > 0 && gateway_steady_us() < until_us) {
		rd_kafka_event_t *event = rd_kafka_queue_poll(publisher->wakeup.main, 50);
		if (event) {
			take_event(publisher, event);
			rd_kafka_event_destroy(event);
		}
	}
	if (publisher->rk)
		close_rk(publisher);
	give_up(publisher);
	gateway_wakeup_done(&publisher->wakeup);
	gateway_wakeup_close(&publisher->wakeup);
	free(publisher);
}

void gateway_feed_publish(struct gateway_feed *feed, const char *topic, struct hub_str key,
        struct hub_str value, const struct hub_header *headers, uint32_t header_count, int timeout_ms,
        gateway_published_fn *done, void *user)
{
	const struct hub_error stopped = {
		.code = HUB_E_RETRY, .place = "kafka", .text = "the gateway stops"
	};
	char name[GATEWAY_NAME_MAX];
	if (!feed->publisher) {
		if (done)
			done(user, -1, -1, &stopped);
		return;
	}
	const struct gateway_record record = { .topic = gateway_feed_name(feed, topic, name),
		.partition = -1,
		.has_key = true,
		.has_value = true,
		.key = key,
		.value = value,
		.headers = headers,
		.header_count = header_count };
	gateway_publisher_send(feed->publisher, &record, timeout_ms, done, user);
}
