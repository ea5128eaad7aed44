#include "referral-router/tiers.h"

struct referral_query referral_query_of(
        const struct referral_policy *policy, const struct referral_search *search)
{
	struct referral_query query = {
		.policy = policy,
		.search = search,
		.sender = referral_view_org(policy, search->from_org_id),
		.own = referral_view_consortium(policy, search->consortium_id),
		.specialty = referral_view_specialty(policy, search->specialty),
		.green = search->condition != HUB_CONDITION_NONE,
		.down = search->direction == HUB_DIRECTION_DOWN,
	};
	if (query.sender && query.own && !referral_list_has(&query.sender->consortia, query.own))
		query.own = NULL;
	if (query.sender && query.down)
		query.receivers = referral_down_receivers(policy, search, query.sender, query.own);
	return query;
}

static bool has_specialty(const struct referral_query *query, const struct referral_org *org)
{
	return referral_view_has_specialty(org, query->specialty);
}

static bool in_list(const struct hub_str *codes, uint32_t count, struct hub_str code)
{
	for (uint32_t i = 0; i < count; i++)
		if (hub_str_eq(codes[i], code))
			return true;
	return false;
}

/* REF-03: centre by rank in county, then city, then province. */
static bool is_designated(const struct referral_query *query, const struct referral_org *org)
{
	const struct referral_place *place = query->sender->place;
	for (int depth = 0; query->green && place && depth < REFERRAL_DEPTH_ALL;
	        depth++, place = place->parent)
		if (referral_list_has(&place->centres[query->search->condition], org))
			return true;
	return false;
}

/* REF-21: a city hospital that is paired with the lead hospital, or heads an alliance for the specialty. */
static bool is_paired(const struct referral_query *query, const struct referral_org *org)
{
	struct hub_str specialty = query->search->specialty;
	const struct referral_org *lead = query->own ? query->own->lead : NULL;
	for (uint32_t i = 0; lead && i < lead->pairings.count; i++) {
		const struct hub_partnership *pairing = lead->pairings.items[i];
		if (hub_str_eq(pairing->city_org_id, org->record->org_id) &&
		        (pairing->specialties.count == 0 ||
		                in_list(pairing->specialties.items, pairing->specialties.count, specialty)))
			return true;
	}
	for (uint32_t i = 0; i < org->consortia.count; i++) {
		const struct referral_consortium *alliance = org->consortia.items[i];
		if (alliance->lead == org &&
		        alliance->record->form == HUB_CONSORTIUM_FORM_SPECIALTY_ALLIANCE &&
		        in_list(alliance->record->specialties.items, alliance->record->specialties.count,
		                specialty))
			return true;
	}
	return false;
}

/* Its tier within one consortium: as lead, or as a member with the specialty; TIER_COUNT when neither. */
static enum referral_tier within(const struct referral_query *query,
        const struct referral_consortium *consortium, const struct referral_org *org,
        enum referral_tier as_lead)
{
	if (consortium->lead == org)
		return as_lead;
	bool member = referral_list_has(&org->consortia, consortium);
	return member && has_specialty(query, org) ? as_lead + 1 : REFERRAL_TIER_COUNT;
}

/* REF-21: within a tier of REF-01, the sender's second consortium comes before partner consortia of the
 * county. */
static enum referral_tier among_consortia(const struct referral_query *query, const struct referral_org *org)
{
	enum referral_tier best = REFERRAL_TIER_COUNT;
	for (uint32_t i = 0; i < org->consortia.count; i++) {
		const struct referral_consortium *consortium = org->consortia.items[i];
		bool county_form = referral_view_is_county_form(consortium->record);
		enum referral_tier as_lead = REFERRAL_TIER_COUNT;
		if (consortium == query->own)
			as_lead = REFERRAL_TIER_OWN_LEAD;
		else if (county_form && referral_list_has(&query->sender->consortia, consortium))
			as_lead = REFERRAL_TIER_SECOND_LEAD;
		else if (county_form && consortium->place == query->sender->place)
			as_lead = REFERRAL_TIER_PARTNER_LEAD;
		if (as_lead == REFERRAL_TIER_COUNT)
			continue;
		enum referral_tier tier = within(query, consortium, org, as_lead);
		if (tier < best)
			best = tier;
	}
	return best;
}

/* REF-01 "other": a hospital with the specialty elsewhere in the city, or a city hospital elsewhere in the
 * province; also one in the county that is in no consortium. */
static bool is_other(const struct referral_query *query, const struct referral_org *org)
{
	if (org->record->kind != HUB_ORGANISATION_KIND_HOSPITAL || !has_specialty(query, org))
		return false;
	const struct hub_organisation *there = org->record, *here = query->sender->record;
	if (org->place == query->sender->place)
		return true;
	if (!hub_str_empty(there->city_id) && hub_str_eq(there->city_id, here->city_id))
		return true;
	return there->level >= HUB_ORGANISATION_LEVEL_CITY && !hub_str_empty(there->province_id) &&
	       hub_str_eq(there->province_id, here->province_id);
}

/* REF-01: lead hospital of the own consortium; other members with the specialty; the sender's second
 * consortium; partner consortia of the county; city hospitals (partner list); other. TIER_COUNT: no
 * candidate. */
enum referral_tier referral_tier_of(const struct referral_query *query, const struct referral_org *org)
{
	enum hub_organisation_kind kind = org->record->kind;
	if (org == query->sender || kind == HUB_ORGANISATION_KIND_AUTHORITY ||
	        kind == HUB_ORGANISATION_KIND_EXTERNAL)
		return REFERRAL_TIER_COUNT;
	if (query->down)
		return referral_down_tier(&query->receivers, org);
	if (is_designated(query, org))
		return REFERRAL_TIER_GREEN_CHANNEL;
	if (org->record->level < query->sender->record->level) /* an up referral never goes down */
		return REFERRAL_TIER_COUNT;
	enum referral_tier tier = among_consortia(query, org);
	if (tier != REFERRAL_TIER_COUNT)
		return tier;
	if (referral_list_has(&query->sender->place->city_hospitals, org))
		return is_paired(query, org) ? REFERRAL_TIER_CITY_PAIRED : REFERRAL_TIER_CITY;
	return is_other(query, org) ? REFERRAL_TIER_OTHER : REFERRAL_TIER_COUNT;
}

/* REF-01: the last two tiers leave the county and need an authorisation. Whoever is in a consortium with the sender, or in one
 * of its county, does not leave it: a city group's lead stands under the city's code. An alliance or a tele network is no such
 * consortium. */
bool referral_tier_stays(
        const struct referral_query *query, const struct referral_org *org, enum referral_tier tier)
{
	for (uint32_t i = 0; tier < REFERRAL_TIER_CITY_PAIRED && i < org->consortia.count; i++) {
		const struct referral_consortium *consortium = org->consortia.items[i];
		if (referral_view_is_county_form(consortium->record) &&
		        (referral_list_has(&query->sender->consortia, consortium) ||
		                consortium->place == query->sender->place))
			return true;
	}
	return false;
}
