/* What must be true. This code shares nothing with the product's rules: it decodes records with the generated codec, and
 * has its own small idea of slots, states, answers, timers and of what Redis shows.
 *
 * At each commit, as the coordinator decides it (check_txn.c): each input since the last position has one complete set of
 * decisions or one dead letter; no timer fires twice, too early, or before an input that was sent in time; the position
 * and the offsets agree; then the state as the changelog now has it (check_state.c): slots and beds add up, one end a referral, who
 * waits is on the list and not beside an open slot or a free bed, a deadline for everything that is pending (check_waits.c), a
 * clock that stands still while the sender is asked. At any time (check_hot.c):
 * Redis under a LIVE fence is the fold of the changelog up to it. At the end (check_end.c): everything is decided, every
 * fence is LIVE at the last position, which has passed all that retention may take, nothing is overdue. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "kafka.h"

#include "base/map.h"

struct world;
struct hub_schema;
struct hub_due_timer_array;

/* A partition as its committed changelog says. */
struct checked_partition {
	bool has_position;
	int64_t position_at;  /* offset of the newest PartitionPosition */
	int64_t next[INPUTS]; /* offsets */
	int64_t batch_seq, clock_ms, registry_version;
	int32_t state_version;
	struct hub_map *facts; /* key -> struct fact */
	struct fact **all;     /* the same */
	struct hub_map *fired; /* "entity name due" of timers */
	struct hub_map *ended; /* referrals that have a ReferralClosed */
	uint32_t count, room;
};

enum fact_kind {
	FACT_NONE,
	FACT_REFERRAL,
	FACT_STUB,
	FACT_SESSION,
	FACT_BOOKING,
	FACT_WAITING,
	FACT_BEDS,
	FACT_FOREIGN,
	FACT_OTHER
};

struct fact {
	enum fact_kind kind;
	struct hub_str key, value; /* in the world's arena */
	const void *record;        /* decoded; NULL: removed */
	const void *former;        /* REFERRAL: what it was before this commit; NULL: the same */
	int64_t due_ms;            /* its earliest timer; INT64_MAX: none */
	int32_t held[2], own;      /* SESSION: what referrals (by reserved) and bookings say; BEDS: [0] */
};

struct check {
	struct world *world;
	struct hub_arena *arena; /* of one check */
	struct checked_partition partitions[PARTITIONS_MAX];
	struct hub_map *applied;  /* bytes of an event -> when it had an effect */
	struct hub_map *capacity; /* "session:<org>:<id>" -> what the hospital said last */
	int64_t wall_ahead_ms;    /* the most that any wall clock was ever ahead of the broker's */
	uint64_t commits, decisions, dead_letters, timers, looks;
};

void check_init(struct check *check, struct world *world);
void check_done(struct check *check);

/* Ends the run. */
_Noreturn void check_failed(const struct world *world, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

void check_transaction(struct world *world, int producer);

/* check_state.c: takes in one committed state record, then the whole of a partition. */
void check_state_record(struct check *check, int32_t partition, const struct entry *entry);
void check_state(struct check *check, int32_t partition);
bool check_has_timer(const struct hub_due_timer_array *timers, const char *name);
/* check_waits.c: a referral, which somebody waits for. */
void check_wait(
        const struct check *check, const struct checked_partition *partition, const struct fact *fact);
/* A decision that is committed now. */
void check_decision(
        struct check *check, int32_t partition, const struct hub_schema *schema, const void *record);

/* check_transfers.c: when nothing is under way, counties say the same of each other. */
void check_transfers(struct check *check);

/* check_hot.c: true: its fence is LIVE (and was checked). *ret_at: of the fence. */
bool check_hot(struct check *check, int32_t partition, int64_t *ret_at);

/* A fence gives way to another one: never to that of an earlier owner. */
void check_fence(const struct world *world, struct hub_str before, struct hub_str after);

/* check_end.c */
bool check_is_quiet(struct check *check); /* everything was decided and shown */
void check_end(struct check *check);

#endif
