/* Where the last record of a transaction landed, per partition, from its delivery reports. Internal to
 * common/kafka. */
#ifndef HUB_KAFKA_PRODUCED_H
#define HUB_KAFKA_PRODUCED_H

#include "port/kafka_port.h"

#include <stddef.h>

struct hub_kafka_landing {
	struct hub_topic_partition at;
	int64_t offset;
	int64_t timestamp_ms;
};

/* A transaction touches few partitions, mostly the same one in a row: a list, the last hit first. */
struct hub_kafka_produced {
	struct hub_kafka_landing *items; /* owned */
	uint32_t count;
	uint32_t room;
	uint32_t last;
};

void hub_kafka_produced_reset(struct hub_kafka_produced *produced);
void hub_kafka_produced_done(struct hub_kafka_produced *produced);

/* Keeps the highest offset of each partition. */
void hub_kafka_produced_note(struct hub_kafka_produced *produced, struct hub_topic_partition at,
        int64_t offset, int64_t timestamp_ms);

/* NULL: nothing landed there. */
const struct hub_kafka_landing *hub_kafka_produced_find(
        const struct hub_kafka_produced *produced, struct hub_topic_partition at);

#endif
