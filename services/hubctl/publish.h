/* Events to Kafka, for every command that speaks like a publisher. */
#ifndef HUBCTL_PUBLISH_H
#define HUBCTL_PUBLISH_H

#include "hubctl/event_line.h"
#include "hubctl/hubctl.h"
#include "kafka/writer.h"

/* Queues event for its topic, by its key. Errors as hub_kafka_writer_send. */
int hubctl_publish(struct hubctl *hubctl, struct hub_kafka_writer *writer, const struct hubctl_event *event,
        struct hub_error *reterr);

/* Waits until all are acknowledged: as long as acknowledgements come, it is only slow. Errors as
 * hub_kafka_writer_flush. */
int hubctl_publish_wait(struct hubctl *hubctl, struct hub_kafka_writer *writer, struct hub_error *reterr);

#endif
