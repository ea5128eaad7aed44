/* The feed's life, how things stand, and when the listener is told. Two waves: first what everything rests on (reference data, hot
 * state), then, when that is whole or has not become so for a while, what happened before. */
#include "dashboard-gateway/feed/feed.h"

#include "base/check.h"
#include "dashboard-gateway/feed/changelog.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_WAVE_S = 3 };

const char *gateway_feed_name(const struct gateway_feed *feed, const char *name, char text[GATEWAY_NAME_MAX])
{
	snprintf(text, GATEWAY_NAME_MAX, "%s%s", feed->prefix, name);
	return text;
}

struct hub_kafka_properties gateway_feed_properties(const struct gateway_feed *feed)
{
	return (struct hub_kafka_properties){ .items = feed->properties, .count = feed->property_count };
}

static void tell_soon(struct gateway_feed *feed)
{
	if (!event_pending(feed->notify, EV_TIMEOUT, NULL))
		event_add(feed->notify, &(struct timeval){ 0, 0 });
}

void gateway_feed_rows(struct gateway_feed *feed)
{
	if (gateway_hot_seq(feed->hot) != feed->told_seq)
		tell_soon(feed);
}

void gateway_feed_changed(struct gateway_feed *feed)
{
	feed->state_changed = true;
	tell_soon(feed);
}

static void on_notify(int fd, short what, void *user)
{
	(void)fd, (void)what;
	struct gateway_feed *feed = user;
	const struct gateway_feed_listener *listener = &feed->listener;
	uint64_t seq = gateway_hot_seq(feed->hot);
	bool rows = seq != feed->told_seq, state = feed->state_changed;
	feed->told_seq = seq;
	feed->state_changed = false;
	if (rows && listener->hot)
		listener->hot(listener->user);
	if (state && listener->state)
		listener->state(listener->user);
}

void gateway_feed_kafka(struct gateway_feed *feed, bool reachable)
{
	feed->kafka_failures = reachable ? 0 : feed->kafka_failures + 1;
	if (feed->state.kafka_away == !reachable)
		return;
	if (feed->kafka_failures == 1) { /* one may have been slow */
		gateway_feed_doubt_kafka(feed);
		return;
	}
	feed->state.kafka_away = !reachable;
	feed->state.kafka_away_since_ms = reachable ? 0 : gateway_wall_ms();
	hub_log_write(feed->log, reachable ? HUB_LOG_KAFKA_BACK : HUB_LOG_KAFKA_AWAY, NULL, 0);
	gateway_feed_changed(feed);
}

void gateway_feed_doubt_kafka(struct gateway_feed *feed)
{
	if (feed->lag)
		gateway_lag_ask_now(feed->lag);
}

void gateway_feed_redis(struct gateway_feed *feed, bool reachable)
{
	if (feed->state.redis_away == !reachable)
		return;
	feed->state.redis_away = !reachable;
	feed->state.redis_away_since_ms = reachable ? 0 : gateway_wall_ms();
	gateway_feed_changed(feed);
}

static void on_redis(void *user, bool up)
{
	struct gateway_feed *feed = user;
	gateway_changelog_redis(feed->changelog, up);
}

static void begin_second_wave(struct gateway_feed *feed)
{
	if (feed->history_begun)
		return;
	feed->history_begun = true;
	event_del(feed->history);
	feed->decisions = gateway_decisions_new(feed);
	feed->acknowledgements = gateway_acknowledgements_new(feed);
	feed->letters = gateway_letter_topic_new(feed);
}

static void on_history(int fd, short what, void *user)
{
	(void)fd, (void)what;
	begin_second_wave(user);
}

void gateway_feed_judge_ready(struct gateway_feed *feed)
{
	const struct gateway_feed_state *state = &feed->state;
	if (state->ready || !feed->references || !gateway_references_read(feed->references) ||
	        state->partitions == 0 || state->whole < state->partitions)
		return;
	feed->state.ready = true;
	begin_second_wave(feed);
}

void gateway_feed_state(const struct gateway_feed *feed, struct gateway_feed_state *ret)
{
	*ret = feed->state;
	ret->clock_skew_ms = gateway_changelog_skew_ms(feed->changelog);
}

static char *copy(const char *text)
{
	char *copied = strdup(text ? text : "");
	hub_check(copied);
	return copied;
}

