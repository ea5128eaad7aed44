/* How a snapshot from Redis and the changelog in Kafka become one without a gap, for one partition. Pure: it is told what
 * was read and says what to do.
 *
 *   1. fences are read (gateway_join_begin); then the hashes, in many round trips; then the fences again
 *      (gateway_join_scanned).
 *   2. The snapshot counts when the fence was LIVE before and after, of one epoch, and not too old for tombstones to be
 *      there still. What it shows lies between the two fences. The changelog is then read from the first fence on;
 *      every record is the whole value of its key, so going over a stretch that the snapshot has already is harmless.
 *   3. Otherwise the changelog is read from its beginning: Redis away, empty, rebuilding, or of another changelog.
 *   4. The partition is whole once the changelog has been read to the second fence, and to its end as of then.
 */
#ifndef DASHBOARD_GATEWAY_HOT_JOIN_H
#define DASHBOARD_GATEWAY_HOT_JOIN_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* A fence as hot-state.json writes it. */
struct gateway_fence {
	bool live;      /* false: absent, REBUILDING, or not to be understood */
	int64_t epoch;  /* -1 unless live */
	int64_t offset; /* of the PartitionPosition; -1 unless live */
	int64_t timestamp_ms;
};

struct gateway_fence gateway_fence_parse(struct hub_str text);

enum gateway_join_phase {
	GATEWAY_JOIN_NONE,     /* nothing was read yet */
	GATEWAY_JOIN_SCANNING, /* hashes are being read */
	GATEWAY_JOIN_READING,  /* the changelog is being read up to now */
	GATEWAY_JOIN_WHOLE,
};

struct gateway_join {
	enum gateway_join_phase phase;
	struct gateway_fence before;
	int64_t from;  /* first offset of the changelog that is applied */
	int64_t until; /* whole when next >= until */
	int64_t next;  /* next offset that is expected */
};

/* high: the changelog's high watermark, asked after the fences were read. now_ms: broker's clock, as near as known.
 * False: the hashes of this partition need not be read (the changelog tells all). */
bool gateway_join_begin(struct gateway_join *join, struct gateway_fence before, int64_t high, int64_t now_ms);

/* After the hashes. True: the snapshot counts. False: throw its rows away (gateway_hot_sweep); the changelog is read from
 * its beginning. high: asked after the second fence. from is what to assign. */
bool gateway_join_scanned(struct gateway_join *join, struct gateway_fence after, int64_t high);

/* No snapshot at all: Redis is away. */
void gateway_join_without(struct gateway_join *join, int64_t high);

/* A record of the changelog: whether it is to be applied. Offsets have gaps. */
bool gateway_join_record(struct gateway_join *join, int64_t offset);
/* The end of the partition as this reader sees it, at offset `next`. */
void gateway_join_end(struct gateway_join *join, int64_t next);

bool gateway_join_whole(const struct gateway_join *join);

#endif
