/* REF-02: a down referral (stable chronic disease, rehabilitation, post-operative, long-term medication) goes to
 * the primary organisation that holds the patient's family-doctor contract, else to the patient's home township,
 * else to the nearest member with the needed capacity (rehab bed). */
#include "referral-router/down.h"

/* Decided: "nearest" is nearest to the patient's home; to the sender where the registry does not say where that
 * lies. */
static const struct referral_org *near_of(const struct referral_down *receivers)
{
	const struct referral_org *homes[] = { receivers->home, receivers->contract };
	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (homes[i] && homes[i]->record->has_location)
			return homes[i];
	return receivers->sender;
}

struct referral_down referral_down_receivers(const struct referral_policy *policy,
        const struct referral_search *search, const struct referral_org *sender,
        const struct referral_consortium *own)
{
	struct referral_down receivers = {
		.search = search,
		.sender = sender,
		.own = own,
		.contract = referral_view_org(policy, search->contract_org_id),
		.home = referral_view_org(policy, search->home_org_id),
		.specialty = referral_view_specialty(policy, search->specialty),
	};
	receivers.near = near_of(&receivers);
	return receivers;
}

/* Decided: for a bed, beds of the kind are the capacity, whoever runs them (a nursing home states no specialty);
 * for anything else the specialty is. */
static bool has_capacity(const struct referral_down *receivers, const struct referral_org *org)
{
	if (receivers->search->need == HUB_NEED_BED)
		return referral_view_has_beds(org, receivers->search->bed_kind);
	return referral_view_has_specialty(org, receivers->specialty);
}

enum referral_tier referral_down_tier(const struct referral_down *receivers, const struct referral_org *org)
{
	if (org->record->level > receivers->sender->record->level) /* a down referral never goes up */
		return REFERRAL_TIER_COUNT;
	if (org == receivers->contract)
		return REFERRAL_TIER_CONTRACT;
	if (org == receivers->home)
		return REFERRAL_TIER_HOME;
	bool member = receivers->own && receivers->own->lead != org &&
	              referral_list_has(&org->consortia, receivers->own);
	return member && has_capacity(receivers, org) ? REFERRAL_TIER_NEAREST : REFERRAL_TIER_COUNT;
}
