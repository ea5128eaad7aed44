/* What the day was, counted from the topics alone: events, decisions, the changelog's sessions, dead letters,
 * the group's position. */
#ifndef SAMPLE_COUNTY_TALLY_H
#define SAMPLE_COUNTY_TALLY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "kafka/properties.h"
#include "records/route_path.h"

enum { TALLY_NAMES = 64, TALLY_PATHS = HUB_ROUTE_PATH_HOME + 1 };

/* Numbers by name, in the order in which the names were met. */
struct tally_counts {
	struct {
		struct hub_str name;
		uint64_t count;
	} items[TALLY_NAMES];
	uint32_t count;
	uint64_t total;
};

/* How a referral was answered, or stands. */
enum tally_answer {
	TALLY_NOT_YET,
	TALLY_ROUTED, /* then there is a path */
	TALLY_WAITS_FOR_SLOT,
	TALLY_WAITS_FOR_AUTHORISATION,
	TALLY_UNPLACED,
	TALLY_REFUSED,
	TALLY_ANSWERS,
};

/* What became of it. */
enum tally_fate {
	TALLY_OPEN,
	TALLY_ACCEPTED,
	TALLY_ARRIVED,
	TALLY_COMPLETED,
	TALLY_CANCELLED,
	TALLY_NO_SHOW,
	TALLY_OTHER_END,
	TALLY_FATES,
};

struct tally_answers {
	uint64_t paths[TALLY_PATHS];
	uint64_t others[TALLY_ANSWERS];
};

struct tally_slots {
	uint64_t sessions, open, held, used_referred, used_own;
};

struct tally {
	struct hub_arena *arena;
	struct hub_map *referrals;
	struct hub_map *sessions;
	struct tally_counts events;    /* by record */
	struct tally_counts decisions; /* by record */
	struct tally_counts refusals;  /* by reason, with the rule */
	struct tally_counts deadlines; /* timers that fired, by name */
	struct tally_answers first, last;
	uint64_t fates[TALLY_FATES];
	struct tally_slots slots, slots_of_day; /* of every session; of those on the played day */
	struct hub_str chain_referral;
	uint32_t chain;   /* hospitals that refused or did not answer it, the most */
	uint64_t repeats; /* repeated events, answered by the present state */
	uint64_t dead_letters;
	int64_t lag; /* records that the router has not read */
	int64_t appended_first_ms, appended_last_ms;
	int64_t day_ms; /* the latest occurred_at of an event; 0: none */
};

/* Reads everything; errors as the reader. tally_done also after an error. */
int tally_take(struct tally *tally, const struct hub_kafka_properties *properties, const char *prefix,
        struct hub_error *reterr);
void tally_done(struct tally *tally);

#endif
