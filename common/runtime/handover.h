/* Between the worker and the follower: the only thing that both touch, under one lock.
 *
 * The worker copies what a commit changed into a delivery; the follower has at most one in work, so the hot
 * state is at most one batch behind. When the store is away or the follower hangs, the worker drops the
 * delivery and marks the partitions that it was for: they have missed something and will be written anew. The
 * owner never waits for the store.
 *
 * Times are of the clock port's monotonic clock, which must be CLOCK_MONOTONIC when two threads are used. */
#ifndef HUB_RUNTIME_HANDOVER_H
#define HUB_RUNTIME_HANDOVER_H

#include "table/table.h"

/* One partition's share of a delivery: first the changes, then a piece of a snapshot, both as of fence. */
struct hub_delivery_part {
	int32_t partition;
	int64_t epoch;
	int64_t fence;        /* changelog offset of the position that this brings the hot state to */
	int64_t timestamp_ms; /* the broker's, of that position */
	const struct hub_change *changes;
	uint32_t change_count;
	uint32_t snapshot;              /* number of the snapshot that the piece belongs to; 0: no piece */
	bool first, last;               /* piece of it */
	const struct hub_change *piece; /* before is empty */
	uint32_t piece_count;
	struct hub_delivery_part *next;
};

/* What both know of an owned partition. */
struct hub_share {
	int32_t partition;
	int64_t epoch;
	int64_t restored_at; /* changelog offset of the position from which this assignment went on; -1: none
	                      */
	int64_t restored_ms; /* the broker's timestamp of that position */
	int64_t fence;       /* worker: of the last commit */
	bool missed;         /* worker: a delivery was dropped; cleared by the follower */
	uint32_t wants;      /* follower: number of the snapshot that it needs; 0: none */
	uint32_t served;     /* worker: number of the last one that it began */
	uint32_t asks;       /* follower: so often asked for the changelog's high watermark */
	uint32_t answered; /* worker: which of them high answers, for it was asked of the broker after that */
	int64_t high;
};

struct hub_handover;

struct hub_handover *hub_handover_new(size_t limit);   /* most bytes of a delivery; there are two */
void hub_handover_free(struct hub_handover *handover); /* accepts NULL */

/* Worker: what it owns. */
void hub_handover_own(struct hub_handover *handover, const struct hub_share *share);
void hub_handover_disown_all(struct hub_handover *handover); /* and drops what was not taken */

/* Worker: fills. The part of a partition in the delivery in the making, added if need be; NULL: there is no room, the delivery will
 * be dropped and the partition has missed it. */
struct hub_delivery_part *hub_handover_part(struct hub_handover *handover, int32_t partition, int64_t epoch);
struct hub_arena *hub_handover_arena(struct hub_handover *handover);

/* Worker: gives what was filled (if anything) to the follower, waiting for the one before to be done until
 * until_us. False: it was not, and this one was dropped. */
bool hub_handover_give(struct hub_handover *handover, int64_t until_us);

/* Worker: waits until nothing is ready or in work. */
bool hub_handover_settled(struct hub_handover *handover, int64_t until_us);

/* Follower: takes the ready delivery, waiting for one until until_us; NULL: none. Done with it: the worker
 * may go on. */
const struct hub_delivery_part *hub_handover_take(struct hub_handover *handover, int64_t until_us);
void hub_handover_done(struct hub_handover *handover);

/* Follower: the store cannot be reached (so nobody waits for it), and why the hot state is not whole ("": it
 * is). */
void hub_handover_away(struct hub_handover *handover, bool away, const char *reason);

/* Any thread: a waiting take returns. */
void hub_handover_wake(struct hub_handover *handover);

/* Either: a copy of the share at index; false past the end. */
bool hub_handover_share(struct hub_handover *handover, uint32_t index, struct hub_share *ret);

/* Either: lets change edit the share of partition and epoch under the lock; nothing happens when it is not
 * owned. */
void hub_handover_edit(struct hub_handover *handover, int32_t partition, int64_t epoch,
        void (*change)(struct hub_share *share, int64_t value), int64_t value);

/* Either: copies the follower's reason. */
void hub_handover_reason(struct hub_handover *handover, char *ret_reason, size_t room);

#endif
