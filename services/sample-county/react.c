/* What people do when they hear from the hub. Shares are permille. */
#include "base/calendar.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_progressed.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"
#include "sample-county/day.h"
#include "sample-county/draw.h"

#include <stdio.h>

static const int64_t minute = HUB_MINUTE_MS;

/* One reaction in the making. */
struct reaction {
	struct sample_day *day;
	struct sample_referral *referral;
	int64_t at_ms;    /* of the decision */
	int64_t floor_ms; /* nobody acts before */
};

/* from..to minutes after the decision, or from base_ms on. */
static void later(const struct reaction *r, enum sample_deed deed, const char *what, int64_t from, int64_t to)
{
	const struct sample_referral *referral = r->referral;
	int64_t at = r->at_ms + sample_between(r->day->seed, what, referral->id, (uint32_t)referral->attempt,
	                                from * minute, to * minute);
	sample_agenda_add(
	        &r->day->agenda, at > r->floor_ms ? at : r->floor_ms, deed, r->referral, referral->attempt);
}

static bool chance(const struct reaction *r, const char *what, uint32_t permille)
{
	return sample_chance(r->day->seed, what, r->referral->id, (uint32_t)r->referral->attempt, permille);
}

/* How a hospital answers: some specialties are short of doctors and say no more often. */
static uint32_t rejects_permille(const struct sample_referral *referral)
{
	struct hub_str specialty = hub_str_from(referral->demand->specialty);
	if (referral->urgency == HUB_URGENCY_EMERGENCY)
		return 20;
	if (hub_str_is(specialty, "15") || hub_str_is(specialty, "50.11"))
		return 350;
	return hub_str_is(specialty, "04.03") ? 220 : 90;
}

static struct sample_session *find_session(
        const struct sample_day *day, struct hub_str org_id, struct hub_str session_id)
{
	char key[512];
	int n = snprintf(key, sizeof(key), "%.*s/%.*s", HUB_STR_ARG(org_id), HUB_STR_ARG(session_id));
	return hub_map_get(day->sessions, (struct hub_str){ key, (uint32_t)n });
}

static void on_routed(const struct reaction *r, const struct hub_referral_routed *routed)
{
	struct sample_referral *referral = r->referral;
	referral->stage = SAMPLE_ROUTED;
	referral->to_org_id = hub_arena_copy(r->day->arena, routed->to_org_id);
	referral->attempt = routed->attempt;
	referral->has_session = routed->has_session_id;
	referral->starts_ms = routed->has_starts_at ? routed->starts_at : 0;
	referral->ends_ms = routed->has_ends_at ? routed->ends_at : 0;
	struct sample_session *session = find_session(r->day, routed->to_org_id, routed->session_id);
	if (session)
		session->free--; /* the desk sees the patient on its list */
	uint32_t silent = referral->urgency == HUB_URGENCY_ROUTINE ? 10 : 35;
	bool emergency = referral->urgency == HUB_URGENCY_EMERGENCY;
	if (chance(r, "strange answer", 3))
		later(r, SAMPLE_ACCEPT_AS_STRANGER, "strange answer", 1, 2);
	if (chance(r, "ask", 12))
		later(r, SAMPLE_ASK, "ask", 1, 2);
	if (chance(r, "silent", silent))
		return;
	if (chance(r, "reject", rejects_permille(referral)))
		later(r, SAMPLE_REJECT, "answer", 1, emergency ? 4 : 40);
	else
		later(r, SAMPLE_ACCEPT, "answer", 1, emergency ? 5 : 35);
}

static void on_accepted(const struct reaction *r)
{
	struct sample_referral *referral = r->referral;
	referral->stage = SAMPLE_ACCEPTED;
	if (chance(r, "twice", 4))
		later(r, SAMPLE_ACCEPT_TWICE, "twice", 1, 5);
	if (chance(r, "cancel", 30)) {
		later(r, SAMPLE_CANCEL, "cancel", 10, 90);
		return;
	}
	if (referral->demand->sender == SAMPLE_SENDER_DOWN) {
		if (chance(r, "confirm", 900))
			later(r, SAMPLE_CONFIRM, "confirm", 60, 240);
		return;
	}
	if (referral->urgency == HUB_URGENCY_EMERGENCY || !referral->has_session) {
		bool emergency = referral->urgency == HUB_URGENCY_EMERGENCY;
		later(r, SAMPLE_ARRIVE, "arrive", emergency ? 12 : 60, emergency ? 55 : 240);
		return;
	}
	struct reaction session = *r;
	if (chance(r, "no-show", 55)) {
		session.at_ms = referral->ends_ms;
		later(&session, SAMPLE_NO_SHOW, "no-show", 5, 30);
		return;
	}
	/* Patients come when the session has begun, in time for its end if they can. */
	int64_t ready = r->at_ms + 25 * minute;
	session.at_ms = ready > referral->starts_ms ? ready : referral->starts_ms;
	int64_t left = (referral->ends_ms - session.at_ms) / minute - 5;
	later(&session, SAMPLE_ARRIVE, "arrive", 0, left > 0 ? left : 5);
}

