#include "hubctl/whatif_count.h"

#include "base/map.h"
#include "records/decision_head.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"

#include <stdlib.h>

static const size_t memory_max = (size_t)4 << 30;

enum standing { WAITS, PLACED, NOBODY };

struct referral {
	struct referral *next;
	int64_t first_ms, placed_ms;
	enum standing standing; /* the last that was said */
	bool ever_placed, at_once, ended, outside;
	uint8_t path;
	struct hub_str id;
};

struct session {
	struct session *next;
	int64_t ended_ms; /* 0: not yet */
	int32_t slots, used_referred, used_own, unused;
	struct hub_str key;
};

struct hubctl_count {
	struct hub_arena *arena;
	struct hub_map *referrals, *sessions; /* by id; by "<org>:<id>" */
	struct referral *first_referral;
	struct session *first_session;
	int64_t from_ms, to_ms;
	struct hub_str county;
	bool (*outside)(void *user, struct hub_str org_id, struct hub_str county_id);
	void *user;
	struct hubctl_totals totals; /* what is counted as it comes */
};

struct hubctl_count *hubctl_count_new(int64_t from_ms, int64_t to_ms, struct hub_str county,
        bool (*outside)(void *user, struct hub_str org_id, struct hub_str county_id), void *user)
{
	struct hubctl_count *count = calloc(1, sizeof(*count));
	if (!count)
		return NULL;
	*count = (struct hubctl_count){ .arena = hub_arena_new(memory_max),
		.referrals = hub_map_new(),
		.sessions = hub_map_new(),
		.from_ms = from_ms,
		.to_ms = to_ms,
		.county = county,
		.outside = outside,
		.user = user };
	if (count->arena)
		return count;
	hubctl_count_free(count);
	return NULL;
}

void hubctl_count_free(struct hubctl_count *count)
{
	if (!count)
		return;
	hub_map_free(count->referrals);
	hub_map_free(count->sessions);
	hub_arena_free(count->arena);
	free(count);
}

static struct referral *referral_of(
        struct hubctl_count *count, const struct hub_decision_head *head, struct hub_str id)
{
	struct referral *referral = hub_map_get(count->referrals, id);
	if (referral)
		return referral;
	referral = hub_arena_alloc(count->arena, sizeof(*referral));
	if (!referral)
		return NULL;
	referral->id = hub_arena_copy(count->arena, id);
	referral->first_ms = head->occurred_at;
	referral->next = count->first_referral;
	count->first_referral = referral;
	hub_map_put(count->referrals, referral->id, referral);
	return referral;
}

static void take_routed(struct hubctl_count *count, const struct hub_referral_routed *routed)
{
	bool fresh = !hub_map_get(count->referrals, routed->referral_id);
	struct referral *referral = referral_of(count, &routed->head, routed->referral_id);
	if (!referral)
		return;
	if (!referral->ever_placed) {
		referral->placed_ms = routed->head.occurred_at;
		referral->at_once = fresh;
	}
	referral->ever_placed = true;
	referral->standing = PLACED;
	referral->path = (uint8_t)routed->path;
	referral->outside = count->outside(count->user, routed->to_org_id, routed->head.county_id);
}

static void take_standing(struct hubctl_count *count, const struct hub_decision_head *head,
        struct hub_str referral_id, enum standing standing)
{
	struct referral *referral = referral_of(count, head, referral_id);
	if (referral)
		referral->standing = standing;
}

static void take_refused(struct hubctl_count *count, const struct hub_referral_event_refused *refused)
{
	struct hubctl_totals *totals = &count->totals;
	uint32_t i = 0;
	totals->events_refused++;
	while (i < totals->reason_count && !hub_str_eq(totals->reasons[i].code, refused->reason_code))
		i++;
	if (i == HUBCTL_REASONS)
		return;
	if (i == totals->reason_count)
		totals->reasons[totals->reason_count++].code =
		        hub_arena_copy(count->arena, refused->reason_code);
	totals->reasons[i].count++;
}

static struct session *session_of(struct hubctl_count *count, const struct hub_session_changed *changed)
{
	char bytes[512];
	size_t org = changed->org_id.len, id = changed->session_id.len;
	if (org + id + 1 > sizeof(bytes))
		return NULL;
	memcpy(bytes, changed->org_id.data, org);
	bytes[org] = ':';
	memcpy(bytes + org + 1, changed->session_id.data, id);
	struct hub_str key = { bytes, (uint32_t)(org + 1 + id) };
	struct session *session = hub_map_get(count->sessions, key);
	if (session)
		return session;
	session = hub_arena_alloc(count->arena, sizeof(*session));
	if (!session)
		return NULL;
	session->key = hub_arena_copy(count->arena, key);
	session->next = count->first_session;
	count->first_session = session;
	hub_map_put(count->sessions, session->key, session);
	return session;
}

