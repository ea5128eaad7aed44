/* A topic that is read: it is asked for until it is there, then whoever reads it starts its partitions. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_TOPIC_H
#define DASHBOARD_GATEWAY_FEED_TOPIC_H

#include "dashboard-gateway/feed/asks.h"
#include "dashboard-gateway/feed/consumer.h"

#include <stdbool.h>

struct event;

struct gateway_topic {
	struct gateway_feed *feed;
	const char *name; /* without prefix; static */
	gateway_topic_fn *opened;
	void *user;
	int64_t since_ms;
	int number; /* the consumer's */
	struct event *retry;
	bool told_missing, asking, stale;
};

/* In place; source.user is opened's too. */
void gateway_topic_init(struct gateway_topic *topic, struct gateway_feed *feed, const char *name,
        const struct gateway_source *source, gateway_topic_fn *opened);
void gateway_topic_done(struct gateway_topic *topic);

/* Asks where its partitions begin and end as of now, until that is answered; since_ms as in gateway_ask_topic. opened is called with a
 * good answer only. */
void gateway_topic_open(struct gateway_topic *topic, int64_t since_ms);
void gateway_topic_start(struct gateway_topic *topic, int32_t partition, int64_t offset);

#endif
