/* Single records by place: a second, small consumer that reads nothing unless it is asked. One request at a time, the others wait
 * in order; the places of a request are visited by partition and offset, and those that lie close together in one run.
 *
 * Memory: at most WAITING_MAX requests of 64 places; of one request the records that were found, and what librdkafka reads on
 * until a run is stopped, at most 16 MB. */
#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"
#include "kafka/kafka_error.h"
#include "kafka/message.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { PLACES_MAX = 64, WAITING_MAX = 128, CLOSE = 1000, TOPICS_MAX = 4, TURN_US = 2000, TICK_MS = 250 };

struct wanted {
	struct gateway_place place;
	uint32_t as; /* which one of the caller's */
};

struct request {
	TAILQ_ENTRY(request) entry;
	struct gateway_fetcher *fetcher;
	rd_kafka_topic_t *topic;
	struct wanted wanted[PLACES_MAX];      /* by partition and offset */
	rd_kafka_message_t *found[PLACES_MAX]; /* in the caller's order */
	uint32_t count, at;                    /* at: the next that is looked for */
	bool running;
	int64_t from; /* of the run */
	struct event *timer;
	gateway_fetched_fn *done;
	void *user;
	struct hub_error error; /* of one that was never queued */
};

struct gateway_fetcher {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	struct gateway_feed *feed;
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;
	struct gateway_wakeup wakeup;
	rd_kafka_topic_t *topics[TOPICS_MAX];
	TAILQ_HEAD(, request) requests; /* the first one is served */
	uint32_t count;
	bool stopping;
};

static void stop_run(struct request *request)
{
	if (request->running)
		rd_kafka_consume_stop(request->topic, request->wanted[request->at].place.partition);
	request->running = false;
}

static void tell(struct request *request, const struct hub_error *error)
{
	struct hub_kafka_event events[PLACES_MAX] = { { .kind = HUB_KAFKA_NOTHING } };
	struct hub_kafka_headers headers[PLACES_MAX] = { { 0 } };
	uint32_t count = 0;
	for (uint32_t i = 0; !error->code && i < request->count; i++) {
		if (!request->found[i])
			continue;
		hub_check(hub_kafka_event_of(request->found[i], 0, &headers[count], &events[count], NULL) ==
		          HUB_OK);
		count++;
	}
	request->done(request->user, events, count, error);
	for (uint32_t i = 0; i < count; i++)
		hub_kafka_headers_done(&headers[i]);
}

static void serve(struct gateway_fetcher *fetcher);

/* Tells the caller, and goes on with whoever waits next. */
static void finish(struct request *request, const struct hub_error *error)
{
	struct gateway_fetcher *fetcher = request->fetcher;
	stop_run(request);
	TAILQ_REMOVE(&fetcher->requests, request, entry);
	fetcher->count--;
	tell(request, error);
	for (uint32_t i = 0; i < request->count; i++)
		if (request->found[i])
			rd_kafka_message_destroy(request->found[i]);
	event_free(request->timer);
	free(request);
	serve(fetcher);
}

static void on_timer(int fd, short what, void *user)
{
	(void)fd, (void)what;
	struct request *request = user;
	const struct hub_error late = {
		.code = HUB_E_RETRY, .place = "kafka", .text = "Kafka has not answered in time"
	};
	finish(request, request->error.code ? &request->error : &late);
}

static void start_run(struct request *request)
{
	const struct gateway_place *place = &request->wanted[request->at].place;
	request->from = place->offset;
	request->running = rd_kafka_consume_start_queue(request->topic, place->partition, place->offset,
	                           request->fetcher->queue) == 0;
	if (!request->running) { /* not a partition, not an offset: it is not there */
		request->at++;
		gateway_wakeup_soon(&request->fetcher->wakeup);
	}
}

/* The request in hand has a run, or is finished. */
static void serve(struct gateway_fetcher *fetcher)
{
	const struct hub_error fine = { .code = HUB_OK };
	struct request *request = TAILQ_FIRST(&fetcher->requests);
	if (fetcher->stopping || !request || request->running || request->error.code)
		return;
	if (request->at < request->count)
		start_run(request);
	else
		finish(request, &fine);
}

