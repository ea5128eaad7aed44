/* The transactional producer. Internal to common/kafka. */
#ifndef HUB_KAFKA_PRODUCER_H
#define HUB_KAFKA_PRODUCER_H

#include "kafka/kafka.h"

#include <librdkafka/rdkafka.h>

struct hub_kafka_producer;

/* options' topics (borrowed) outlive the producer. Errors as hub_kafka_open. */
int hub_kafka_producer_new(
        const struct hub_kafka_options *options, struct hub_kafka_producer **ret, struct hub_error *reterr);

/* Drops what is not committed. Accepts NULL. */
void hub_kafka_producer_free(struct hub_kafka_producer *producer);

/* Lets librdkafka report; true and *ret when the producer has failed for good. Cheap. */
bool hub_kafka_producer_serve(struct hub_kafka_producer *producer, struct hub_error *ret);

/* The members of struct hub_kafka_port of the same names. */
int hub_kafka_producer_init_transactions(struct hub_kafka_producer *producer, struct hub_error *reterr);
int hub_kafka_producer_begin(struct hub_kafka_producer *producer, struct hub_error *reterr);
int hub_kafka_producer_produce(
        struct hub_kafka_producer *producer, const struct hub_kafka_record *record, struct hub_error *reterr);
int hub_kafka_producer_send_offsets(struct hub_kafka_producer *producer,
        const struct hub_kafka_offset *offsets, uint32_t count,
        const rd_kafka_consumer_group_metadata_t *metadata, struct hub_error *reterr);
int hub_kafka_producer_commit(struct hub_kafka_producer *producer, struct hub_error *reterr);
int hub_kafka_producer_abort(struct hub_kafka_producer *producer, struct hub_error *reterr);
int hub_kafka_producer_produced(const struct hub_kafka_producer *producer, struct hub_topic_partition at,
        int64_t *ret_offset, int64_t *ret_timestamp_ms);

#endif
