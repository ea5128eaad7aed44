/* A broker in memory, for the runtime's tests: topics, one group, transactions with markers, faults on
 * demand. Each member is a Kafka port. */
#ifndef TEST_BROKER_H
#define TEST_BROKER_H

#include "port/clock_port.h"
#include "port/kafka_port.h"

enum { TOPICS = 8, PARTITIONS = 4, QUEUE = 64 };

struct stored {
	int64_t offset;
	int64_t timestamp_ms;
	char *key; /* NULL: none; NUL-terminated too */
	uint32_t key_len;
	char *value; /* NULL: tombstone */
	uint32_t value_len;
	struct hub_str lent; /* the value as its producer holds it, until the transaction has ended */
	struct hub_header headers[24];
	uint32_t header_count;
	int writer; /* member whose transaction is open; -1: settled */
	bool visible;
};

struct topic_log {
	struct stored *records;
	uint32_t count;
	int64_t end; /* markers take an offset too */
	int64_t start;
};

struct member;

struct broker {
	int64_t now_us; /* the one clock; sleeping moves it */
	int64_t wall_offset_ms;
	int64_t broker_offset_ms;
	int32_t partition_count;
	struct topic_log logs[TOPICS][PARTITIONS];
	struct hub_kafka_offset committed[TOPICS][PARTITIONS];
	int member_count;
	struct member *members[512];
	int generation;
};

enum call {
	CALL_NONE,
	CALL_BEGIN,
	CALL_PRODUCE,
	CALL_SEND_OFFSETS,
	CALL_COMMIT,
	CALL_ABORT,
	CALL_COMMITTED,
	CALL_WATERMARKS,
	CALL_COUNT,
	CALL_INIT
};

struct member {
	struct broker *broker;
	int id;
	struct hub_kafka_port port;
	struct hub_clock_port clock;
	struct hub_kafka_event queue[QUEUE];
	int queued;
	bool joined; /* before it the group tells nothing */
	int32_t partitions[PARTITIONS];
	struct hub_kafka_offset reading[64];
	bool eof_told[64];
	bool failed[64]; /* an error of it was told: nothing more comes */
	uint32_t reading_count, turn;
	bool hold; /* records of topic 0 are not delivered, nor its EOF */
	bool has_metadata;
	int assigned_in; /* the generation of the ASSIGN that was polled last */
	int generation;  /* of the metadata taken */
	bool in_transaction, poll_in_transaction;
	struct hub_kafka_offset sent[64];
	uint32_t sent_count;
	int64_t produced[TOPICS][PARTITIONS];
	enum call fail_call; /* the next one of this kind fails with fail_code, fail_times times */
	int fail_code, fail_times;
	bool commit_anyway; /* ... although the commit happens */
	struct member
	        *predecessor; /* of the same transactional id: init_transactions ends what it left open */
	void (*before_commit)(void *user);
	void *user;
	int commits, aborts, watermark_calls, assigns;
};

void broker_init(struct broker *broker, int32_t partitions);
void broker_done(struct broker *broker);
void member_init(struct member *member, struct broker *broker);

/* The group: member owns partitions from now on (a new generation); everybody else is revoked. */
void broker_assign(struct broker *broker, struct member *member, const int32_t *partitions, uint32_t count);
void member_revoke(struct member *member, bool lost);

/* A record from outside; its offset. */
int64_t broker_append(struct broker *broker, int32_t topic, int32_t partition, struct hub_str key,
        struct hub_str value, const struct hub_header *headers, uint32_t header_count);

/* The nth visible record of a log; NULL past the end. */
const struct stored *broker_visible(struct broker *broker, int32_t topic, int32_t partition, uint32_t n);
uint32_t broker_visible_count(struct broker *broker, int32_t topic, int32_t partition);
struct hub_str stored_header(const struct stored *record, const char *name);

#endif
