#include "dashboard-gateway/view/overdue.h"

#include "base/calendar.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"

#include <stdio.h>

/* What deadlines follow from. */
struct clock {
	const struct gateway_hot *hot;
	const struct referral_policy *policy;
	int64_t now_ms;
};

static int64_t passed(int64_t due_at, int64_t now_ms)
{
	return due_at != GATEWAY_NO_TIME && due_at < now_ms ? due_at : GATEWAY_NO_TIME;
}

/* As the router reckoned it the first time, from what the row still shows: later ones of the same name are reminders. */
static int64_t first_completion(const struct gateway_referral *referral, const struct clock *clock)
{
	int64_t days = referral_policy_limits(clock->policy, referral->county_id)->completion_days;
	return referral->arrived_at == GATEWAY_NO_TIME ? GATEWAY_NO_TIME
	                                               : referral->arrived_at + days * HUB_DAY_MS;
}

/* accepted_at is the first acceptance: of use only while the first hospital has it. */
static bool accepted_once(const struct gateway_referral *referral)
{
	return referral->accepted_at != GATEWAY_NO_TIME && referral->attempt <= 1;
}

static int64_t first_confirmation(const struct gateway_referral *referral, const struct clock *clock)
{
	if (!accepted_once(referral))
		return GATEWAY_NO_TIME;
	return referral_deadline_working_days(clock->policy, referral->county_id, referral->accepted_at,
	        referral_policy_limits(clock->policy, referral->county_id)->return_confirm_working_days);
}

/* NULL: it holds no slot, or the session is another county's and not known here. */
static const struct gateway_session *session_of(
        const struct gateway_referral *referral, const struct gateway_hot *hot)
{
	enum { KEY_MAX = 300 };
	char key[KEY_MAX];
	int len = snprintf(key, sizeof(key), "session:%.*s:%.*s", HUB_STR_ARG(referral->to_org_id),
	        HUB_STR_ARG(referral->session_id));
	if (len < 0 || len >= KEY_MAX)
		return NULL;
	return (const struct gateway_session *)(const void *)gateway_hot_get(
	        hot, (struct hub_str){ key, (uint32_t)len });
}

/* The clock starts at the session's end, or at the acceptance where that is later. */
static int64_t first_arrival(const struct gateway_referral *referral, const struct clock *clock)
{
	int64_t hours = referral_policy_limits(clock->policy, referral->county_id)->arrival_hours;
	int64_t from_ms = referral->accepted_at;
	if (!accepted_once(referral) || from_ms + hours * HUB_HOUR_MS >= clock->now_ms)
		return GATEWAY_NO_TIME;
	const struct gateway_session *session =
	        referral->session_id.len ? session_of(referral, clock->hot) : NULL;
	if (referral->session_id.len && !session)
		return GATEWAY_NO_TIME;
	if (session && session->ends_at > from_ms)
		from_ms = session->ends_at;
	return from_ms + hours * HUB_HOUR_MS;
}

/* It is set when the sender's time has run out, and returns the referral when the grace has, too. For ROUTINE the grace is working
 * time: over days off it began longer ago than the clock says. */
static int64_t reminded_of_supplement(const struct gateway_referral *referral, const struct clock *clock)
{
	int64_t minutes =
	        referral_policy_limits(clock->policy, referral->county_id)->supplement_grace_minutes;
	int64_t since = referral->due_at - minutes * HUB_MINUTE_MS;
	return since < clock->now_ms ? since : referral->requested_at;
}

/* Notices are for those who wait; to somebody who has the patient, or was asked for more, they begin when a deadline passed. */
static int64_t notice_of(const struct gateway_referral *referral)
{
	if (hub_str_eq(referral->state, HUB_STR("SUPPLEMENTING")))
		return referral->requested_at;
	if (hub_str_eq(referral->state, HUB_STR("ACCEPTED")))
		return referral->accepted_at;
	return hub_str_eq(referral->state, HUB_STR("ARRIVED")) ? referral->arrived_at : GATEWAY_NO_TIME;
}

/* The timers that are somebody's deadline, and when the first one was, where the present one may be a reminder. */
static const struct deadline {
	struct hub_str due;
	int64_t (*first)(
	        const struct gateway_referral *referral, const struct clock *clock); /* may be NULL */
} deadlines[] = {
	{ { REFERRAL_DUE_ANSWER, sizeof(REFERRAL_DUE_ANSWER) - 1 }, NULL },
	{ { REFERRAL_DUE_SUPPLEMENT_REMIND, sizeof(REFERRAL_DUE_SUPPLEMENT_REMIND) - 1 }, NULL },
	{ { REFERRAL_DUE_ARRIVAL, sizeof(REFERRAL_DUE_ARRIVAL) - 1 }, first_arrival },
	{ { REFERRAL_DUE_COMPLETION, sizeof(REFERRAL_DUE_COMPLETION) - 1 }, first_completion },
	{ { REFERRAL_DUE_RETURN, sizeof(REFERRAL_DUE_RETURN) - 1 }, first_confirmation },
	{ { REFERRAL_DUE_SUPPLEMENT_RETURN, sizeof(REFERRAL_DUE_SUPPLEMENT_RETURN) - 1 },
	        reminded_of_supplement },
};

int64_t gateway_overdue_since(const struct gateway_referral *referral, const struct gateway_hot *hot,
        const struct referral_policy *policy, int64_t now_ms)
{
	const struct clock clock = { hot, policy, now_ms };
	if (referral->ended || !referral->due.len)
		return GATEWAY_NO_TIME;
	if (hub_str_eq(referral->due, HUB_STR(REFERRAL_DUE_NOTICE)))
		return notice_of(referral);
	for (size_t i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++) {
		if (!hub_str_eq(referral->due, deadlines[i].due))
			continue;
		int64_t first =
		        policy && deadlines[i].first ? deadlines[i].first(referral, &clock) : GATEWAY_NO_TIME;
		int64_t since = passed(first, now_ms);
		return since != GATEWAY_NO_TIME ? since : passed(referral->due_at, now_ms);
	}
	return GATEWAY_NO_TIME;
}
