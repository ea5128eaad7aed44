/* librdkafka's messages and headers as the port's events, and back. Internal to common/kafka. */
#ifndef HUB_KAFKA_MESSAGE_H
#define HUB_KAFKA_MESSAGE_H

#include "port/kafka_port.h"

#include <librdkafka/rdkafka.h>

/* Room for the headers of one record, used again for the next. */
struct hub_kafka_headers {
	struct hub_header *items; /* owned */
	uint32_t room;
};

void hub_kafka_headers_done(struct hub_kafka_headers *headers);

/* A record (message->err 0) or an end of partition as an event; slices borrow from message and headers. The
 * memory for the headers may run out: HUB_E_FATAL. */
int hub_kafka_event_of(rd_kafka_message_t *message, int32_t topic, struct hub_kafka_headers *headers,
        struct hub_kafka_event *ret, struct hub_error *reterr);

/* A copy of headers that librdkafka's produce takes over; NULL when there are none. */
rd_kafka_headers_t *hub_kafka_headers_copy(const struct hub_header *headers, uint32_t count);

/* librdkafka takes pointers that it may not write through as plain ones; an empty slice is not NULL for it.
 */
void *hub_kafka_bytes(struct hub_str bytes);

/* A NUL-terminated heap copy; NULL for the empty slice. The caller's. */
char *hub_kafka_text(struct hub_str text);

#endif
