/* A Kafka in memory that behaves as badly as the real one may: transactions with producer epochs whose markers are
 * written late and partition by partition, the last stable offset, offsets that stay pending, a group with generations
 * whose members hear late, compaction, retention, offsets that are forgotten, commits whose outcome is lost or comes late.
 * kafka_log.c holds the records, kafka_txn.c the transaction coordinator, kafka_group.c the group coordinator, client*.c
 * the client of an instance.
 *
 * Offsets are indexes: nothing is ever taken out of a log, only hidden from readers, so a check can see all of it. */
#ifndef SIM_KAFKA_H
#define SIM_KAFKA_H

#include "dice.h"

#include "port/kafka_port.h"

enum {
	INPUTS = 2, /* what publishers say, and what counties say to each other */
	TOPICS_MAX = 6,
	PARTITIONS_MAX = 3,
	INSTANCES_MAX = 3,
	PRODUCERS_MAX = INSTANCES_MAX + 2,
	MEMBERS_MAX = 256
};

struct world;
struct instance;

/* ---- logs */

enum entry_kind { ENTRY_RECORD, ENTRY_COMMIT, ENTRY_ABORT };

struct entry {
	enum entry_kind kind;
	int writer;     /* producer; -1: outside of transactions */
	bool settled;   /* its marker is written; always for those outside */
	bool committed; /* the coordinator has said so; the marker may still be missing */
	bool compacted; /* a newer one of its key is there, or its time as a tombstone is over */
	int64_t timestamp_ms;
	struct hub_str key, value;
	bool has_key, has_value;
	const struct hub_header *headers;
	uint32_t header_count;
};

struct log {
	struct entry *entries; /* end of them */
	int64_t start;         /* retention has taken what is before */
	int64_t end, room;
	int64_t open[PRODUCERS_MAX]; /* where that producer's open transaction begins; -1 */
};

/* ---- the transaction coordinator */

enum producer_state { PRODUCER_EMPTY, PRODUCER_ONGOING, PRODUCER_ENDING };

struct producer {
	int32_t epoch;
	enum producer_state state;
	int64_t began_us;
	uint32_t markers_left;
	bool touched[TOPICS_MAX][PARTITIONS_MAX];
	bool has_offsets; /* __consumer_offsets is one of its partitions */
	struct hub_kafka_offset pending[INPUTS * PARTITIONS_MAX];
	uint32_t pending_count;
};

/* A marker that is not written yet; topic -1: of __consumer_offsets. */
struct marker {
	int producer;
	struct hub_topic_partition at;
	bool commit;
	int64_t due_us;
};

/* An EndTxn on its way. */
struct late_end {
	int producer;
	int32_t epoch;
	bool commit;
	int64_t due_us;
};

/* ---- the group coordinator */

struct group_news {
	bool revoke, lost;
	int64_t due_us; /* heard then */
	int64_t generation;
	int32_t partitions[PARTITIONS_MAX];
	uint32_t count;
};

enum { NEWS_MAX = 16 };

struct member {
	bool in_group;
	bool kicked; /* without having been asked */
	bool rejoined;
	bool owns;
	int64_t generation;       /* as the broker has it */
	bool has[PARTITIONS_MAX]; /* of that generation */
	int64_t expires_us;
	struct group_news news[NEWS_MAX];
	uint32_t news_count;
	int64_t heard_generation; /* as the client has it; -1: none */
	bool answers;             /* a REVOKE was told: the next poll rejoins */
};

struct group {
	int64_t generation;
	bool preparing;
	int64_t deadline_us;
	struct member members[MEMBERS_MAX];
	int member_count;
	struct hub_kafka_offset committed[INPUTS][PARTITIONS_MAX];
};

/* ---- all of it */

struct kafka {
	struct world *world;
	struct dice dice;
	int32_t topic_count, partitions;
	int32_t registry, state, dead_letters; /* topics; inputs are 0 .. INPUTS - 1 */
	const int32_t *outputs;                /* some are inputs, too */
	uint32_t output_count;
	struct log logs[TOPICS_MAX][PARTITIONS_MAX];
	struct producer producers[PRODUCERS_MAX];
	struct marker markers[256];
	uint32_t marker_count;
	struct late_end late_ends[32];
	uint32_t late_end_count;
	struct group group;
	int64_t away_until_us;
	int64_t slow_markers_until_us; /* markers take seconds until then */
	int64_t deaf_until_us
	        [PARTITIONS_MAX]; /* what counties say to those of the partition is not delivered */
};

