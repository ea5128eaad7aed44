#include "referral-router/candidates.h"

#include "referral-router/board.h"
#include "referral-router/capability.h"
#include "referral-router/tiers.h"

#include <math.h>

/* Of the tier OTHER. */
enum { OTHERS_LISTED = 16 };

/* A lead or city hospital whose specialties nobody has entered is asked; a member must state the specialty
 * (REF-01). */
static bool may_have_specialty(const struct referral_query *query, const struct referral_org *org)
{
	return org->record->specialties.count == 0 || referral_view_has_specialty(org, query->specialty);
}

static enum hub_route_path path_of(enum referral_tier tier)
{
	static const enum hub_route_path paths[REFERRAL_TIER_COUNT] = {
		[REFERRAL_TIER_GREEN_CHANNEL] = HUB_ROUTE_PATH_GREEN_CHANNEL,
		[REFERRAL_TIER_OWN_LEAD] = HUB_ROUTE_PATH_OWN_LEAD,
		[REFERRAL_TIER_OWN_MEMBER] = HUB_ROUTE_PATH_OWN_MEMBER,
		[REFERRAL_TIER_SECOND_LEAD] = HUB_ROUTE_PATH_SECOND_CONSORTIUM,
		[REFERRAL_TIER_SECOND_MEMBER] = HUB_ROUTE_PATH_SECOND_CONSORTIUM,
		[REFERRAL_TIER_PARTNER_LEAD] = HUB_ROUTE_PATH_PARTNER_CONSORTIUM,
		[REFERRAL_TIER_PARTNER_MEMBER] = HUB_ROUTE_PATH_PARTNER_CONSORTIUM,
		[REFERRAL_TIER_CITY_PAIRED] = HUB_ROUTE_PATH_CITY_HOSPITAL,
		[REFERRAL_TIER_CITY] = HUB_ROUTE_PATH_CITY_HOSPITAL,
		[REFERRAL_TIER_OTHER] = HUB_ROUTE_PATH_OTHER,
		[REFERRAL_TIER_CONTRACT] = HUB_ROUTE_PATH_HOME,
		[REFERRAL_TIER_HOME] = HUB_ROUTE_PATH_HOME,
		[REFERRAL_TIER_NEAREST] = HUB_ROUTE_PATH_OWN_MEMBER,
	};
	return paths[tier];
}

/* Why it may not take the referral; NULL: it may. */
static const char *barred(const struct referral_query *query, const struct referral_org *org,
        enum referral_tier tier, bool needs_authorisation)
{
	const struct referral_search *search = query->search;
	/* REF-11: a rejected referral never goes back to the hospital that rejected it; nor to one whose time
	 * passed. */
	for (uint32_t i = 0; i < search->excluded_count; i++)
		if (hub_str_eq(search->excluded[i].org_id, org->record->org_id))
			return search->excluded[i].reason_code;
	if (tier == REFERRAL_TIER_GREEN_CHANNEL)
		return NULL;
	if (!query->down && !may_have_specialty(query, org))
		return "NO_SPECIALTY";
	/* REF-04: a target whose catalogue lacks it is not a candidate. */
	if (!referral_capability_allows(query->policy, org->record->org_id, search->diagnosis))
		return "NOT_IN_CATALOGUE";
	/* Decided: a bed's candidate has beds of the kind (REF-22). */
	if (search->need == HUB_NEED_BED && !referral_view_has_beds(org, search->bed_kind))
		return "NO_BED";
	/* REF-01: leaving the county needs an authorisation. REF-03: green channel and EMERGENCY never wait
	 * for one, nor does a down referral. */
	bool exempt = query->green || query->down || search->urgency == HUB_URGENCY_EMERGENCY;
	if (needs_authorisation && !search->authorised && !exempt)
		return "NOT_AUTHORISED";
	return NULL;
}

/* Grows with the distance on the globe; INFINITY when either place is unknown. */
static double distance(const struct referral_org *a, const struct referral_org *b)
{
	if (!a->record->has_location || !b->record->has_location)
		return INFINITY;
	double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
	return x * x + y * y + z * z;
}

static struct referral_candidate candidate_of(
        const struct referral_query *query, const struct referral_org *org, enum referral_tier tier)
{
	bool leaves_county = org->place != query->sender->place;
	bool needs_authorisation = leaves_county && !referral_tier_stays(query, org, tier);
	return (struct referral_candidate){
		.org_id = org->record->org_id,
		.tier = tier,
		.path = path_of(tier),
		.reason_code = barred(query, org, tier, needs_authorisation),
		.distance = distance(query->down ? query->receivers.near : query->sender, org),
		.preferred = hub_str_eq(org->record->org_id, query->search->preferred_org_id),
		.leaves_county = leaves_county,
		.needs_authorisation = needs_authorisation,
	};
}

