/* What `hubctl audit` concludes, from records alone. It is fed with the input, the decisions, the dead letters and
 * the changelog, topics and partitions interleaved as they come, each partition in its order, and says which records
 * are in doubt:
 *
 * - each input below the committed offset has one whole decision set, or one dead letter (I-1);
 * - sets are not torn, doubled, or in another order than their inputs; no timer has fired twice;
 * - a referral ends once (I-5); slots add up, and each held or booked one has its holder (I-4).
 *
 * Memory: half a byte an input, 16 to 32 bytes a referral that ended or holds a slot, a timer or a booking, some
 * hundred a session, as many a set of which a part is said to another county. Pure. */
#ifndef HUBCTL_VERDICT_H
#define HUBCTL_VERDICT_H

#include "base/arena.h"
#include "wire/schema.h"

enum hubctl_doubt {
	HUBCTL_DOUBT_LOST,
	HUBCTL_DOUBT_DOUBLED,
	HUBCTL_DOUBT_TORN,
	HUBCTL_DOUBT_ORDER,
	HUBCTL_DOUBT_TIMER,
	HUBCTL_DOUBT_SOURCE,
	HUBCTL_DOUBT_ENDED,
	HUBCTL_DOUBT_SLOTS,
	HUBCTL_DOUBT_POSITION,
	HUBCTL_DOUBTS,
};

/* "lost", ...; and what it means, for a person. Static. */
const char *hubctl_doubt_name(enum hubctl_doubt doubt);
const char *hubctl_doubt_meaning(enum hubctl_doubt doubt);

/* One record in doubt. */
struct hubctl_doubtful {
	enum hubctl_doubt doubt;
	const char *topic;
	int32_t partition;
	int64_t offset; /* -1: no record, the partition as a whole */
	struct hub_str why;
};

/* What is known of a partition before anything is read; then what was found. Inputs are events: what counties say to
 * each other is held to be whole, in order and not doubled, but needs no answer. */
struct hubctl_audited {
	int64_t low;       /* first offset that the log still has */
	int64_t committed; /* next offset, asked before the decisions' ends: everything below it is decided */
	int64_t transfers; /* the same of what counties say to each other */
	int64_t seq;       /* number of the transaction that committed it; -1: unknown */
	uint64_t inputs, decided, dead, timers, waiting, doubts;
};

/* What the daemon's decisions lie in. */
enum hubctl_verdict_output { HUBCTL_DECISIONS, HUBCTL_TRANSFERS, HUBCTL_OUTPUTS };

/* Names are borrowed for as long as the verdict lives. */
struct hubctl_verdict_topics {
	const char *input, *transfers; /* inputs, as decided_from writes them: with the prefix */
	const char *output[HUBCTL_OUTPUTS], *dead_letters, *state;
	int32_t outputs; /* partitions of each output */
	bool output_cut; /* retention has taken its beginning: what was decided then cannot be told */
};

struct hubctl_verdict;

/* audited: partitions of them, filled as above, the caller's, kept up to date. Of the doubtful records the first
 * keep are kept, in arena; all are counted. NULL: out of memory. */
struct hubctl_verdict *hubctl_verdict_new(const struct hubctl_verdict_topics *topics,
        struct hubctl_audited *audited, int32_t partitions, uint32_t keep, struct hub_arena *arena);
void hubctl_verdict_free(struct hubctl_verdict *verdict); /* accepts NULL */

/* One record each, as read (read_committed). schema NULL: it could not be decoded. */
void hubctl_verdict_input(struct hubctl_verdict *verdict, int32_t partition, int64_t offset);
void hubctl_verdict_decision(struct hubctl_verdict *verdict, enum hubctl_verdict_output output,
        int32_t partition, int64_t offset, const struct hub_schema *schema, const void *record);
/* from: as its headers name the input. */
void hubctl_verdict_dead_letter(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        struct hub_str from_topic, int32_t from_partition, int64_t from_offset);
/* What a transaction changed is taken up with its position, so that the state is judged as of a transaction. schema
 * NULL: a tombstone. */
void hubctl_verdict_state(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        struct hub_str key, const struct hub_schema *schema, const void *record);

/* A doubt of the caller's (HUBCTL_DOUBT_POSITION); why is copied. */
void hubctl_verdict_doubt(struct hubctl_verdict *verdict, enum hubctl_doubt doubt, const char *topic,
        int32_t partition, int64_t offset, int32_t input_partition, struct hub_str why);

/* After the last record: what is missing. False: memory ran out on the way, and there is no verdict. */
bool hubctl_verdict_finish(struct hubctl_verdict *verdict);

/* What was found. */
uint64_t hubctl_verdict_count(const struct hubctl_verdict *verdict, enum hubctl_doubt doubt);
const struct hubctl_doubtful *hubctl_verdict_doubtful(
        const struct hubctl_verdict *verdict, uint32_t *ret_count);

struct hubctl_verdict_sums {
	uint64_t ended;    /* referrals */
	uint64_t sessions; /* in the state */
	uint64_t held, used, booked;
};
struct hubctl_verdict_sums hubctl_verdict_sums(const struct hubctl_verdict *verdict);

#endif
