#include "referral-router/deadlines.h"

#include "base/calendar.h"

/* REF-19: limits count in hours for EMERGENCY and URGENT, in working days for ROUTINE. */
static bool in_working_time(enum hub_urgency urgency)
{
	return urgency == HUB_URGENCY_ROUTINE;
}

/* REF-08: answer deadlines by urgency (default EMERGENCY 10 min, URGENT 2 h, ROUTINE 1 working day, same
 * clock time). */
int64_t referral_deadline_answer(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t from_ms)
{
	const struct hub_referral_limits *limits = referral_policy_limits(policy, county_id);
	int64_t amount_ms = (int64_t)limits->answer_urgent_minutes * HUB_MINUTE_MS;
	if (urgency == HUB_URGENCY_EMERGENCY)
		amount_ms = (int64_t)limits->answer_emergency_minutes * HUB_MINUTE_MS;
	else if (in_working_time(urgency))
		amount_ms = (int64_t)limits->answer_routine_working_hours * HUB_HOUR_MS;
	return referral_deadline_add(policy, county_id, urgency, from_ms, amount_ms);
}

/* REF-13: the sender has 12 h (ROUTINE 1 working day). */
int64_t referral_deadline_supplement(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t from_ms)
{
	const struct hub_referral_limits *limits = referral_policy_limits(policy, county_id);
	int64_t hours = in_working_time(urgency) ? limits->supplement_routine_working_hours
	                                         : limits->supplement_hours;
	return referral_deadline_add(policy, county_id, urgency, from_ms, hours * HUB_HOUR_MS);
}

int64_t referral_deadline_add(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t from_ms, int64_t amount_ms)
{
	if (!in_working_time(urgency))
		return from_ms + amount_ms;
	return hub_workdays_add(referral_policy_workdays(policy, county_id), from_ms, amount_ms);
}

/* Remainders use the same unit. */
int64_t referral_deadline_left(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t now_ms, int64_t due_ms)
{
	if (in_working_time(urgency))
		return hub_workdays_between(referral_policy_workdays(policy, county_id), now_ms, due_ms);
	return due_ms > now_ms ? due_ms - now_ms : 0;
}

/* 1 working day = 24 h of working time. */
int64_t referral_deadline_working_days(
        const struct referral_policy *policy, struct hub_str county_id, int64_t from_ms, int32_t days)
{
	return hub_workdays_add(
	        referral_policy_workdays(policy, county_id), from_ms, (int64_t)days * HUB_DAY_MS);
}

/* REF-17: reminded each working day. The clock time is kept also from a day off, on which working time stands still. */
static int64_t on_next_working_day(const struct hub_workdays *workdays, int64_t from_ms)
{
	int32_t day = hub_day_of(from_ms);
	int64_t into_day = from_ms - hub_day_start_ms(day);
	return hub_day_start_ms(hub_workdays_next(workdays, day + 1)) + into_day;
}

int64_t referral_deadline_next(
        const struct referral_policy *policy, struct hub_str county_id, int64_t due_ms, int64_t now_ms)
{
	const struct hub_workdays *workdays = referral_policy_workdays(policy, county_id);
	int64_t at_ms = on_next_working_day(workdays, due_ms);
	return at_ms > now_ms ? at_ms : on_next_working_day(workdays, now_ms);
}

/* REF-17: told again each working day (timer waiting_notice, 09:00 of each working day). */
int64_t referral_deadline_notice(
        const struct referral_policy *policy, struct hub_str county_id, int64_t after_ms)
{
	const struct hub_workdays *workdays = referral_policy_workdays(policy, county_id);
	int64_t into_day =
	        (int64_t)referral_policy_limits(policy, county_id)->waiting_notice_hour * HUB_HOUR_MS;
	int32_t day = hub_day_of(after_ms);
	if (hub_day_start_ms(day) + into_day <= after_ms)
		day++;
	return hub_day_start_ms(hub_workdays_next(workdays, day)) + into_day;
}