/* Choice within a tier: preferred_org_id, (free bed, earliest slot: the caller's,) nearest, org_id. */
static int by_choice(const void *a, const void *b)
{
	const struct referral_candidate *left = a, *right = b;
	if (left->preferred != right->preferred)
		return left->preferred ? -1 : 1;
	if (left->distance < right->distance || left->distance > right->distance)
		return left->distance < right->distance ? -1 : 1;
	return hub_str_cmp(left->org_id, right->org_id);
}

/* The candidates of one tier in the making. */
struct offer {
	const struct referral_query *query;
	struct hub_arena *arena;
	enum referral_tier tier;
	struct referral_candidate *items;
	uint32_t count;
	uint32_t room;
};

static bool make_room(struct offer *offer)
{
	if (offer->count < offer->room)
		return true;
	uint32_t room = offer->room ? 2 * offer->room : 8;
	struct referral_candidate *items = hub_arena_alloc(offer->arena, room * sizeof(*items));
	if (!items)
		return false;
	if (offer->count)
		memcpy(items, offer->items, offer->count * sizeof(*items));
	offer->items = items;
	offer->room = room;
	return true;
}

/* Who is counted together in the tier OTHER. */
enum kin {
	KIN_UNCOUNTED, /* a hospital of the county is never left out: who may stay need not leave */
	KIN_ELSEWHERE,
	KIN_BARRED, /* who cannot be asked at all takes nobody's place */
};

static enum kin kin_of(const struct referral_candidate *candidate)
{
	if (candidate->tier != REFERRAL_TIER_OTHER)
		return KIN_UNCOUNTED;
	if (candidate->reason_code && strcmp(candidate->reason_code, "NOT_AUTHORISED") != 0)
		return KIN_BARRED;
	return candidate->leaves_county ? KIN_ELSEWHERE : KIN_UNCOUNTED;
}

/* One of them has come: the farthest goes when they are too many. */
static void keep_nearest(struct offer *offer, enum kin kin)
{
	uint32_t count = 0, last = 0;
	for (uint32_t i = 0; i < offer->count; i++) {
		if (kin_of(&offer->items[i]) != kin)
			continue;
		count++;
		last = i;
	}
	if (kin == KIN_UNCOUNTED || count <= OTHERS_LISTED)
		return;
	offer->count--;
	memmove(&offer->items[last], &offer->items[last + 1],
	        (offer->count - last) * sizeof(offer->items[0]));
}

/* Puts org in its place among the tier's candidates, unless its tier is another one or it is there already.
 */
static void offer_org(struct offer *offer, const struct referral_org *org)
{
	if (!org || referral_tier_of(offer->query, org) != offer->tier)
		return;
	struct referral_candidate candidate = candidate_of(offer->query, org, offer->tier);
	uint32_t at = offer->count;
	if (offer->tier != REFERRAL_TIER_GREEN_CHANNEL)
		while (at > 0 && by_choice(&candidate, &offer->items[at - 1]) < 0)
			at--;
	for (uint32_t i = 0; i < offer->count; i++)
		if (hub_str_eq(offer->items[i].org_id, candidate.org_id))
			return;
	if (!make_room(offer))
		return;
	memmove(&offer->items[at + 1], &offer->items[at], (offer->count - at) * sizeof(candidate));
	offer->items[at] = candidate;
	offer->count++;
	keep_nearest(offer, kin_of(&candidate));
}

static void offer_list(struct offer *offer, const struct referral_list *orgs)
{
	for (uint32_t i = 0; i < orgs->count; i++)
		offer_org(offer, orgs->items[i]);
}

static void offer_leads(struct offer *offer, const struct referral_list *consortia)
{
	for (uint32_t i = 0; i < consortia->count; i++)
		offer_org(offer, ((const struct referral_consortium *)consortia->items[i])->lead);
}

static void offer_members(struct offer *offer, const struct referral_list *consortia)
{
	for (uint32_t i = 0; i < consortia->count; i++)
		offer_list(offer, &((const struct referral_consortium *)consortia->items[i])->members);
}

