/* Writes records for tools (hubctl send, registry load): idempotent, acks=all, murmur2 partitioner; with a
 * transactional id, all or nothing. */
#ifndef HUB_KAFKA_WRITER_H
#define HUB_KAFKA_WRITER_H

#include "kafka/properties.h"
#include "port/kafka_port.h"

struct hub_kafka_writer;

/* One record; everything is copied by hub_kafka_writer_send. */
struct hub_kafka_message {
	const char *topic; /* full name */
	int32_t partition; /* -1: by key, as Java's client does */
	struct hub_str key;
	bool has_key;
	struct hub_str value;
	bool has_value; /* false: tombstone */
	const struct hub_header *headers;
	uint32_t header_count;
	int64_t timestamp_ms; /* 0: now */
};

/* transactional_id NULL: no transactions. Otherwise fences earlier users of the same id and asks the
 * coordinator for it, at most timeout_ms. HUB_E_RETRY: no answer in time; HUB_E_INVALID: a property;
 * HUB_E_FATAL. */
int hub_kafka_writer_open(const struct hub_kafka_properties *properties, const char *transactional_id,
        int timeout_ms, struct hub_kafka_writer **ret, struct hub_error *reterr);

/* With a transactional id: every record lies between begin and commit (or abort). HUB_E_UNKNOWN from commit:
 * the outcome is not known. */
int hub_kafka_writer_begin(struct hub_kafka_writer *writer, struct hub_error *reterr);
int hub_kafka_writer_commit(struct hub_kafka_writer *writer, struct hub_error *reterr);
int hub_kafka_writer_abort(struct hub_kafka_writer *writer, struct hub_error *reterr);

/* Queues a copy; waits while the queue is full. HUB_E_NOT_FOUND: no such topic or partition; HUB_E_TOO_LARGE;
 * the first failed delivery of an earlier record also comes back here. */
int hub_kafka_writer_send(
        struct hub_kafka_writer *writer, const struct hub_kafka_message *message, struct hub_error *reterr);

/* Waits until every record has been acknowledged. HUB_E_RETRY: not within timeout_ms (they stay queued). The
 * first failed delivery otherwise. */
int hub_kafka_writer_flush(struct hub_kafka_writer *writer, int timeout_ms, struct hub_error *reterr);

/* Offset of the record that the broker acknowledged last (of a topic with one partition: of the last one
 * sent, once the commit or flush has returned); HUB_OFFSET_NONE before the first. */
int64_t hub_kafka_writer_last_offset(const struct hub_kafka_writer *writer);

/* Records that the broker has acknowledged. */
uint64_t hub_kafka_writer_acknowledged(const struct hub_kafka_writer *writer);

/* What is not flushed or committed is dropped. Accepts NULL. */
void hub_kafka_writer_close(struct hub_kafka_writer *writer);

#endif
