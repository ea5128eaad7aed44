/* Notices when the answer to a request of a transaction is lost.
 *
 * librdkafka sends a request that was in flight when its connection broke (or that was not answered in time) again on
 * a new one. The first copy may still be delivered, during a later transaction of the same epoch, and end it, or move
 * its offsets back. Only a new epoch shuts it out. Internal to common/kafka. */
#ifndef HUB_KAFKA_UNANSWERED_H
#define HUB_KAFKA_UNANSWERED_H

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>

struct hub_kafka_unanswered {
	atomic_int request; /* its number in Kafka's protocol; written by librdkafka's threads; 0: none */
};

/* From rd_kafka_new with this conf on. Borrows unanswered for as long as the handle lives. */
void hub_kafka_unanswered_watch(struct hub_kafka_unanswered *unanswered, rd_kafka_conf_t *conf);

/* Which request it was; NULL: every answer came. */
const char *hub_kafka_unanswered_name(const struct hub_kafka_unanswered *unanswered);

#endif
