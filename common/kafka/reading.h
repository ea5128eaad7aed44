/* What a consumer was told to read, and from where: the filter behind "records fetched before are never
 * delivered after assign()". Internal to common/kafka. */
#ifndef HUB_KAFKA_READING_H
#define HUB_KAFKA_READING_H

#include "port/kafka_port.h"

#include <stddef.h>

struct hub_kafka_reading {
	struct hub_kafka_place *places; /* owned, sorted by (topic, partition) */
	uint32_t count;
};

struct hub_kafka_place {
	struct hub_topic_partition at;
	int64_t from;
	bool failed; /* an error of it was told: nothing more is delivered */
};

/* Replaces the whole; from[i].next below 0 is the beginning. HUB_E_FATAL: memory. */
int hub_kafka_reading_set(struct hub_kafka_reading *reading, const struct hub_kafka_offset *from,
        uint32_t count, struct hub_error *reterr);

/* NULL when at is not read. */
struct hub_kafka_place *hub_kafka_reading_find(
        const struct hub_kafka_reading *reading, struct hub_topic_partition at);

void hub_kafka_reading_done(struct hub_kafka_reading *reading);

#endif
