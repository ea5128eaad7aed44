/* What the parts of the feed share. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_INSIDE_H
#define DASHBOARD_GATEWAY_FEED_INSIDE_H

#include "dashboard-gateway/feed/asks.h"
#include "dashboard-gateway/feed/consumer.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/feed/helper.h"
#include "dashboard-gateway/feed/topic.h"
#include "dashboard-gateway/feed/wakeup.h"
#include "kafka/conf.h"
#include "log/log.h"

struct event;
struct gateway_acknowledgements;
struct gateway_changelog;
struct gateway_decisions;
struct gateway_fetcher;
struct gateway_lag;
struct gateway_letter_topic;
struct gateway_publisher;
struct gateway_redis;
struct gateway_references;

struct gateway_feed {
	struct event_base *base;
	struct gateway_feed_listener listener;
	struct gateway_hot *hot; /* borrowed */
	struct hub_log *log;     /* borrowed */
	int64_t history_ms;
	char *prefix;
	struct hub_kafka_property *properties; /* with their texts: owned */
	uint32_t property_count;

	struct hub_kafka_logger query_logger; /* of the next */
	rd_kafka_t *query;                    /* the helper's thread asks with it */
	struct gateway_helper *helper;
	struct gateway_consumer *consumer;
	struct gateway_references *references;
	struct gateway_changelog *changelog;
	struct gateway_decisions *decisions;
	struct gateway_acknowledgements *acknowledgements;
	struct gateway_letter_topic *letters;
	struct gateway_lag *lag;
	struct gateway_redis *redis;
	struct gateway_publisher *publisher;
	struct gateway_fetcher *fetcher;

	struct gateway_feed_state state;
	struct event *notify, *history; /* timers: tells the listener; begins the second wave */
	uint64_t told_seq;
	uint32_t kafka_failures; /* in a row */
	bool state_changed, history_begun, closing;
};

/* The names of topics and of the router's group. */
enum { GATEWAY_NAME_MAX = 256 };
const char *gateway_feed_name(const struct gateway_feed *feed, const char *name, char text[GATEWAY_NAME_MAX]);

struct hub_kafka_properties gateway_feed_properties(const struct gateway_feed *feed);

/* The listener is told in the next turn of the loop, once however often this was called: rows have changed (if hot's number
 * has risen), or the state has. */
void gateway_feed_rows(struct gateway_feed *feed);
void gateway_feed_changed(struct gateway_feed *feed);

/* A broker has answered, or has not: the second time in a row it is away. */
void gateway_feed_kafka(struct gateway_feed *feed, bool reachable);
/* It may be away: asks at once. */
void gateway_feed_doubt_kafka(struct gateway_feed *feed);
/* Redis answers, or does not. */
void gateway_feed_redis(struct gateway_feed *feed, bool reachable);
/* Reference data or partitions became whole: whether everything was, once. */
void gateway_feed_judge_ready(struct gateway_feed *feed);

#endif