/* Past the wanted place in hand; the run goes on when the next one lies close behind it. */
static void step(struct request *request)
{
	const struct gateway_place *here = &request->wanted[request->at].place;
	const struct gateway_place *next =
	        request->at + 1 < request->count ? &request->wanted[request->at + 1].place : NULL;
	if (!next || next->partition != here->partition || next->offset - here->offset > CLOSE)
		stop_run(request);
	request->at++;
}

/* What the run has come to: every wanted place of it below `next` was passed. */
static void pass(struct request *request, int64_t next)
{
	while (request->running && request->wanted[request->at].place.offset < next)
		step(request);
}

static bool is_of_run(const struct request *request, const rd_kafka_message_t *message)
{
	return request && request->running && message->rkt &&
	       message->partition == request->wanted[request->at].place.partition &&
	       strcmp(rd_kafka_topic_name(message->rkt), rd_kafka_topic_name(request->topic)) == 0;
}

/* The rest of the partition is not there, or not yet. */
static void leave_partition(struct request *request)
{
	int32_t partition = request->wanted[request->at].place.partition;
	stop_run(request);
	while (request->at < request->count && request->wanted[request->at].place.partition == partition)
		request->at++;
}

/* True: it is wanted, and kept. */
static bool keep(struct request *request, rd_kafka_message_t *message)
{
	if (message->offset < request->from)
		return false;
	pass(request, message->offset);
	if (!request->running || request->wanted[request->at].place.offset != message->offset)
		return false;
	request->found[request->wanted[request->at].as] = message;
	step(request);
	return true;
}

static void take(struct gateway_fetcher *fetcher, rd_kafka_message_t *message)
{
	struct request *request = TAILQ_FIRST(&fetcher->requests);
	bool of_run = is_of_run(request, message), kept = false;
	if (of_run && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		leave_partition(request);
	} else if (of_run && message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
		stop_run(request); /* this place is not in the log; the next may be */
		request->at++;
	} else if (of_run && !message->err) {
		kept = keep(request, message);
	}
	if (!kept)
		rd_kafka_message_destroy(message);
	serve(fetcher);
}

static bool drain(void *user)
{
	struct gateway_fetcher *fetcher = user;
	int64_t until_us = gateway_steady_us() + TURN_US;
	rd_kafka_poll(fetcher->rk, 0);
	serve(fetcher);
	for (;;) {
		rd_kafka_message_t *message = rd_kafka_consume_queue(fetcher->queue, 0);
		if (!message)
			return true;
		take(fetcher, message);
		if (gateway_steady_us() >= until_us)
			return false;
	}
}

static int make_rk(struct gateway_fetcher *fetcher, struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = {
		{ "isolation.level", "read_committed" },
		/* Never full: librdkafka 2.0.2 would look again only after a second (feed/consumer.h). */
		{ "queued.min.messages", "100000" },
		{ "queued.max.messages.kbytes", "16384" },
		{ "fetch.message.max.bytes", "65536" },
		{ "fetch.wait.max.ms", "10" },
		{ "fetch.error.backoff.ms", "2" },
	};
	const struct hub_kafka_properties properties = gateway_feed_properties(fetcher->feed);
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(
	        HUB_KAFKA_READER, &properties, own, sizeof(own) / sizeof(own[0]), &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &fetcher->logger);
	return hub_kafka_handle_new(HUB_KAFKA_READER, conf, &fetcher->rk, reterr);
}

