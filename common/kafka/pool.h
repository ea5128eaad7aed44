/* Handles that are kept for the next question. Each handle logs in to each broker for itself, which over TLS and SASL takes
 * longer than what is asked; whoever asks a lot, one question after the other, puts a pool into its properties (.pool):
 * cluster.h, group_offsets.h and reader.h then use it. */
#ifndef HUB_KAFKA_POOL_H
#define HUB_KAFKA_POOL_H

#include "kafka/properties.h"

/* For one set of properties and one thread at a time. group: whose offsets will be asked for; borrowed. NULL: no memory. */
struct hub_kafka_pool *hub_kafka_pool_new(const char *group);

/* Accepts NULL. No reader may be open any more. */
void hub_kafka_pool_free(struct hub_kafka_pool *pool);

#endif
