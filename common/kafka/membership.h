/* Looks into a consumer group's metadata, which librdkafka keeps opaque. Internal to common/kafka. */
#ifndef HUB_KAFKA_MEMBERSHIP_H
#define HUB_KAFKA_MEMBERSHIP_H

#include "base/error.h"

#include <librdkafka/rdkafka.h>

/* HUB_E_RETRY unless metadata proves a membership: a member id and a generation of 0 or more. Kafka checks
 * nothing when a transaction is sent with metadata that proves none. NULL is none. */
int hub_kafka_membership_check(const rd_kafka_consumer_group_metadata_t *metadata, struct hub_error *reterr);

#endif
