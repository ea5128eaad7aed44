/* Slots, from the changelog: what a session says is held or booked has its holders among the referrals and bookings,
 * and nothing is negative. A session's capacity is the sum of its parts, so only SessionChanged can contradict it. */
#include "base/hash.h"
#include "hubctl/verdict_inside.h"
#include "records/bed_board.h"
#include "records/booking_state.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "records/session_changed.h"
#include "records/session_state.h"
#include "referral-router/board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_MAX = 600 };

void hubctl_verdict_session_changed(
        struct hubctl_verdict *verdict, int32_t partition, int64_t offset, const void *record)
{
	const struct hub_session_changed *s = record;
	bool negative = s->open < 0 || s->held < 0 || s->used_referred < 0 || s->used_own < 0;
	int64_t sum = (int64_t)s->open + s->held + s->used_referred + s->used_own;
	if (negative || sum != s->capacity)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SLOTS, verdict->topics.output[HUBCTL_DECISIONS],
		        partition, offset, -1,
		        "open %" PRId32 ", held %" PRId32 ", used %" PRId32 " and %" PRId32
		        " are not the capacity %" PRId32,
		        s->open, s->held, s->used_referred, s->used_own, s->capacity);
}

static struct session *session_of(struct hubctl_verdict *verdict, struct hub_str org, struct hub_str id)
{
	char text[KEY_MAX];
	if ((size_t)org.len + id.len + 1 > sizeof(text))
		return NULL;
	memcpy(text, org.data, org.len);
	text[org.len] = '/';
	memcpy(text + org.len + 1, id.data, id.len);
	struct hub_str key = { text, org.len + id.len + 1 };
	struct session *session = hub_map_get(verdict->sessions, key);
	if (session)
		return session;
	session = calloc(1, sizeof(*session) + key.len);
	if (!session)
		return NULL;
	char *copy = (char *)(session + 1);
	memcpy(copy, key.data, key.len);
	session->key = (struct hub_str){ copy, key.len };
	session->next = verdict->first_session;
	verdict->first_session = session;
	hub_map_put(verdict->sessions, session->key, session);
	return session;
}

static struct session *session_named(struct hubctl_verdict *verdict, struct hub_str key)
{
	/* "session:<org>:<id>": an organisation's id holds no colon. */
	struct hub_str rest = { key.data + 8, key.len - 8 };
	const char *colon = memchr(rest.data, ':', rest.len);
	if (!colon)
		return NULL;
	uint32_t org = (uint32_t)(colon - rest.data);
	return session_of(verdict, (struct hub_str){ rest.data, org },
	        (struct hub_str){ colon + 1, rest.len - org - 1 });
}

static void of_session(struct change *change, const struct hub_session_state *s)
{
	const struct hub_slot_counts *r = &s->reserved, *c = &s->common;
	change->exists = true;
	change->held = r->held + c->held;
	change->used_referred = r->used_referred + c->used_referred;
	change->used_own = r->used_own + c->used_own;
	change->negative = r->open < 0 || r->held < 0 || r->used_referred < 0 || r->used_own < 0 ||
	                   c->open < 0 || c->held < 0 || c->used_referred < 0 || c->used_own < 0;
}

/* A board is to its holders what a session is: "<org>/beds <kind>". */
static struct session *beds_of(struct hubctl_verdict *verdict, struct hub_str org, enum hub_bed_kind kind)
{
	char id[64];
	snprintf(id, sizeof(id), "beds %s", hub_bed_kind_name(kind));
	return session_of(verdict, org, hub_str_from(id));
}

/* "beds:<org>:<kind>" */
static struct session *beds_named(struct hubctl_verdict *verdict, struct hub_str key)
{
	struct hub_str rest = { key.data + 5, key.len - 5 };
	const char *colon = memchr(rest.data, ':', rest.len);
	if (!colon)
		return NULL;
	uint32_t org = (uint32_t)(colon - rest.data);
	char id[64];
	snprintf(id, sizeof(id), "beds %.*s", (int)(rest.len - org - 1), colon + 1);
	return session_of(verdict, (struct hub_str){ rest.data, org }, hub_str_from(id));
}

static void of_board(struct change *change, const struct hub_bed_board *board)
{
	change->exists = true;
	change->held = board->held;
	change->negative = board->held < 0 || board->free < 0;
}

/* False: the record says nothing about slots. A stub or a tombstone says that nothing is held any more. */
static bool change_of(struct hubctl_verdict *verdict, struct hub_str key, const struct hub_schema *schema,
        const void *record, struct change *change)
{
	bool referral = hub_str_starts_with(key, HUB_STR("referral:"));
	bool booking = hub_str_starts_with(key, HUB_STR("booking:"));
	bool foreign = hub_str_starts_with(key, HUB_STR("foreign_hold:"));
	if (referral || booking || foreign)
		change->holder = hub_hash(HUB_HASH_START, key);
	if (referral && schema == &hub_referral_state_schema) {
		const struct hub_referral_state *state = record;
		if (state->has_session_id && state->has_to_org_id) {
			change->session = session_of(verdict, state->to_org_id, state->session_id);
			change->holds = state->stage == HUB_REFERRAL_STAGE_ARRIVED ? HOLDS_USED : HOLDS_SLOT;
		} else if (state->bed_held && state->has_to_org_id) {
			change->session =
			        beds_of(verdict, state->to_org_id, referral_bed_kind(&state->referral));
			change->holds = HOLDS_SLOT;
		}
	} else if (booking && schema == &hub_booking_state_schema) {
		const struct hub_booking_state *state = record;
		change->session = session_of(verdict, state->org_id, state->session_id);
		change->holds = state->taken ? HOLDS_BOOKING : HOLDS_NOTHING;
	} else if (foreign && schema == &hub_foreign_hold_state_schema) {
		const struct hub_foreign_hold_state *hold = record;
		if (hold->has_session_id)
			change->session = session_of(verdict, hold->org_id, hold->session_id);
		else if (hold->bed_held)
			change->session = beds_of(verdict, hold->org_id, referral_bed_kind(&hold->referral));
		change->holds = change->session ? HOLDS_SLOT : HOLDS_NOTHING;
	} else if (hub_str_starts_with(key, HUB_STR("session:"))) {
		change->session = session_named(verdict, key);
		if (schema == &hub_session_state_schema)
			of_session(change, record);
		return change->session != NULL;
	} else if (hub_str_starts_with(key, HUB_STR("beds:"))) {
		change->session = beds_named(verdict, key);
		if (schema == &hub_bed_board_schema)
			of_board(change, record);
		return change->session != NULL;
	}
	return referral || booking || foreign;
}

