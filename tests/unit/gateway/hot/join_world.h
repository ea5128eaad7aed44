/* A partition of the router as the gateway meets it: a changelog with transactions, markers, aborts and compaction; a Redis
 * that a follower keeps under a fence, empties, writes anew, or loses; copies of it that are put back, and one of
 * another hub. One seed drives it. */
#ifndef TEST_GATEWAY_JOIN_WORLD_H
#define TEST_GATEWAY_JOIN_WORLD_H

#include "dice.h"
#include "runtime/fence.h"

enum { KEYS = 8, LOG_MAX = 4096 };

enum entry_kind { GAP /* a marker */, CHANGE, POSITION };

struct entry {
	enum entry_kind kind;
	bool committed, compacted;
	int key;
	int32_t value; /* 0: a tombstone */
	int64_t timestamp_ms;
	int64_t horizon_ms; /* of a tombstone that the cleaner has met: kept until then; 0: not met */
};

struct store {
	char fence[HUB_FENCE_TEXT_MAX]; /* "": none */
	int32_t values[KEYS];           /* 0: absent */
};

enum follower { FOLLOWING, CLAIMING, WIPING, WRITING };

struct world {
	struct dice dice;
	int64_t now_ms;
	struct entry log[LOG_MAX];
	int64_t high;
	int64_t segment; /* where the active segment begins: what lies before may be compacted */
	int64_t open;    /* first offset of a transaction that readers do not get past; -1: none */
	bool committed;  /* it is, but its marker is not written */
	int32_t version; /* the newest value */
	struct store store, copy;
	int64_t epoch; /* of the router; -1: it has committed nothing yet */
	enum follower follower;
	int64_t followed; /* the position up to which Redis was brought */
	char wrote[HUB_FENCE_TEXT_MAX];
	int wiped;     /* keys, while WIPING or WRITING */
	uint32_t away; /* steps in which the follower does not reach Redis */
	int64_t writes;
};

void world_init(struct world *world, uint32_t seed);

/* Something happens, or nothing. */
void world_turn(struct world *world);
/* No more faults; the transaction ends, Redis is brought up. */
void world_settle(struct world *world);
/* Hours in which only the cleaner works. */
void world_sleep(struct world *world);

/* What the changelog's committed records come to. */
struct fold {
	int64_t until; /* this offset is not in it yet */
	int32_t values[KEYS];
	int64_t sources[KEYS]; /* whose records the values are */
};

void world_fold(const struct world *world, struct fold *fold, int64_t until);
/* The record of this key is compacted away since a later one, at `from` or behind it, takes its place. */
bool world_gives_later(const struct world *world, const struct fold *fold, int key, int64_t from);
/* How far a reader of what is committed gets. */
int64_t world_stable(const struct world *world);

#endif
