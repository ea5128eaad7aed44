/* A dead letter back to where it came from: fetched by its place, then published as it was. */
#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"
#include "effects/dead_letters.h"
#include "referral-router/referral_core.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char letters[] = "referral-router.dead-letters";

struct replay {
	struct gateway_feed *feed;
	struct gateway_place letter;
	int64_t until_us;
	gateway_published_fn *done;
	void *user;
};

static struct hub_str header_of(const struct hub_kafka_event *event, struct hub_str name)
{
	return hub_header_last(event->headers, event->header_count, name);
}

/* Whatever a header says, a letter goes only where the router reads: it may be older than the rule that hub_dlq_* are the hub's. */
static int check(const struct replay *replay, const struct hub_kafka_event *event, struct hub_error *reterr)
{
	struct hub_str topic = header_of(event, HUB_STR("hub_dlq_topic"));
	struct hub_str reason = header_of(event, HUB_STR("hub_dlq_reason"));
	if (topic.len >= GATEWAY_NAME_MAX ||
	        !hub_core_reads(&referral_router_core, hub_str_from(replay->feed->prefix), topic))
		return hub_error_set(reterr, HUB_E_INVALID, letters,
		        "it does not say that it came from a topic that the router reads");
	if (hub_dead_letter_left_out(event->headers, event->header_count))
		return hub_error_set(reterr, HUB_E_REFUSED, letters,
		        "it was larger than an input may be and is not kept: its sender has to send it "
		        "smaller");
	if (hub_dead_letter_comes_back(reason))
		return hub_error_set(reterr, HUB_E_REFUSED, letters,
		        "it would only come back: what stopped it must be mended first (hubctl dlq replay "
		        "--force)");
	return HUB_OK;
}

static void send_back(struct replay *replay, const struct hub_kafka_event *event)
{
	char lay[GATEWAY_NAME_MAX * 2], topic[GATEWAY_NAME_MAX], name[GATEWAY_NAME_MAX];
	struct hub_header *headers = calloc(event->header_count + 1, sizeof(*headers));
	hub_check(headers);
	struct hub_str to = header_of(event, HUB_STR("hub_dlq_topic"));
	snprintf(topic, sizeof(topic), "%.*s", HUB_STR_ARG(to));
	snprintf(lay, sizeof(lay), "%s/%" PRId32 "/%" PRId64, gateway_feed_name(replay->feed, letters, name),
	        replay->letter.partition, replay->letter.offset);
	const struct gateway_record record = {
		.topic = topic,
		.partition = event->has_key ? -1 : event->at.partition,
		.has_key = event->has_key,
		.has_value = event->has_value,
		.key = event->key,
		.value = event->value,
		.headers = headers,
		.header_count = hub_dead_letter_headers(
		        event->headers, event->header_count, hub_str_from(lay), headers),
	};
	int64_t left_ms = (replay->until_us - gateway_steady_us()) / 1000;
	gateway_publisher_send(
	        replay->feed->publisher, &record, left_ms > 0 ? (int)left_ms : 0, replay->done, replay->user);
	free(headers);
}

static void on_letter(
        void *user, const struct hub_kafka_event *events, uint32_t count, const struct hub_error *err)
{
	struct replay *replay = user;
	struct hub_error error = *err;
	if (!error.code && count == 0)
		hub_error_set(&error, HUB_E_NOT_FOUND, letters, "there is no such letter (any more)");
	else if (!error.code)
		check(replay, &events[0], &error);
	if (error.code)
		replay->done(replay->user, -1, -1, &error);
	else
		send_back(replay, &events[0]);
	free(replay);
}

void gateway_feed_replay(struct gateway_feed *feed, struct gateway_place letter, int timeout_ms,
        gateway_published_fn *done, void *user)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	hub_check(replay);
	*replay =
	        (struct replay){ feed, letter, gateway_steady_us() + timeout_ms * INT64_C(1000), done, user };
	gateway_feed_fetch(feed, letters, &letter, 1, timeout_ms, on_letter, replay);
}
