/* Everything that the gateway hears from and says to Kafka and Redis, on its one event loop: nothing here blocks. librdkafka's
 * queues wake the loop by file descriptor; Redis is hiredis' async API.
 *
 *   registry topic ............ reference data (names, control centres, who may do what)
 *   Redis, referral-router.state  the hot state, joined (hot/join.h)
 *   referral.decisions ........ what the hub said: where each referral's story lies, answers to what we sent, who was heard of
 *   dashboard-gateway.acknowledgements  which alerts somebody has taken on (compacted; ours)
 *   referral-router.dead-letters  what could not be decided: headers only are kept
 *   group and watermarks ...... how far the router is behind
 */
#ifndef DASHBOARD_GATEWAY_FEED_FEED_H
#define DASHBOARD_GATEWAY_FEED_FEED_H

#include "dashboard-gateway/hot/hot.h"
#include "dashboard-gateway/view/feed_state.h"
#include "kafka/properties.h"
#include "port/kafka_port.h"
#include "redis/redis.h"
#include "registry/registry.h"
#include "wire/schema.h"

struct event_base;
struct gateway_feed;
struct hub_log;

/* Called on the loop. Slices are borrowed for the call. */
struct gateway_feed_listener {
	void *user;
	/* A load of reference data ended, or the day changed. */
	void (*registry)(void *user, const struct hub_registry *registry);
	/* Rows have changed (hot's sequence number rose), at most once a turn of the loop. */
	void (*hot)(void *user);
	/* One decision, decoded: record begins with struct hub_decision_head. `old`: from before this start, read for the index. */
	void (*decision)(void *user, int32_t partition, int64_t offset, const struct hub_schema *schema,
	        const void *record, bool old);
	/* An acknowledgement (hub.dashboard.AlertAcknowledged). */
	void (*acknowledgement)(void *user, const void *record);
	void (*dead_letter)(void *user, const struct hub_kafka_event *event);
	/* What gateway_feed_state tells has changed. */
	void (*state)(void *user);
};

struct gateway_feed_options {
	struct event_base *base;
	struct hub_kafka_properties kafka;
	const char *topic_prefix;
	struct hub_redis_options redis;
	int64_t history_ms;      /* how far back decisions and dead letters are read at start */
	struct gateway_hot *hot; /* filled */
	struct gateway_feed_listener listener;
	struct hub_log *log;
};

/* Memory beside rows and reference data: librdkafka queues at most about 64 MB and some 4 MB a broker to be read, 64 MB to be
 * written (32 MB of ours); one piece of about 256 hashes from Redis; 128 requests for records.
 *
 * Starts everything; waits for nothing. HUB_E_INVALID: a property or address. */
int gateway_feed_new(
        const struct gateway_feed_options *options, struct gateway_feed **ret, struct hub_error *reterr);
void gateway_feed_free(struct gateway_feed *feed);

void gateway_feed_state(const struct gateway_feed *feed, struct gateway_feed_state *ret);

/* Publishes one record (murmur2, acks=all, idempotent) and tells when Kafka has it (I-7). done is called once, on the loop;
 * HUB_E_RETRY: not within timeout_ms (it may still arrive), or too much is in flight already; HUB_E_TOO_LARGE. done may be NULL. Copies
 * everything. */
typedef void gateway_published_fn(
        void *user, int32_t partition, int64_t offset, const struct hub_error *err /* code 0: done */);
void gateway_feed_publish(struct gateway_feed *feed, const char *topic /* without prefix */,
        struct hub_str key, struct hub_str value, const struct hub_header *headers, uint32_t header_count,
        int timeout_ms, gateway_published_fn *done, void *user);

/* Fetches single records of a topic by place, in the order asked for: the story of a referral. done is called once with
 * what was found (events borrowed for the call; those that are not in the log any more are left out). At most 64 places;
 * HUB_E_RETRY: not within timeout_ms, or too many fetches wait. */
typedef void gateway_fetched_fn(
        void *user, const struct hub_kafka_event *events, uint32_t count, const struct hub_error *err);
void gateway_feed_fetch(struct gateway_feed *feed, const char *topic, const struct gateway_place *places,
        uint32_t count, int timeout_ms, gateway_fetched_fn *done, void *user);

/* Puts a dead letter back where it came from: bytes, key and headers untouched but for hub_dlq_*; done as in publish, and with
 * HUB_E_NOT_FOUND: it is not in the log any more; HUB_E_REFUSED: it would only come back; HUB_E_INVALID: it does not say
 * that it came from a topic that the router reads. */
void gateway_feed_replay(struct gateway_feed *feed, struct gateway_place letter, int timeout_ms,
        gateway_published_fn *done, void *user);

#endif
