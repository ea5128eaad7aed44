#include "referral-router/quota.h"

#include "referral-router/view.h"

#include "base/calendar.h"

/* How closely a policy fits a session: an expert's session is an expert's first, of its specialty second;
 * ordinary policies hold for experts too where there is none for them. 0: not at all. */
static int fit(const struct hub_slot_release_policy *release, struct hub_str specialty, enum hub_need need,
        bool expert)
{
	if (release->need != need || (release->expert && !expert))
		return 0;
	if (release->has_specialty && !hub_str_eq(release->specialty, specialty))
		return 0;
	return 1 + 2 * (release->expert ? 1 : 0) + (release->has_specialty ? 1 : 0);
}

/* The most specific policy; NULL: none. */
static const struct hub_slot_release_policy *policy_for(
        const struct referral_org *org, struct hub_str specialty, enum hub_need need, bool expert)
{
	const struct hub_slot_release_policy *found = NULL;
	int best = 0;
	for (uint32_t i = 0; i < org->releases.count; i++) {
		const struct hub_slot_release_policy *release = org->releases.items[i];
		int now = fit(release, specialty, need, expert);
		if (now > best) {
			best = now;
			found = release;
		}
	}
	return found;
}

/* REF-15: the default release policy is that of city and lead hospitals. */
static bool has_default(const struct referral_org *org)
{
	return org->leads || org->record->level >= HUB_ORGANISATION_LEVEL_CITY;
}

/* REF-15: city and lead hospitals reserve at least 30 % of outpatient slots, 50 % of expert slots. */
static double default_share(const struct referral_org *org, const struct hub_slots_opened *session)
{
	const struct hub_referral_limits *limits = &org->place->limits;
	if (!has_default(org))
		return 0;
	if (session->need == HUB_NEED_EXAM)
		return limits->reserved_share_exam;
	if (session->need != HUB_NEED_OUTPATIENT)
		return 0;
	return session->expert ? limits->reserved_share_expert : limits->reserved_share_outpatient;
}

static int32_t clamp(int32_t value, int32_t capacity)
{
	return value < 0 ? 0 : value > capacity ? capacity : value;
}

/* "At least" a share: rounded up to a slot, from thousandths, so that 10 % of 30 is 3 whatever binary
 * fractions say, and two thirds (0.6667) of 3 is 2. */
static int32_t share_of(double share, int32_t capacity)
{
	if (!(share > 0))
		return 0;
	int64_t thousandths = share >= 1 ? 1000 : (int64_t)(share * 1000 + 1e-6);
	return clamp((int32_t)((capacity * thousandths + 999) / 1000), capacity);
}

/* REF-15: slots are open to primary care at least 2 weeks before everyone else. early_days before the session the common
 * part opens too; at the latest when the reserve is released. */
static int64_t common_opens_at(const struct referral_org *org, const struct hub_slot_release_policy *release,
        int64_t starts_at_ms, int64_t released_at_ms)
{
	if (!org || (!release && !has_default(org)))
		return INT64_MIN;
	bool days_given = release && release->early_days >= 0 && release->early_days <= 366;
	int64_t days = days_given ? release->early_days : org->place->limits.early_days;
	int64_t opens_at_ms = starts_at_ms - days * HUB_DAY_MS;
	return opens_at_ms < released_at_ms ? opens_at_ms : released_at_ms;
}

/* REF-05: of the slots that a hospital opens, a share is reserved for primary care and usable only by up
 * referrals until a release time before the session (default 24 h). Fields of the session win over the
 * policy. */
struct referral_quota referral_quota_of(
        const struct referral_policy *policy, const struct hub_slots_opened *session)
{
	const struct referral_org *org = referral_view_org(policy, session->org_id);
	const struct hub_slot_release_policy *release =
	        org ? policy_for(org, session->specialty, session->need, session->expert) : NULL;
	const struct hub_referral_limits *limits = org ? &org->place->limits : &policy->nowhere.limits;
	double share = release ? release->reserved_share : org ? default_share(org, session) : 0;
	bool hours_given = release && release->release_hours >= 0 && release->release_hours <= 366 * 24;
	int64_t hours = hours_given ? release->release_hours : limits->release_hours;

	struct referral_quota quota = {
		.reserved = share_of(share, session->capacity),
		.released_at_ms = session->starts_at - hours * HUB_HOUR_MS,
		.common_opens_at_ms = INT64_MIN,
	};
	if (session->has_reserved_for_primary)
		quota.reserved = clamp(session->reserved_for_primary, session->capacity);
	if (session->has_reserve_released_at)
		quota.released_at_ms = session->reserve_released_at;
	if (quota.reserved)
		quota.common_opens_at_ms =
		        common_opens_at(org, release, session->starts_at, quota.released_at_ms);
	if (session->has_common_opens_at)
		quota.common_opens_at_ms = session->common_opens_at;
	return quota;
}

bool referral_quota_has_policy(const struct referral_policy *policy, struct hub_str org_id,
        struct hub_str specialty, enum hub_need need)
{
	const struct referral_org *org = referral_view_org(policy, org_id);
	return org && policy_for(org, specialty, need, true) != NULL;
}