static void on_progressed(const struct reaction *r, const struct hub_referral_progressed *progressed)
{
	struct sample_referral *referral = r->referral;
	if (progressed->state == HUB_REFERRAL_STAGE_ACCEPTED && referral->stage == SAMPLE_ROUTED) {
		on_accepted(r);
	} else if (progressed->state == HUB_REFERRAL_STAGE_SUPPLEMENTING) {
		if (chance(r, "supplement", 900))
			later(r, SAMPLE_SUPPLEMENT, "supplement", 5, 40);
	} else if (progressed->state == HUB_REFERRAL_STAGE_ARRIVED && referral->stage < SAMPLE_ARRIVED) {
		referral->stage = SAMPLE_ARRIVED;
		later(r, SAMPLE_COMPLETE, "complete", 15, referral->has_session ? 70 : 150);
	}
}

static void on_waitlisted(const struct reaction *r, const struct hub_referral_waitlisted *waits)
{
	r->referral->stage = SAMPLE_WAITING;
	if (waits->waits_for == HUB_WAITS_FOR_AUTHORISATION && chance(r, "authorise", 250))
		later(r, SAMPLE_AUTHORISE, "authorise", 20, 120);
	else if (chance(r, "give up", 120))
		later(r, SAMPLE_CANCEL, "give up", 90, 300);
}

static void on_closed(const struct reaction *r)
{
	r->referral->stage = SAMPLE_ENDED;
	if (r->referral->to_org_id.len && chance(r, "ended", 4))
		later(r, SAMPLE_ACCEPT_ENDED, "ended", 2, 30);
}

/* The referral that a decision is about; empty for sessions. */
static struct hub_str about(const struct hub_schema *schema, const void *decision)
{
	if (schema == &hub_referral_routed_schema)
		return ((const struct hub_referral_routed *)decision)->referral_id;
	if (schema == &hub_referral_progressed_schema)
		return ((const struct hub_referral_progressed *)decision)->referral_id;
	if (schema == &hub_referral_waitlisted_schema)
		return ((const struct hub_referral_waitlisted *)decision)->referral_id;
	if (schema == &hub_referral_unplaced_schema)
		return ((const struct hub_referral_unplaced *)decision)->referral_id;
	if (schema == &hub_referral_closed_schema)
		return ((const struct hub_referral_closed *)decision)->referral_id;
	if (schema == &hub_referral_event_refused_schema)
		return ((const struct hub_referral_event_refused *)decision)->referral_id;
	return (struct hub_str){ 0 };
}

static void on_session(struct sample_day *day, const struct hub_session_changed *changed)
{
	struct sample_session *session = find_session(day, changed->org_id, changed->session_id);
	if (session)
		session->free = changed->open - changed->reserved;
}

void sample_day_react(
        struct sample_day *day, const struct hub_schema *schema, const void *decision, int64_t floor_ms)
{
	if (schema == &hub_session_changed_schema) {
		on_session(day, decision);
		return;
	}
	const struct hub_decision_head *head = decision;
	struct reaction r = { day, hub_map_get(day->referrals, about(schema, decision)), head->occurred_at,
		floor_ms };
	if (!r.referral || head->has_repeat_of)
		return;
	if (schema == &hub_referral_routed_schema)
		on_routed(&r, decision);
	else if (schema == &hub_referral_progressed_schema)
		on_progressed(&r, decision);
	else if (schema == &hub_referral_waitlisted_schema)
		on_waitlisted(&r, decision);
	else if (schema == &hub_referral_closed_schema)
		on_closed(&r);
	else if (schema == &hub_referral_unplaced_schema)
		r.referral->stage = SAMPLE_UNPLACED;
	else if (schema == &hub_referral_event_refused_schema && r.referral->stage == SAMPLE_SENT)
		r.referral->stage = SAMPLE_ENDED; /* its request was refused: there is no such referral */
}
