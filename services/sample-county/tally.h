/* What the day was, counted from the topics alone: events, decisions, dead letters, the group's position. */
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

/* How a referral stands. */
enum tally_state {
	TALLY_ROUTED,
	TALLY_WAITING,
	TALLY_AUTHORISATION,
	TALLY_UNPLACED,
	TALLY_REFUSED,
	TALLY_ACCEPTED,
	TALLY_ARRIVED,
	TALLY_COMPLETED,
	TALLY_CANCELLED,
	TALLY_NO_SHOW,
	TALLY_OTHER,
	TALLY_STATES,
};

struct tally_slots {
	uint64_t sessions, open, held, used_referred, used_own, capacity;
	uint64_t wrong; /* sessions whose parts do not add up (REF-07): none */
};

struct tally {
	struct hub_arena *arena;
	struct hub_map *referrals;
	struct hub_map *sessions;
	struct tally_counts events;    /* by record */
	struct tally_counts decisions; /* by record */
	struct tally_counts refusals;  /* by reason and rule */
	struct tally_counts deadlines; /* timers that fired, by name */
	uint64_t referral_count;
	uint64_t answered;             /* first answers */
	uint64_t first_paths[TALLY_PATHS];
	uint64_t first_states[TALLY_STATES]; /* for those that were not routed at once */
	uint64_t last_paths[TALLY_PATHS];
	uint64_t last_states[TALLY_STATES];
	struct tally_slots slots;      /* of every session, and of those of the played day */
	struct tally_slots slots_today;
	struct hub_str longest_chain;  /* a referral id */
	uint32_t chain_length;         /* rejections and expiries in a row */
	uint64_t repeats;
	uint64_t dead_letters;
	int64_t lag;                   /* records not read by the router */
	int64_t first_ms, last_ms;     /* when events were appended, by the topic's timestamps */
	int64_t last_decision_ms;
	int64_t day_ms;                /* the latest occurred_at */
};

/* Reads everything; errors as the reader. */
int tally_take(struct tally *tally, const struct hub_kafka_properties *properties, const char *prefix,
	struct hub_error *reterr);
void tally_done(struct tally *tally);

#endif
