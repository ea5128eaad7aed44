/* The one handle that reads everything. Partitions are started and stopped one by one, each at its own offset (librdkafka's
 * simple consumer: no group, no rebalance); all feed one queue, whose file descriptor wakes the loop.
 *
 * The descriptor tells only that an empty queue has got something, so it is drained to its end: at most 2 ms a turn, then the
 * loop gets its turn and draining goes on. A slow timer drains too, should a wake-up be missed.
 *
 * Memory: librdkafka queues at most about 64 MB, and 4 MB more on their way from each broker. A queue that was full is looked at
 * again only after up to a second (librdkafka 2.0.2 does not wake up when it is drained), so it has to hold what is drained in
 * that time. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_CONSUMER_H
#define DASHBOARD_GATEWAY_FEED_CONSUMER_H

#include "kafka/properties.h"
#include "port/kafka_port.h"

struct gateway_consumer;
struct gateway_feed;

/* Called on the loop. */
struct gateway_source {
	void *user;
	void (*record)(void *user, const struct hub_kafka_event *event);
	/* The end of the partition as a reader of committed records sees it. May be NULL. */
	void (*end)(void *user, int32_t partition, int64_t offset);
	/* What was to be read next is not in the log (any more); the partition is stopped. */
	void (*lost)(void *user, int32_t partition);
};

/* HUB_E_INVALID: a property. */
int gateway_consumer_new(struct gateway_feed *feed, const struct hub_kafka_properties *properties,
        struct gateway_consumer **ret, struct hub_error *reterr);
void gateway_consumer_free(struct gateway_consumer *consumer); /* accepts NULL */

/* Copies source. Returns the topic's number. At most 8. */
int gateway_consumer_topic(
        struct gateway_consumer *consumer, const char *full_name, const struct gateway_source *source);

/* Reads the partition from offset on; one that is being read is read anew from there: nothing that was fetched before comes
 * after this call. */
void gateway_consumer_start(struct gateway_consumer *consumer, int topic, int32_t partition, int64_t offset);

#endif
