/* Questions about topics, put to the broker by the helper's thread. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_ASKS_H
#define DASHBOARD_GATEWAY_FEED_ASKS_H

#include "base/error.h"

#include <librdkafka/rdkafka.h>
#include <stdint.h>

struct gateway_feed;

enum { GATEWAY_ASK_MS = 1500 }; /* for each answer; so a stop waits for no more than one or two */

/* Where a topic's partitions begin and end. */
struct gateway_topic_answer {
	struct hub_error
	        error; /* code HUB_OK: the rest is there; HUB_E_NOT_FOUND: no such topic; HUB_E_RETRY */
	int32_t partitions;
	int64_t *low, *high; /* log start, high watermark */
	int64_t *since;      /* the first record of that time or later, else high; NULL: not asked */
};

/* answer is borrowed for the call. */
typedef void gateway_topic_fn(void *user, const struct gateway_topic_answer *answer);

/* topic: full name. since_ms below 0: not asked. Answers on the loop, once, unless the feed ends before. */
void gateway_ask_topic(
        struct gateway_feed *feed, const char *topic, int64_t since_ms, gateway_topic_fn *fn, void *user);

/* In the helper's thread: for each of count partitions the offset of `which` (a time in ms, RD_KAFKA_OFFSET_BEGINNING or
 * _END). One request a broker. */
int gateway_ask_offsets(rd_kafka_t *rk, const char *topic, int32_t count, int64_t which, int64_t *ret,
        struct hub_error *reterr);

#endif