int gateway_fetcher_new(struct gateway_feed *feed, struct gateway_fetcher **ret, struct hub_error *reterr)
{
	struct gateway_fetcher *fetcher = calloc(1, sizeof(*fetcher));
	hub_check(fetcher);
	fetcher->feed = feed;
	fetcher->logger = (struct hub_kafka_logger){ .fn = hub_log_kafka, .user = feed->log };
	TAILQ_INIT(&fetcher->requests);
	int code = gateway_wakeup_init(&fetcher->wakeup, feed->base, TICK_MS, drain, fetcher, reterr);
	if (!code)
		code = make_rk(fetcher, reterr);
	if (code) {
		gateway_fetcher_free(fetcher);
		return code;
	}
	fetcher->queue = rd_kafka_queue_new(fetcher->rk);
	gateway_wakeup_watch(&fetcher->wakeup, fetcher->queue);
	gateway_wakeup_watch_main(&fetcher->wakeup, fetcher->rk);
	*ret = fetcher;
	return HUB_OK;
}

void gateway_fetcher_free(struct gateway_fetcher *fetcher)
{
	const struct hub_error stopped = {
		.code = HUB_E_RETRY, .place = "kafka", .text = "the gateway stops"
	};
	if (!fetcher)
		return;
	fetcher->stopping = true;
	for (struct request *request; (request = TAILQ_FIRST(&fetcher->requests));)
		finish(request, &stopped);
	gateway_wakeup_done(&fetcher->wakeup);
	for (int i = 0; i < TOPICS_MAX && fetcher->topics[i]; i++)
		rd_kafka_topic_destroy(fetcher->topics[i]);
	if (fetcher->queue)
		rd_kafka_queue_destroy(fetcher->queue);
	if (fetcher->rk)
		rd_kafka_destroy(fetcher->rk);
	gateway_wakeup_close(&fetcher->wakeup);
	free(fetcher);
}

static rd_kafka_topic_t *topic_of(struct gateway_fetcher *fetcher, const char *name)
{
	int i = 0;
	for (; i < TOPICS_MAX && fetcher->topics[i]; i++)
		if (strcmp(rd_kafka_topic_name(fetcher->topics[i]), name) == 0)
			return fetcher->topics[i];
	hub_check(i < TOPICS_MAX);
	fetcher->topics[i] = rd_kafka_topic_new(fetcher->rk, name, NULL);
	hub_check(fetcher->topics[i]);
	return fetcher->topics[i];
}

static int by_place(const void *left, const void *right)
{
	const struct wanted *a = left, *b = right;
	if (a->place.partition != b->place.partition)
		return a->place.partition < b->place.partition ? -1 : 1;
	return (a->place.offset > b->place.offset) - (a->place.offset < b->place.offset);
}

void gateway_feed_fetch(struct gateway_feed *feed, const char *topic, const struct gateway_place *places,
        uint32_t count, int timeout_ms, gateway_fetched_fn *done, void *user)
{
	const struct hub_error stopped = {
		.code = HUB_E_RETRY, .place = "kafka", .text = "the gateway stops"
	};
	struct gateway_fetcher *fetcher = feed->fetcher;
	if (!fetcher) {
		done(user, NULL, 0, &stopped);
		return;
	}
	struct request *request = calloc(1, sizeof(*request));
	char name[GATEWAY_NAME_MAX];
	hub_check(request && count <= PLACES_MAX);
	request->fetcher = fetcher;
	request->topic = topic_of(fetcher, gateway_feed_name(feed, topic, name));
	request->count = count;
	request->done = done;
	request->user = user;
	request->timer = evtimer_new(feed->base, on_timer, request);
	hub_check(request->timer);
	for (uint32_t i = 0; i < count; i++)
		request->wanted[i] = (struct wanted){ places[i], i };
	qsort(request->wanted, count, sizeof(request->wanted[0]), by_place);
	TAILQ_INSERT_TAIL(&fetcher->requests, request, entry);
	if (++fetcher->count > WAITING_MAX) {
		hub_error_set(&request->error, HUB_E_RETRY, "kafka", "too many wait for records already");
		timeout_ms = 0;
	}
	event_add(request->timer, &(struct timeval){ timeout_ms / 1000, timeout_ms % 1000 * 1000 });
	gateway_wakeup_soon(&fetcher->wakeup);
}
