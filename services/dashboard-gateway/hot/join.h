/* How a snapshot from Redis and the changelog in Kafka become one without a gap, for one partition. Pure: it is told what
 * was read and says what to do.
 *
 *   1. The fence is read (gateway_join_begin); then the hashes, in many round trips, each of them a MULTI with a GET of
 *      the fence beside its SCAN or its HGETALLs (gateway_join_piece); then the fence again (gateway_join_scanned).
 *   2. The snapshot counts when each of these fences was LIVE, of one epoch, never older than the one before, within the
 *      changelog, and the first one not too old for tombstones to be there still. A piece is then the fold at its fence (I-2),
 *      so what the snapshot shows lies between the first fence and the last. It takes a fence with each piece to know:
 *      one owner may throw the keys away and write them anew under the same epoch between the first fence and the last.
 *   3. The changelog is read from the first fence on; every record is the whole value of its key, so going over a stretch
 *      that the snapshot has already is harmless. The record there must be the one of which the fence tells: if it is not,
 *      or has been compacted away, the fence is of another changelog, or might be, and the snapshot does not count.
 *   4. Where there is no snapshot that counts (Redis away, empty, rebuilding, of another changelog), the changelog is read
 *      from its beginning.
 *   5. The partition is whole once the changelog has been read to its end as of the last fence: from then on the rows are
 *      the fold up to `next`, but for a key that has changed again behind it and whose record here was compacted away
 *      meanwhile.
 */
#ifndef DASHBOARD_GATEWAY_HOT_JOIN_H
#define DASHBOARD_GATEWAY_HOT_JOIN_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Half of the changelog's delete.retention.ms (schemas/topics.json): tombstones behind a fence of this age are there, and
 * there is as much time again to read them. */
#define GATEWAY_FENCE_AGE_MAX_MS INT64_C(43200000)

/* A fence as hot-state.json writes it. */
struct gateway_fence {
	bool live;            /* false: absent, REBUILDING, or not to be understood */
	int64_t epoch;        /* -1 unless live */
	int64_t offset;       /* of the PartitionPosition; -1 unless live */
	int64_t timestamp_ms; /* of that record; -1 unless live */
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
	struct gateway_fence newest; /* that was seen while scanning; not live: the snapshot is spoilt */
	bool unproved;               /* the record at the first fence was not seen yet */
	int64_t from;  /* first offset of the changelog that is applied; 0: from its beginning */
	int64_t until; /* whole when next >= until */
	int64_t next;  /* next offset that is expected */
};

/* high: the changelog's high watermark, asked after the fence was read. now_ms: broker's clock, as near as known.
 * False: the hashes of this partition need not be read (the changelog tells all: from is 0). */
bool gateway_join_begin(struct gateway_join *join, struct gateway_fence before, int64_t high, int64_t now_ms);

/* A piece of the snapshot was read in one MULTI with this fence. False: the snapshot cannot count any more, reading on is
 * useless; gateway_join_scanned then says false. */
bool gateway_join_piece(struct gateway_join *join, struct gateway_fence with);

/* After the hashes. True: the snapshot counts. False: throw its rows away (gateway_hot_sweep); the changelog is read from
 * its beginning. high: asked after the second fence. from is what to assign. */
bool gateway_join_scanned(struct gateway_join *join, struct gateway_fence after, int64_t high);

/* No snapshot at all: Redis is away. May be called in any phase, also to begin anew. */
void gateway_join_without(struct gateway_join *join, int64_t high);

enum gateway_join_verdict {
	GATEWAY_JOIN_SKIP,  /* nothing is to be done */
	GATEWAY_JOIN_APPLY, /* the record is to be applied */
	/* The snapshot did not count after all: throw its rows away and assign the beginning (from is 0 now); no record of
	 * the former assignment may be told any more. Comes at most once. */
	GATEWAY_JOIN_AGAIN,
};

/* A record of the changelog (PartitionPositions, too) with its broker's timestamp. Offsets have gaps; one that was told
 * before is skipped. */
enum gateway_join_verdict gateway_join_record(
        struct gateway_join *join, int64_t offset, int64_t timestamp_ms);
/* The end of the partition as this reader sees it, at offset `next`: SKIP or AGAIN. */
enum gateway_join_verdict gateway_join_end(struct gateway_join *join, int64_t next);

bool gateway_join_whole(const struct gateway_join *join);

#endif