static void count(struct session *session, enum holds holds, int by)
{
	if (holds == HOLDS_SLOT)
		session->holders += by;
	else if (holds == HOLDS_USED)
		session->arrived += by;
	else if (holds == HOLDS_BOOKING)
		session->booked += by;
}

/* A holder's value: the session's address and, in its lowest bits, what it holds there. */
static void apply_holder(struct hubctl_verdict *verdict, const struct change *change)
{
	bool is_new;
	uint64_t *value = hubctl_numbers_at(&verdict->holders, change->holder, &is_new);
	if (!value) {
		verdict->out_of_memory = true;
		return;
	}
	struct session *before = (struct session *)(uintptr_t)(*value & ~UINT64_C(7));
	if (before)
		count(before, (enum holds)(*value & 7), -1);
	*value = 0;
	if (change->session && change->holds != HOLDS_NOTHING) {
		count(change->session, change->holds, 1);
		*value = (uint64_t)(uintptr_t)change->session | (uint64_t)change->holds;
	}
}

static void apply(struct hubctl_verdict *verdict, int32_t partition, const struct change *change)
{
	struct session *session = change->session;
	if (change->holder) {
		apply_holder(verdict, change);
		return;
	}
	session->exists = change->exists;
	session->partition = partition;
	session->offset = change->offset;
	session->held = change->held;
	session->used_referred = change->used_referred;
	session->used_own = change->used_own;
	if (change->negative && !session->doubtful) {
		session->doubtful = true;
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SLOTS, verdict->topics.state, partition,
		        change->offset, partition, "session %.*s has a negative count",
		        HUB_STR_ARG(session->key));
	}
}

static void keep(struct hubctl_verdict *verdict, struct pending *pending, const struct change *change)
{
	if (pending->count == pending->room) {
		uint32_t room = pending->room ? pending->room * 2 : 64;
		struct change *changes = realloc(pending->changes, room * sizeof(*changes));
		if (!changes) {
			verdict->out_of_memory = true;
			return;
		}
		pending->changes = changes;
		pending->room = room;
	}
	pending->changes[pending->count++] = *change;
}

void hubctl_verdict_state(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        struct hub_str key, const struct hub_schema *schema, const void *record)
{
	struct pending *pending = &verdict->pending[partition];
	struct change change = { .offset = offset };
	if (hub_str_is(key, "position")) {
		for (uint32_t i = 0; i < pending->count; i++)
			apply(verdict, partition, &pending->changes[i]);
		pending->count = 0;
	} else if (change_of(verdict, key, schema, record, &change)) {
		keep(verdict, pending, &change);
	}
}

static void judge(struct hubctl_verdict *verdict, const struct session *s)
{
	const char *topic = verdict->topics.state;
	if (!s->exists && s->holders)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SLOTS, topic, s->partition, s->offset, s->partition,
		        "%" PRId64 " referrals hold a slot of session %.*s, which is not there", s->holders,
		        HUB_STR_ARG(s->key));
	if (!s->exists || s->doubtful)
		return;
	if (s->held != s->holders)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SLOTS, topic, s->partition, s->offset, s->partition,
		        "session %.*s says %" PRId32 " held, %" PRId64 " referrals hold one",
		        HUB_STR_ARG(s->key), s->held, s->holders);
	if (s->used_own != s->booked)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SLOTS, topic, s->partition, s->offset, s->partition,
		        "session %.*s says %" PRId32 " booked, %" PRId64 " bookings have one",
		        HUB_STR_ARG(s->key), s->used_own, s->booked);
	if (s->used_referred < s->arrived)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SLOTS, topic, s->partition, s->offset, s->partition,
		        "session %.*s says %" PRId32 " used, %" PRId64 " referrals use one",
		        HUB_STR_ARG(s->key), s->used_referred, s->arrived);
}

void hubctl_verdict_finish_slots(struct hubctl_verdict *verdict)
{
	for (const struct session *session = verdict->first_session; session; session = session->next)
		judge(verdict, session);
}

void hubctl_verdict_free_slots(struct hubctl_verdict *verdict)
{
	while (verdict->first_session) {
		struct session *session = verdict->first_session;
		verdict->first_session = session->next;
		free(session);
	}
	for (int32_t p = 0; verdict->pending && p < verdict->partitions; p++)
		free(verdict->pending[p].changes);
}
