/* Reads topics from a stated place, for tools (hubctl) and tests: no group, nothing is committed. Records of
 * one partition come in order; partitions and topics are interleaved. */
#ifndef HUB_KAFKA_READER_H
#define HUB_KAFKA_READER_H

#include "kafka/properties.h"
#include "port/kafka_port.h"

struct hub_kafka_reader;

enum hub_read_from {
	HUB_READ_BEGINNING,
	HUB_READ_END,    /* only what comes after the opening */
	HUB_READ_TIME,   /* records whose timestamp is at or after from_value (ms since 1970 UTC) */
	HUB_READ_OFFSET, /* at from_value (for one partition) */
	HUB_READ_EACH, /* each partition of the only topic at from_each[partition]; what is behind its end: at its end */
	HUB_READ_LAST, /* about the last from_value records of each partition */
};

struct hub_kafka_reader_options {
	struct hub_kafka_properties properties;
	const char *const *topics; /* full names; the index is event.at.topic */
	uint32_t topic_count;
	int32_t partition; /* -1: all */
	enum hub_read_from from;
	int64_t from_value;
	const int64_t
	        *from_each; /* of the first from_count partitions; further ones are read from their end */
	uint32_t from_count;
	bool uncommitted; /* read_uncommitted: also what open and aborted transactions wrote */
	bool settled; /* the end is the high watermark: it waits for transactions that are open at the opening */
	int timeout_ms; /* for asking the broker where to start; 0: 10 s */
};

/* HUB_E_RETRY: no answer from the broker in time; HUB_E_NOT_FOUND: a topic or partition that does not exist
 * (its name in reterr->place); HUB_E_INVALID: a property. */
int hub_kafka_reader_open(const struct hub_kafka_reader_options *options, struct hub_kafka_reader **ret,
        struct hub_error *reterr);

/* The next event, waiting at most wait_ms: RECORD (borrowed until the next call), EOF (once: every partition
 * has been read up to the high watermark that it had at the opening; later records follow if one goes on),
 * NOTHING (the time passed). HUB_E_RETRY: a broker's trouble, call again; HUB_E_FATAL. */
int hub_kafka_reader_next(
        struct hub_kafka_reader *reader, int wait_ms, struct hub_kafka_event *ret, struct hub_error *reterr);

/* Accepts NULL. */
void hub_kafka_reader_close(struct hub_kafka_reader *reader);

/* Where a partition of a group stands. */
struct hub_group_position {
	int32_t partition;
	int64_t committed; /* HUB_OFFSET_NONE: none */
	int64_t low;       /* log start */
	int64_t high;      /* high watermark */
};

/* The group's committed offsets in one topic (group NULL: none) and the topic's ends: *ret_positions (count of them,
 * by partition) lies in arena. Errors as hub_kafka_reader_open. */
int hub_kafka_group_positions(const struct hub_kafka_properties *properties, const char *group,
        const char *topic, int timeout_ms, struct hub_arena *arena, struct hub_group_position **ret_positions,
        uint32_t *ret_count, struct hub_error *reterr);

#endif