static void keep_properties(struct gateway_feed *feed, const struct hub_kafka_properties *properties)
{
	feed->properties = calloc(properties->count + 1, sizeof(*feed->properties));
	hub_check(feed->properties);
	feed->property_count = properties->count;
	for (uint32_t i = 0; i < properties->count; i++)
		feed->properties[i] = (struct hub_kafka_property){ copy(properties->items[i].name),
			copy(properties->items[i].value) };
}

static int open_query(struct gateway_feed *feed, struct hub_error *reterr)
{
	const struct hub_kafka_properties properties = gateway_feed_properties(feed);
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(HUB_KAFKA_QUERY, &properties, NULL, 0, &conf, reterr);
	if (code)
		return code;
	feed->query_logger = (struct hub_kafka_logger){ .fn = hub_log_kafka, .user = feed->log };
	hub_kafka_conf_opaque(conf, &feed->query_logger);
	return hub_kafka_handle_new(HUB_KAFKA_QUERY, conf, &feed->query, reterr);
}

/* The doors to the outside; what reads through them comes after. */
static int open_doors(
        struct gateway_feed *feed, const struct gateway_feed_options *options, struct hub_error *reterr)
{
	int code = open_query(feed, reterr);
	if (!code)
		code = gateway_helper_new(feed->base, &feed->helper, reterr);
	if (!code)
		code = gateway_consumer_new(feed, &options->kafka, &feed->consumer, reterr);
	if (!code)
		code = gateway_publisher_new(feed, &feed->publisher, reterr);
	if (!code)
		code = gateway_fetcher_new(feed, &feed->fetcher, reterr);
	if (!code)
		code = gateway_lag_new(feed, &feed->lag, reterr);
	if (!code)
		code = gateway_redis_new(feed, &options->redis, on_redis, feed, &feed->redis, reterr);
	return code;
}

static void begin_first_wave(struct gateway_feed *feed)
{
	feed->references = gateway_references_new(feed);
	feed->changelog = gateway_changelog_new(feed);
	event_add(feed->history, &(struct timeval){ FIRST_WAVE_S, 0 });
}

int gateway_feed_new(
        const struct gateway_feed_options *options, struct gateway_feed **ret, struct hub_error *reterr)
{
	struct gateway_feed *feed = calloc(1, sizeof(*feed));
	hub_check(feed);
	*feed = (struct gateway_feed){ .base = options->base,
		.listener = options->listener,
		.hot = options->hot,
		.log = options->log,
		.history_ms = options->history_ms,
		.prefix = copy(options->topic_prefix),
		.state = {
		        .registry_version = -1, .lag_records = -1, .lag_ms = -1, .fence_lag_records = -1 } };
	keep_properties(feed, &options->kafka);
	feed->notify = evtimer_new(feed->base, on_notify, feed);
	feed->history = evtimer_new(feed->base, on_history, feed);
	hub_check(feed->notify && feed->history);
	int code = open_doors(feed, options, reterr);
	if (code) {
		gateway_feed_free(feed);
		return code;
	}
	begin_first_wave(feed);
	*ret = feed;
	return HUB_OK;
}

static void free_texts(struct gateway_feed *feed)
{
	for (uint32_t i = 0; i < feed->property_count; i++) {
		free((void *)(uintptr_t)feed->properties[i].name);
		free((void *)(uintptr_t)feed->properties[i].value);
	}
	free(feed->properties);
	free(feed->prefix);
}

void gateway_feed_free(struct gateway_feed *feed)
{
	if (!feed)
		return;
	gateway_helper_free(feed->helper); /* first: it knows of everything else */
	/* Whoever is told that his fetch has failed may have something to publish about it. */
	gateway_fetcher_free(feed->fetcher);
	feed->fetcher = NULL;
	gateway_publisher_free(feed->publisher);
	feed->publisher = NULL;
	feed->closing = true;
	gateway_redis_free(feed->redis);
	gateway_lag_free(feed->lag);
	gateway_letter_topic_free(feed->letters);
	gateway_acknowledgements_free(feed->acknowledgements);
	gateway_decisions_free(feed->decisions);
	gateway_changelog_free(feed->changelog);
	gateway_references_free(feed->references);
	gateway_consumer_free(feed->consumer);
	if (feed->query)
		rd_kafka_destroy(feed->query);
	event_free(feed->notify);
	event_free(feed->history);
	free_texts(feed);
	free(feed);
}
