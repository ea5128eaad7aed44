/* The parts of a verdict, for its files only: verdict.c (what is in doubt), verdict_sets.c (decision sets and
 * timers), verdict_slots.c (the state). */
#ifndef HUBCTL_VERDICT_INSIDE_H
#define HUBCTL_VERDICT_INSIDE_H

#include "base/map.h"
#include "hubctl/numbers.h"
#include "hubctl/verdict.h"

/* What is known of an input record, half a byte each. */
enum mark { MARK_PRESENT = 1, MARK_DECIDED = 2, MARK_DEAD = 4, MARK_DOUBT = 8 };

/* One decision as its head places it. */
struct part {
	bool is_timer,
	        is_transfer; /* what it comes from: a timer, or what another county said; else an event */
	uint64_t id;         /* offset, or the timer's hash */
	int64_t from;        /* input offset, or the timer's transaction */
	int32_t partition, index, count;
	enum hubctl_verdict_output output; /* where it lies */
	int32_t at_partition;
	int64_t at;
	struct hub_str timer; /* for a person */
};

/* The sets of one input partition in one output partition: they follow one another. */
struct lane {
	bool open, doubtful, seen;
	struct part first; /* of the open set here */
	int32_t last, taken;
	int64_t last_offset; /* of inputs */
	int64_t last_seq;    /* of timers */
};

/* A set of which one lane does not have all: the others have the rest, or it is torn. */
struct unfinished {
	struct part first;
	int32_t taken;
	bool excused; /* retention has cut it */
	struct unfinished *next;
};

struct session {
	struct session *next; /* of all */
	struct hub_str key;   /* org/session */
	bool exists, doubtful;
	int32_t partition;
	int64_t offset;                        /* of its newest state record */
	int32_t held, used_referred, used_own; /* as it says */
	int64_t holders, arrived, booked;      /* as the referrals and bookings say */
};

enum holds { HOLDS_NOTHING, HOLDS_SLOT, HOLDS_USED, HOLDS_BOOKING };

/* What one state record says about slots, until its transaction's position comes. */
struct change {
	uint64_t holder; /* hash of a referral's or booking's key; 0: the session itself */
	struct session *session;
	enum holds holds;
	bool exists;
	int32_t held, used_referred, used_own;
	bool negative;
	int64_t offset;
};

struct pending {
	struct change *changes;
	uint32_t count, room;
};

struct hubctl_verdict {
	struct hubctl_verdict_topics topics;
	struct hubctl_audited *audited;
	int32_t partitions;
	struct hub_arena *arena;

	uint8_t **marks;     /* by partition: two inputs a byte, from low to committed */
	int64_t *first_seen; /* first input whose decision or dead letter is there; -1 */
	struct lane *lanes;  /* of an input partition, an output and its partition */
	struct hubctl_numbers timers, ended;
	struct hubctl_numbers unfinished_by_id; /* to struct unfinished */
	struct unfinished *unfinished;          /* all of them; in the arena */
	struct hubctl_numbers dead_transfers;

	struct pending *pending; /* by partition */
	struct hub_map *sessions;
	struct session *first_session;
	struct hubctl_numbers holders; /* hash of the key to holds, and the session */

	struct hubctl_doubtful *doubtful;
	uint32_t doubtful_count, keep;
	uint64_t counts[HUBCTL_DOUBTS];
	bool out_of_memory;
};

/* verdict.c: printf into a doubt. */
void hubctl_verdict_say(struct hubctl_verdict *verdict, enum hubctl_doubt doubt, const char *topic,
        int32_t partition, int64_t offset, int32_t input_partition, const char *format, ...)
        __attribute__((format(printf, 7, 8)));

/* The lane of a part. */
struct lane *hubctl_verdict_lane(struct hubctl_verdict *verdict, const struct part *part);
size_t hubctl_verdict_lanes(const struct hubctl_verdict *verdict);

/* verdict_sets.c. Adds marks to an input below the committed offset; what it had before (0 for any other). */
unsigned hubctl_verdict_mark(
        struct hubctl_verdict *verdict, int32_t partition, int64_t offset, unsigned marks);
void hubctl_verdict_finish_sets(struct hubctl_verdict *verdict);

/* verdict_slots.c */
void hubctl_verdict_session_changed(
        struct hubctl_verdict *verdict, int32_t partition, int64_t offset, const void *record);
void hubctl_verdict_finish_slots(struct hubctl_verdict *verdict);
void hubctl_verdict_free_slots(struct hubctl_verdict *verdict);

#endif