/* What was open when a session is over is unused (KPI-05); who arrives later still counts as a use. */
static void take_session(struct hubctl_count *count, const struct hub_session_changed *changed)
{
	struct session *session =
	        changed->org_id.len && changed->session_id.len ? session_of(count, changed) : NULL;
	if (!session)
		return;
	session->slots = changed->capacity;
	session->used_referred = changed->used_referred;
	session->used_own = changed->used_own;
	if (changed->cause == HUB_SESSION_CAUSE_ENDED) {
		session->ended_ms = changed->head.occurred_at;
		session->unused = changed->open;
	}
}

void hubctl_count_take(struct hubctl_count *count, const struct hub_schema *schema, const void *record)
{
	const struct hub_decision_head *head = record;
	if (head->has_repeat_of || head->occurred_at >= count->to_ms ||
	        (count->county.len && !hub_str_eq(count->county, head->county_id)))
		return;
	bool in_time = head->occurred_at >= count->from_ms;
	if (schema == &hub_referral_routed_schema) {
		take_routed(count, record);
	} else if (schema == &hub_referral_waitlisted_schema) {
		take_standing(
		        count, head, ((const struct hub_referral_waitlisted *)record)->referral_id, WAITS);
	} else if (schema == &hub_referral_unplaced_schema) {
		take_standing(
		        count, head, ((const struct hub_referral_unplaced *)record)->referral_id, NOBODY);
	} else if (schema == &hub_referral_closed_schema) {
		struct referral *referral =
		        referral_of(count, head, ((const struct hub_referral_closed *)record)->referral_id);
		if (referral)
			referral->ended = true;
	} else if (schema == &hub_session_changed_schema) {
		take_session(count, record);
	} else if (schema == &hub_referral_event_refused_schema && in_time) {
		take_refused(count, record);
	} else if (schema == &hub_referral_expired_schema && in_time) {
		count->totals.expired++;
	}
}

static void add_referral(const struct referral *referral, struct hubctl_totals *totals, int64_t *waits)
{
	totals->requested++;
	if (referral->ever_placed) {
		waits[totals->placed++] = referral->placed_ms - referral->first_ms;
		totals->by_path[referral->path < HUBCTL_PATHS ? referral->path : 0]++;
		totals->at_once += referral->at_once;
		totals->left_county += referral->outside;
	} else if (referral->ended) {
		totals->not_placed++;
	} else if (referral->standing == NOBODY) {
		totals->unplaced++;
	} else {
		totals->waiting++;
	}
}

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int by_count(const void *a, const void *b)
{
	const struct {
		struct hub_str code;
		int64_t count;
	} *x = a, *y = b;
	return x->count != y->count ? (x->count < y->count ? 1 : -1) : hub_str_cmp(x->code, y->code);
}

static void add_sessions(const struct hubctl_count *count, struct hubctl_totals *totals)
{
	for (const struct session *s = count->first_session; s; s = s->next) {
		if (s->ended_ms < count->from_ms || s->ended_ms == 0)
			continue;
		totals->sessions++;
		totals->slots += s->slots;
		totals->slots_used_referred += s->used_referred;
		totals->slots_used_own += s->used_own;
		totals->slots_unused += s->unused;
	}
}

bool hubctl_count_totals(struct hubctl_count *count, struct hubctl_totals *ret)
{
	*ret = count->totals;
	int64_t *waits = malloc((hub_map_count(count->referrals) + 1) * sizeof(*waits));
	if (!waits || hub_arena_exhausted(count->arena)) {
		free(waits);
		return false;
	}
	for (const struct referral *r = count->first_referral; r; r = r->next)
		if (r->first_ms >= count->from_ms)
			add_referral(r, ret, waits);
	if (ret->placed) {
		size_t n = (size_t)ret->placed;
		qsort(waits, n, sizeof(*waits), by_length);
		ret->wait_median_ms = waits[(n + 1) / 2 - 1];
		ret->wait_p90_ms = waits[(n * 9 + 9) / 10 - 1];
		ret->wait_longest_ms = waits[n - 1];
	}
	if (ret->reason_count)
		qsort(ret->reasons, ret->reason_count, sizeof(ret->reasons[0]), by_count);
	add_sessions(count, ret);
	free(waits);
	return true;
}