/* Calls of the port that a fault may be put on. */
enum call {
	CALL_NONE,
	CALL_POLL,
	CALL_COMMITTED,
	CALL_WATERMARKS,
	CALL_COUNT,
	CALL_INIT,
	CALL_BEGIN,
	CALL_PRODUCE,
	CALL_SEND_OFFSETS,
	CALL_COMMIT,
	CALL_ABORT,
	CALLS
};

enum fault {
	FAULT_NONE,
	FAULT_RETRY,
	FAULT_ABORT,
	FAULT_UNKNOWN_DONE,  /* the answer to a commit is lost: it was done, */
	FAULT_UNKNOWN_NEVER, /* ... it never arrived, */
	FAULT_UNKNOWN_LATE,  /* ... it will arrive later */
	FAULT_COPY_LATE,     /* a connection broke: a first copy of the commit arrives later, too */
	FAULTS
};

enum { READING_MAX = (1 + INPUTS) * PARTITIONS_MAX + 1 };

/* An instance's client. */
struct client {
	struct kafka *kafka;
	struct instance *instance;
	struct hub_kafka_port port;
	int producer;
	int32_t epoch; /* -1: not initialised */
	bool epoch_spent;
	bool in_transaction;
	bool added[TOPICS_MAX][PARTITIONS_MAX];
	int64_t produced[TOPICS_MAX][PARTITIONS_MAX];
	struct member *member;
	bool has_metadata;
	const struct member
	        *taken_member; /* metadata; NULL with has_metadata: an empty one, which nobody checks */
	int64_t taken_generation;
	struct hub_kafka_offset reading[READING_MAX];
	int64_t told_end[READING_MAX]; /* of the last EOF; -1: none; told_gone: an error */
	uint32_t reading_count, turn;
	int32_t told_partitions[PARTITIONS_MAX];
	int64_t fetch_stalled_until_us;
	bool told_away;
	bool polling;
	enum call fault_call;
	enum fault fault;
	uint32_t fault_times;
};

void kafka_init(struct kafka *kafka, struct world *world);
void kafka_done(struct kafka *kafka);

/* What is due by now: markers, late requests, transaction time-outs, the group. When the next is: kafka_next_us. */
void kafka_tick(struct kafka *kafka);
int64_t kafka_next_us(const struct kafka *kafka);

/* kafka_log.c: an entry's bytes are copied into the world's arena. Its offset. */
int64_t log_append(struct kafka *kafka, struct hub_topic_partition at, const struct hub_kafka_record *record,
        int writer);
void log_mark(struct kafka *kafka, struct hub_topic_partition at, int producer, bool commit);
int64_t log_stable_end(const struct log *log);
bool log_is_visible(const struct entry *entry);
void log_retain(
        struct kafka *kafka, struct hub_topic_partition at, int64_t before); /* nothing before it stays */
void log_compact(struct kafka *kafka, struct hub_topic_partition at, int64_t delete_before_ms);

/* kafka_txn.c */
void txn_add(struct kafka *kafka, int producer, struct hub_topic_partition at);
void txn_end(struct kafka *kafka, int producer, bool commit);
void txn_end_later(struct kafka *kafka, int producer, int32_t epoch, bool commit, int64_t due_us);
void txn_tick(struct kafka *kafka);
int64_t txn_next_us(const struct kafka *kafka);

/* kafka_group.c */
struct member *group_join(struct kafka *kafka);
void group_leave(struct kafka *kafka, struct member *member);
void group_rebalance(struct kafka *kafka);
void group_heartbeat(struct kafka *kafka, struct member *member);
/* The next thing that the member hears by now. */
bool group_hear(struct kafka *kafka, struct member *member, struct group_news *ret);
void group_rejoin(struct kafka *kafka, struct member *member);
/* As the broker has it now, whatever the member has heard. */
bool group_owns(const struct kafka *kafka, const struct member *member, int32_t partition);
void group_tick(struct kafka *kafka);
int64_t group_next_us(const struct kafka *kafka);

/* client.c */
void client_init(struct client *client, struct kafka *kafka, struct instance *instance, int producer);
void client_close(struct client *client, bool leaves);

#endif
