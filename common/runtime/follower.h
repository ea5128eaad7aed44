/* The follower's own structs and the functions that its files share: owned.c (what is owned), fenced.c
 * (looking at a fence, writing under it), rebuild.c (writing a partition anew), follow.c (the rest). For
 * these files only. */
#ifndef HUB_RUNTIME_FOLLOWER_H
#define HUB_RUNTIME_FOLLOWER_H

#include "runtime/core.h"
#include "runtime/fence.h"
#include "runtime/follow.h"

enum standing { CLAIMING, WIPING, WRITING, LIVE, STALE };

struct fenced {
	int32_t partition;
	int64_t epoch;
	int64_t restored_at, restored_ms;
	enum standing standing;
	bool rebuild;      /* CLAIMING: not even a fence at our position will do */
	char why[128];     /* the rebuild */
	int64_t foreign;   /* epoch of a fence that belongs to another changelog; -1: none */
	int64_t asked_for; /* the epoch for which the changelog's end was asked; -1: none */
	uint32_t asked_as; /* number of that question */
	bool told_stale;
	char tag[128];
	char key[136];                  /* of the fence */
	int64_t writes;                 /* of rebuilds, in this assignment */
	char wrote[HUB_FENCE_TEXT_MAX]; /* what we left there; "" nothing */
	int64_t at;                     /* LIVE: offset of the hot state */
	int64_t timestamp_ms;           /* of the last position that we know */
	char cursor[24];                /* WIPING: SCAN's */
	uint32_t snapshot;              /* WRITING: its number */
	bool began;                     /* ... and its first piece is there */
};

struct hub_follower {
	const struct hub_core *core;
	const char *state_topic;
	const struct hub_store_port *store;
	const struct hub_clock_port *clock;
	const struct hub_observer *observer;
	struct hub_handover *handover;
	struct fenced *fenced; /* count of them */
	uint32_t count, room;
	struct hub_arena *arena; /* one exchange, or a watch and its write */
	struct hub_arena *decoded;
	struct hub_store_sink sink;
	bool away;
	uint32_t faults;
	int64_t retry_at_us, look_at_us;
	char away_reason[256];
};

int64_t hub_follower_us(const struct hub_follower *follower);
void hub_follower_tell(struct hub_follower *follower, enum hub_notice_code code, const struct fenced *fenced,
        int64_t offset, const char *text);

/* owned.c: NULL when not owned. sync() brings the list in step with what the worker owns. */
struct fenced *hub_follower_find(struct hub_follower *follower, int32_t partition, int64_t epoch);
void hub_follower_sync(struct hub_follower *follower);

/* fenced.c */
enum verdict { INTACT, AT_OUR_POSITION, LATER_OWNER, NOT_OURS };
enum verdict hub_fenced_judge(const struct fenced *fenced, struct hub_str text);
void hub_fenced_on_later_owner(struct hub_follower *follower, struct fenced *fenced, struct hub_str text);
/* WATCH, GET and judge. False: the store is away. */
bool hub_fenced_look(struct hub_follower *follower, struct fenced *fenced, enum verdict *ret_verdict,
        struct hub_str *ret_text);
/* Between the two, commands go into follower->sink. True: written, and the fence is ours. */
void hub_fenced_begin_write(struct hub_follower *follower, const struct fenced *fenced);
bool hub_fenced_end_write(struct hub_follower *follower, struct fenced *fenced, bool live, int64_t offset);
void hub_fenced_write_failed(
        struct hub_follower *follower, struct fenced *fenced, int r, const struct hub_error *error);
void hub_follower_went_away(struct hub_follower *follower, const struct hub_error *error);
void hub_follower_came_back(struct hub_follower *follower);

/* rebuild.c */
void hub_fenced_must_rebuild(struct fenced *fenced, const char *why);
void hub_fenced_claim(struct hub_follower *follower, struct fenced *fenced);
void hub_fenced_wipe(struct hub_follower *follower, struct fenced *fenced);

#endif
