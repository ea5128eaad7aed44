/* The hot state as the gateway holds it: a row for each referral, session, bed board and foreign hold, as
 * schemas/hot-state.json describes them, whether it came from Redis or from the changelog. Pure.
 *
 * Every change of a row gets the next sequence number, and rows stand in a list by the number of their newest
 * change. So "what changed after 4711" is the tail of that list, with the newest value of each row: resuming,
 * conflating for a slow reader and fanning out are the same walk, and no reader has a queue. */
#ifndef DASHBOARD_GATEWAY_HOT_HOT_H
#define DASHBOARD_GATEWAY_HOT_HOT_H

#include "base/error.h"
#include "base/str.h"
#include "records/direction.h"
#include "records/need.h"
#include "records/urgency.h"

#include <stdbool.h>
#include <stdint.h>

struct gateway_hot;

enum gateway_kind {
	GATEWAY_REFERRAL,     /* "referral:<id>" */
	GATEWAY_SESSION,      /* "session:<org>:<id>" */
	GATEWAY_BEDS,         /* "beds:<org>:<kind>" */
	GATEWAY_FOREIGN_HOLD, /* "foreign_hold:<transfer id>" */
	GATEWAY_KINDS,
};

enum { GATEWAY_PARTIES = 4 /* from, to, asked; the county while it is UNPLACED */ };
enum { GATEWAY_NO_TIME = -1 }; /* of times in ms that are not known */

/* What all rows begin with. */
struct gateway_row {
	enum gateway_kind kind : 8;
	bool gone;     /* forgotten; kept a while, as it was, so that resumed readers hear of it */
	bool signpost; /* hot/recent.c's */
	int32_t partition;
	uint32_t place;                    /* hot.c's: in the list of its kind */
	struct hub_str key;                /* as in Redis, without the tag; owned by the row */
	uint64_t seq;                      /* of its newest change */
	struct gateway_row *older, *newer; /* by seq */
};

/* Strings are owned by the row or interned in the table; the empty slice: none. What walks over all rows ask for stands in the
 * first 256 bytes. */
struct gateway_referral {
	struct gateway_row row;
	int64_t due_at; /* times: ms or GATEWAY_NO_TIME */
	struct hub_str state /* hub.referral.ReferralStage or FinalState */, due, county_id;
	enum hub_direction direction; /* UNKNOWN of an ended one: its stub does not say */
	enum hub_urgency urgency;
	enum hub_need need;
	bool ended;
	struct hub_str from_org_id, to_org_id, waits_for, condition;
	struct hub_str asked_county_id, asked_org_id, referral_id;
	int64_t requested_at, accepted_at;
	int64_t arrived_at;
	int32_t attempt;
	uint32_t places[GATEWAY_PARTIES]; /* hot/parties.c's */
	struct hub_str path, consortium_id, specialty, session_id, exam_item, bed_kind;
	int64_t ended_at;
};

struct gateway_session {
	struct gateway_row row;
	struct hub_str phase, county_id, org_id, session_id, specialty, exam_item;
	enum hub_need need;
	bool expert;
	int64_t starts_at, ends_at;
	int32_t capacity, reserved, open, open_reserved, held, used_referred, used_own;
};

struct gateway_beds {
	struct gateway_row row;
	struct hub_str county_id, org_id, bed_kind;
	int64_t reported_at;
	int32_t total, reported_free, held, arrived, free;
};

struct gateway_foreign_hold {
	struct gateway_row row;
	struct hub_str phase, county_id, home_county_id, org_id, session_id, transfer_id, referral_id;
	bool bed_held;
	int64_t requested_at;
};

/* A field of a hash, as text. */
struct gateway_field {
	struct hub_str name, value;
};

/* tombstones: how many rows that are gone are kept for resuming readers. Never NULL (memory aborts). */
struct gateway_hot *gateway_hot_new(uint32_t tombstones);
void gateway_hot_free(struct gateway_hot *hot); /* accepts NULL */

/* The whole hash of key (without the tag), copied. Equal to what is there: nothing happens. Keys of other
 * kinds (fence, waiting, due) are passed over. HUB_E_INVALID: a value is not of its form; the row stays as it was. */
int gateway_hot_put(struct gateway_hot *hot, int32_t partition, struct hub_str key,
        const struct gateway_field *fields, uint32_t count, struct hub_error *reterr);
void gateway_hot_remove(struct gateway_hot *hot, struct hub_str key);
/* Every row of a partition that `keep` does not want goes (keep NULL: all): a snapshot was thrown away, or the rows
 * that a whole snapshot did not name. */
void gateway_hot_sweep(struct gateway_hot *hot, int32_t partition,
        bool (*keep)(void *user, const struct gateway_row *row), void *user);

/* NULL: not there (a row that is gone is not there). */
const struct gateway_row *gateway_hot_get(const struct gateway_hot *hot, struct hub_str key);
const struct gateway_referral *gateway_hot_referral(
        const struct gateway_hot *hot, struct hub_str referral_id);

/* Rows of a kind that are there, in no order: *at = 0 first; NULL at the end. Nothing may change meanwhile. */
const struct gateway_row *gateway_hot_each(const struct gateway_hot *hot, enum gateway_kind kind, size_t *at);
/* Referrals that are there with the organisation as sender, receiver or asked, each once, in no order: as gateway_hot_each. */
const struct gateway_referral *gateway_hot_each_of(
        const struct gateway_hot *hot, struct hub_str org_id, size_t *at);
/* A county's UNPLACED ones. */
const struct gateway_referral *gateway_hot_each_unplaced(
        const struct gateway_hot *hot, struct hub_str county_id, size_t *at);
uint32_t gateway_hot_count(const struct gateway_hot *hot, enum gateway_kind kind);

/* The newest sequence number; 0 before the first change. */
uint64_t gateway_hot_seq(const struct gateway_hot *hot);
/* Whether "changes after seq" can still be told whole: no tombstone younger than it was dropped, and it is not from the
 * future. */
bool gateway_hot_can_resume(const struct gateway_hot *hot, uint64_t seq);
/* The oldest row whose newest change is after seq, and so on by row->newer (rows that are gone among them); NULL: none. */
const struct gateway_row *gateway_hot_after(const struct gateway_hot *hot, uint64_t seq);

#endif
