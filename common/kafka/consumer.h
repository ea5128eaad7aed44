/* The group's member, and the read_uncommitted handle beside it. Internal to common/kafka. */
#ifndef HUB_KAFKA_CONSUMER_H
#define HUB_KAFKA_CONSUMER_H

#include "kafka/kafka.h"

#include <librdkafka/rdkafka.h>

struct hub_kafka_consumer;

/* Member of no group yet; topics (borrowed) outlive the consumer. Errors as hub_kafka_open. */
int hub_kafka_consumer_new(
        const struct hub_kafka_options *options, struct hub_kafka_consumer **ret, struct hub_error *reterr);

/* Leaves the group, waiting at most about wait_ms. Accepts NULL. */
void hub_kafka_consumer_free(struct hub_kafka_consumer *consumer, int wait_ms);

/* The members of struct hub_kafka_port of the same names. join: subscribes to topics[0]. */
int hub_kafka_consumer_join(struct hub_kafka_consumer *consumer, struct hub_error *reterr);
int hub_kafka_consumer_poll(struct hub_kafka_consumer *consumer, int64_t wait_us, struct hub_kafka_event *ret,
        struct hub_error *reterr);
int hub_kafka_consumer_assign(struct hub_kafka_consumer *consumer, const struct hub_kafka_offset *from,
        uint32_t count, struct hub_error *reterr);
int hub_kafka_consumer_committed(struct hub_kafka_consumer *consumer, struct hub_kafka_offset *in_out,
        uint32_t count, struct hub_arena *arena, struct hub_error *reterr);
int hub_kafka_consumer_watermarks(struct hub_kafka_consumer *consumer, struct hub_topic_partition at,
        int64_t *ret_low, int64_t *ret_high, struct hub_error *reterr);
int64_t hub_kafka_consumer_known_high(struct hub_kafka_consumer *consumer, struct hub_topic_partition at);
int hub_kafka_consumer_partition_count(
        struct hub_kafka_consumer *consumer, int32_t topic, int32_t *ret_count, struct hub_error *reterr);
int hub_kafka_consumer_take_metadata(struct hub_kafka_consumer *consumer, struct hub_error *reterr);

/* What take_metadata took; NULL before the first. Borrowed until the next take. */
const rd_kafka_consumer_group_metadata_t *hub_kafka_consumer_metadata(
        const struct hub_kafka_consumer *consumer);

#endif
