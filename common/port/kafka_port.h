/* Port to Kafka: what the runtime needs of a broker, no more. Types only. common/kafka implements it with
 * librdkafka; a simulator may implement it without a broker. One thread uses it, one call at a time. Topics
 * are small integers: the index in the list of names that the port was made with. */
#ifndef HUB_PORT_KAFKA_PORT_H
#define HUB_PORT_KAFKA_PORT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "wire/header.h"

#include <stdbool.h>
#include <stdint.h>

struct hub_topic_partition {
	int32_t topic; /* index */
	int32_t partition;
};

enum { HUB_OFFSET_NONE = -1 };

enum hub_kafka_event_kind {
	HUB_KAFKA_NOTHING, /* the time passed */
	HUB_KAFKA_RECORD,
	HUB_KAFKA_EOF,    /* the end of a partition as this reader may see it; offset = where it stands */
	HUB_KAFKA_ASSIGN, /* partitions of input 0 now belong to this member */
	HUB_KAFKA_REVOKE, /* they no longer do; lost: they already belong to somebody else */
	HUB_KAFKA_ERROR, /* at.topic -1: not of one partition. Code RETRY: it may pass; NOT_FOUND: the records
	                     to go on from at `at` are not in the log any more; FATAL: exit. Of a partition that
	                     could not be read nothing more comes until the next assign(): what lies behind the
	                     damage must not be taken for what comes next */
};

struct hub_kafka_event {
	enum hub_kafka_event_kind kind;
	struct hub_topic_partition at; /* RECORD, EOF, ERROR */
	int64_t offset;
	int64_t timestamp_ms;
	struct hub_str key; /* has_key false: null key */
	bool has_key;
	struct hub_str value; /* has_value false: tombstone */
	bool has_value;
	const struct hub_header *headers;
	uint32_t header_count;
	bool headers_unreadable;   /* there are some: too many for the client, or broken */
	const int32_t *partitions; /* ASSIGN, REVOKE */
	uint32_t partition_count;
	bool lost;              /* REVOKE */
	struct hub_error error; /* ERROR */
};

/* A record to produce. Bytes are borrowed until the transaction has ended. */
struct hub_kafka_record {
	struct hub_topic_partition to;
	struct hub_str key;
	bool has_key;
	struct hub_str value;
	bool has_value; /* false: tombstone */
	const struct hub_header *headers;
	uint32_t header_count;
};

struct hub_kafka_offset {
	struct hub_topic_partition at;
	int64_t next;            /* the next offset to read; HUB_OFFSET_NONE: none committed */
	struct hub_str metadata; /* as committed */
};

/* Every int result is 0 or an enum hub_code: RETRY (call again with the same arguments), ABORT (abort the
 * transaction), FATAL, UNKNOWN (the outcome of commit is not known: exit and be restarted). */
struct hub_kafka_port {
	void *user;
	/* The next event, waiting at most wait_us. Borrowed until the next poll. Not to be called while a
	 * transaction is open: so a rebalance never falls into one. */
	int (*poll)(void *user, int64_t wait_us, struct hub_kafka_event *ret, struct hub_error *reterr);
	/* Enters the group: from now on poll may bring ASSIGN, and the others count on this member to do its
	 * share. So not before it could. */
	int (*join)(void *user, struct hub_error *reterr);
	/* What this member reads from now on (inputs, registry and, while restoring, its changelog), each
	 * from its offset; in place of what it read before: records fetched before are never delivered after
	 * this call. The one way to seek, pause and resume; and the answer to ASSIGN (with count 0 too: it
	 * reads nothing yet, and takes part in the group all the same) and to REVOKE (count 0 only). Until
	 * the answer no other rebalance is told, and for so long the whole group waits. */
	int (*assign)(
	        void *user, const struct hub_kafka_offset *from, uint32_t count, struct hub_error *reterr);
	/* Stable committed offsets of the group (waits for pending transactional ones), metadata in arena. */
	int (*committed_stable)(void *user, struct hub_kafka_offset *in_out, uint32_t count,
	        struct hub_arena *arena, struct hub_error *reterr);
	/* High watermark and log start, asked of the broker now, read_uncommitted. */
	int (*watermarks)(void *user, struct hub_topic_partition at, int64_t *ret_low, int64_t *ret_high,
	        struct hub_error *reterr);
	/* Takes the group metadata as it was when the last ASSIGN came up, to be used by send_offsets until
	 * taken again. HUB_E_RETRY when there was no valid membership any more (empty member id, negative
	 * generation): the assignment is void. With ASSIGN answered all the same, REVOKE and the next ASSIGN
	 * follow. */
	int (*take_group_metadata)(void *user, struct hub_error *reterr);
	/* The newest high watermark that the client happens to know; -1: none. For metrics only. */
	int64_t (*known_high)(void *user, struct hub_topic_partition at);
	int (*partition_count)(void *user, int32_t topic, int32_t *ret_count, struct hub_error *reterr);
	int (*init_transactions)(void *user, struct hub_error *reterr);
	int (*begin)(void *user, struct hub_error *reterr);
	/* Queues a record; a full queue is waited for inside. */
	int (*produce)(void *user, const struct hub_kafka_record *record, struct hub_error *reterr);
	/* HUB_E_REFUSED: this member is not (any more) in the group's present generation: abort, and decide
	 * nothing until the next REVOKE or ASSIGN. count is never 0: an empty list would be checked by
	 * nobody. */
	int (*send_offsets)(
	        void *user, const struct hub_kafka_offset *offsets, uint32_t count, struct hub_error *reterr);
	/* Flushes and commits. */
	int (*commit)(void *user, struct hub_error *reterr);
	int (*abort)(void *user, struct hub_error *reterr);
	/* After commit: offset and broker timestamp of the last record that this transaction produced to at.
	 */
	int (*produced_offset)(
	        void *user, struct hub_topic_partition at, int64_t *ret_offset, int64_t *ret_timestamp_ms);
};

#endif
