/* The world of one step: the table of the partition, the policy of the day, and what the step says. Typed
 * loads and puts over the table, and the walks over its indexes.
 *
 * A loaded record is a copy in the step's arena: change it, put it, and hold no copy across a call that may
 * change the same entity. Keys and indexes are listed in world_index.c. Everything here lives as long as the
 * step's arena. */
#ifndef REFERRAL_ROUTER_WORLD_H
#define REFERRAL_ROUTER_WORLD_H

#include "effects/effects.h"
#include "records/bed_board.h"
#include "records/booking_state.h"
#include "records/event_head.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/said.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "table/table.h"

#include "referral-router/machine.h"
#include "referral-router/policy.h"

struct referral_world {
	struct hub_table *table;
	const struct referral_policy *policy;
	struct hub_effects *out;
	int64_t now_ms;

	/* The event that is decided; all empty when a timer fires. */
	const struct hub_event_head *cause;
	struct hub_str own_key; /* state key of the entity that the event is about */
	bool has_said;
	struct hub_said said; /* what it said about its own referral (REF-10) */
	bool answered;        /* some decision has answered it */

	size_t bytes_read; /* of the records that the step has loaded */
};

/* Whether the step may take up one more entity: what it does stays bounded (I-6), the rest goes on by timer.
 * A decision and a state record are hardly larger than what was read for them. */
enum { REFERRAL_STEP_BYTES = 2 * 1024 * 1024, REFERRAL_STEP_OUTPUTS = 600 };
static inline bool referral_world_may_go_on(const struct referral_world *world)
{
	return world->bytes_read < REFERRAL_STEP_BYTES && world->out->count < REFERRAL_STEP_OUTPUTS;
}

/* An index key, built on the stack: components that are compared for equality (the group), then those that
 * order. */
struct referral_index_key {
	uint32_t len;
	uint32_t group_len;
	char bytes[640];
};

/* What orders it within its group. */
static inline struct hub_str referral_world_order(const struct referral_index_key *key)
{
	return (struct hub_str){ key->bytes + key->group_len, key->len - key->group_len };
}

/* Keys of state records. */
struct hub_str referral_world_referral_key(struct referral_world *world, struct hub_str referral_id);
struct hub_str referral_world_session_key(
        struct referral_world *world, struct hub_str org_id, struct hub_str session_id);
struct hub_str referral_world_beds_key(
        struct referral_world *world, struct hub_str org_id, enum hub_bed_kind kind);

/* Whether there is anything under a state key. */
bool referral_world_has(const struct referral_world *world, struct hub_str key);

/* The record under a state key when it is of that type; NULL otherwise. */
void *referral_world_at(struct referral_world *world, struct hub_str key, const struct hub_schema *schema);

/* NULL: absent, or ended (for the first), or not ended (for the second). */
struct hub_referral_state *referral_world_referral(struct referral_world *world, struct hub_str referral_id);
struct hub_referral_stub *referral_world_stub(struct referral_world *world, struct hub_str referral_id);
struct hub_session_state *referral_world_session(
        struct referral_world *world, struct hub_str org_id, struct hub_str session_id);
struct hub_bed_board *referral_world_beds(
        struct referral_world *world, struct hub_str org_id, enum hub_bed_kind kind);
struct hub_booking_state *referral_world_booking(struct referral_world *world, struct hub_str org_id,
        struct hub_str session_id, struct hub_str booking_id);

struct hub_foreign_hold_state *referral_world_foreign(
        struct referral_world *world, struct hub_str transfer_id);

/* Put: a record that breaks a limit makes the event a dead letter TOO_LARGE. */
void referral_world_put_referral(struct referral_world *world, const struct hub_referral_state *referral);
void referral_world_put_stub(
        struct referral_world *world, struct hub_str referral_id, const struct hub_referral_stub *stub);
void referral_world_put_session(struct referral_world *world, const struct hub_session_state *session);
void referral_world_put_beds(struct referral_world *world, const struct hub_bed_board *board);
void referral_world_put_booking(struct referral_world *world, const struct hub_booking_state *booking);
void referral_world_put_waiting(struct referral_world *world, const struct hub_waiting_state *waiting);
void referral_world_remove_waiting(struct referral_world *world, const struct hub_referral_state *referral);
void referral_world_put_foreign(struct referral_world *world, const struct hub_foreign_hold_state *hold);
void referral_world_remove_foreign(struct referral_world *world, const struct hub_foreign_hold_state *hold);
void referral_world_remove(struct referral_world *world, struct hub_str key);

/* The one function that moves a referral: by a row of referral.def, or it is a broken
 * promise. */
void referral_world_move(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event);

/* Whether the hospital has ever had a session for specialty and need; and the note that it has. */
bool referral_world_offers(
        struct referral_world *world, struct hub_str org_id, struct hub_str specialty, enum hub_need need);
void referral_world_note_offer(
        struct referral_world *world, struct hub_str org_id, struct hub_str specialty, enum hub_need need);

/* Whether text may stand between the colons of a state key. */
bool referral_world_is_code(struct hub_str text);

/* The name of the waiting list's last part: the exam item, or "-"; for a bed its kind. */
struct hub_str referral_world_item(bool has_item, struct hub_str item);
struct hub_str referral_world_list_item(const struct hub_referral *asked);

/* Sessions of the hospital with an open slot, not before starts_ms: by start, non-experts first, session_id.
 * NULL: none; the ones after it: hub_table_next. So for every walk below. */
const struct hub_sorted_node *referral_world_first_session(struct referral_world *world,
        struct hub_str org_id, const struct hub_referral *referral, int64_t starts_ms);

/* The waiting list of a session's specialty, need and item in its order; after: the place reached (may be
 * empty). */
const struct hub_sorted_node *referral_world_first_waiter(
        struct referral_world *world, const struct hub_session_state *session, struct hub_str after);

/* Who waits for a bed of that kind in the county, of all specialties, in waiting order; after: as above. */
const struct hub_sorted_node *referral_world_first_bed_waiter(
        struct referral_world *world, const struct hub_bed_board *board, struct hub_str after);

/* The place of a referral on its waiting list: the order of the keys is the waiting order. */
void referral_world_waiting_place(
        const struct hub_waiting_state *waiting, struct referral_index_key *ret_key);

/* The list in which a waiting referral is served, from its head: for a bed that of its kind. */
const struct hub_sorted_node *referral_world_list_head(
        struct referral_world *world, const struct hub_waiting_state *waiting);

/* The first in waiting order of those who hold a slot of the session; unanswered: only of those whom the
 * hospital has not answered. */
const struct hub_sorted_node *referral_world_first_holder(
        struct referral_world *world, const struct hub_session_state *session, bool unanswered);

const struct hub_sorted_node *referral_world_first_booking(
        struct referral_world *world, const struct hub_session_state *session);

/* The first active referral of the same patient, direction, specialty and need in the county (REF-14). */
const struct hub_sorted_node *referral_world_first_same(
        struct referral_world *world, struct hub_str county_id, const struct hub_referral *referral);

/* Another county's, where it stands among waiters and holders; NULL: it is one of ours. */
struct hub_foreign_hold_state *referral_world_foreign_at(
        struct referral_world *world, const struct hub_sorted_node *node);

/* The referral (session) to which an index entry belongs; NULL when the entry is NULL. */
struct hub_referral_state *referral_world_referral_at(
        struct referral_world *world, const struct hub_sorted_node *node);
struct hub_session_state *referral_world_session_at(
        struct referral_world *world, const struct hub_sorted_node *node);

/* State record types and their indexes: hub_core.table. */
extern const struct hub_table_spec referral_world_table;

#endif