/* Whoever may be in the tier; offer_org keeps those who are. */
static void offer_tier(struct offer *offer)
{
	const struct referral_query *query = offer->query;
	const struct referral_place *place = query->sender->place;
	switch (offer->tier) {
	case REFERRAL_TIER_GREEN_CHANNEL:
		for (int depth = 0; query->green && place && depth < REFERRAL_DEPTH_ALL;
		        depth++, place = place->parent)
			offer_list(offer, &place->centres[query->search->condition]);
		return;
	case REFERRAL_TIER_OWN_LEAD:
		if (query->own)
			offer_org(offer, query->own->lead);
		return;
	case REFERRAL_TIER_OWN_MEMBER:
		if (query->own)
			offer_list(offer, &query->own->members);
		return;
	case REFERRAL_TIER_SECOND_LEAD:
		offer_leads(offer, &query->sender->consortia);
		return;
	case REFERRAL_TIER_SECOND_MEMBER:
		offer_members(offer, &query->sender->consortia);
		return;
	case REFERRAL_TIER_PARTNER_LEAD:
		offer_leads(offer, &place->consortia);
		return;
	case REFERRAL_TIER_PARTNER_MEMBER:
		offer_members(offer, &place->consortia);
		return;
	case REFERRAL_TIER_CITY_PAIRED:
	case REFERRAL_TIER_CITY:
		offer_list(offer, &place->city_hospitals);
		return;
	case REFERRAL_TIER_OTHER:
		offer_list(offer, &query->policy->hospitals);
		return;
	case REFERRAL_TIER_CONTRACT:
		offer_org(offer, query->receivers.contract);
		return;
	case REFERRAL_TIER_HOME:
		offer_org(offer, query->receivers.home);
		return;
	case REFERRAL_TIER_NEAREST:
		if (query->own)
			offer_list(offer, &query->own->members);
		return;
	case REFERRAL_TIER_COUNT:
		return;
	}
}

static struct hub_str if_any(bool has, struct hub_str text)
{
	return has ? text : HUB_STR("");
}

struct referral_search referral_search_of(const struct hub_referral *asked, struct hub_str consortium_id)
{
	const struct hub_patient *patient = &asked->patient;
	return (struct referral_search){
		.from_org_id = asked->from_org_id,
		.consortium_id = consortium_id,
		.specialty = asked->specialty,
		.diagnosis = asked->diagnosis,
		.condition = asked->condition,
		.preferred_org_id = if_any(asked->has_preferred_org_id, asked->preferred_org_id),
		.urgency = asked->urgency,
		.direction = asked->direction,
		.need = asked->need,
		.bed_kind = referral_bed_kind(asked),
		.contract_org_id = if_any(patient->has_contract_org_id, patient->contract_org_id),
		.home_org_id = if_any(patient->has_home_org_id, patient->home_org_id),
		.authorised = asked->out_of_county_authorised,
	};
}

void referral_candidates_init(struct referral_candidates *walk, const struct referral_policy *policy,
        const struct referral_search *search, struct hub_arena *arena)
{
	bool down = search->direction == HUB_DIRECTION_DOWN;
	*walk = (struct referral_candidates){ .policy = policy,
		.search = search,
		.arena = arena,
		.next = down ? REFERRAL_TIER_CONTRACT : REFERRAL_TIER_GREEN_CHANNEL };
}

bool referral_candidates_next_tier(
        struct referral_candidates *walk, const struct referral_candidate **ret_items, uint32_t *ret_count)
{
	struct referral_query query = referral_query_of(walk->policy, walk->search);
	int end = query.down ? REFERRAL_TIER_COUNT : REFERRAL_TIER_CONTRACT;
	while (query.sender && walk->next < end) {
		struct offer offer = { .query = &query, .arena = walk->arena, .tier = walk->next++ };
		offer_tier(&offer);
		if (hub_arena_exhausted(walk->arena))
			return false;
		if (offer.count == 0)
			continue;
		*ret_items = offer.items;
		*ret_count = offer.count;
		return true;
	}
	return false;
}

bool referral_candidates_find(const struct referral_policy *policy, const struct referral_search *search,
        struct hub_str org_id, struct referral_candidate *ret_candidate)
{
	struct referral_query query = referral_query_of(policy, search);
	const struct referral_org *org = referral_view_org(policy, org_id);
	if (!query.sender || !org)
		return false;
	enum referral_tier tier = referral_tier_of(&query, org);
	if (tier == REFERRAL_TIER_COUNT)
		return false;
	*ret_candidate = candidate_of(&query, org, tier);
	return true;
}
