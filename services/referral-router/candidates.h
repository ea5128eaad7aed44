/* REF-01 REF-02 REF-03 REF-04 REF-11 REF-21: who may take a referral, in which order, and why someone may not.
 *
 * The candidates come tier by tier, so that whoever takes the first of them pays for no more. Within a tier
 * they are sorted by: preferred first, nearest, org_id. The caller puts "a free bed" and "the earliest slot"
 * between preferred and nearest; in the green channel's tier it takes them as they come (by rank). */
#ifndef REFERRAL_ROUTER_CANDIDATES_H
#define REFERRAL_ROUTER_CANDIDATES_H

#include "base/arena.h"
#include "records/referral.h"
#include "records/route_path.h"

#include "referral-router/policy.h"

/* The order of REF-01, refined by REF-21; then that of REF-02, for down referrals alone. */
enum referral_tier {
	REFERRAL_TIER_GREEN_CHANNEL, /* designated centres by rank: county, then city, then province (REF-03)
	                              */
	REFERRAL_TIER_OWN_LEAD,
	REFERRAL_TIER_OWN_MEMBER,
	REFERRAL_TIER_SECOND_LEAD, /* of the sender's other consortia: general, TCM */
	REFERRAL_TIER_SECOND_MEMBER,
	REFERRAL_TIER_PARTNER_LEAD, /* of the county's other consortia */
	REFERRAL_TIER_PARTNER_MEMBER,
	REFERRAL_TIER_CITY_PAIRED, /* paired with the own lead, or heads an alliance for the specialty */
	REFERRAL_TIER_CITY,
	REFERRAL_TIER_OTHER,
	REFERRAL_TIER_CONTRACT, /* the organisation that holds the patient's family-doctor contract */
	REFERRAL_TIER_HOME,     /* the patient's home township */
	REFERRAL_TIER_NEAREST,  /* members with the needed capacity */
	REFERRAL_TIER_COUNT,
};

/* A hospital that shall not be asked again, and what is said about it: REJECTED, EXPIRED (REF-11, REF-08). */
struct referral_exclusion {
	struct hub_str org_id;
	const char *reason_code;
};

/* What is looked for. Everything is borrowed for the life of the walk. */
struct referral_search {
	struct hub_str from_org_id;
	struct hub_str consortium_id; /* the one that the request names: the "own" consortium */
	struct hub_str specialty;
	struct hub_str diagnosis;
	enum hub_condition condition;    /* not NONE: designated centres first */
	struct hub_str preferred_org_id; /* may be empty */
	enum hub_urgency urgency;
	enum hub_direction direction; /* not DOWN: up */
	enum hub_need need;
	enum hub_bed_kind bed_kind;                  /* need BED only */
	struct hub_str contract_org_id, home_org_id; /* the patient's; may be empty */
	bool authorised; /* to leave the county; a condition or EMERGENCY needs no authorisation (REF-03) */
	const struct referral_exclusion *excluded;
	uint32_t excluded_count;
};

struct referral_candidate {
	struct hub_str org_id; /* the registry's */
	enum referral_tier tier;
	enum hub_route_path path;
	const char *reason_code; /* NULL: may take it. Else why not: REJECTED EXPIRED NO_SPECIALTY
	                          * NOT_IN_CATALOGUE NOT_AUTHORISED NO_BED */
	double distance;         /* comparable only; unknown places are farthest */
	bool preferred;
	bool leaves_county;       /* it stands under another county's code: its slots are asked for there */
	bool needs_authorisation; /* as a rule (REF-01); green channel, EMERGENCY and down referrals never do */
};

/* A walk over the tiers. In place, nothing to free; init with the search, then next_tier until false. */
struct referral_candidates {
	const struct referral_policy *policy;
	const struct referral_search *search;
	struct hub_arena *arena;
	int next; /* tier */
};

/* What is looked for by a referral on the account of that consortium; nobody is excluded yet. */
struct referral_search referral_search_of(const struct hub_referral *asked, struct hub_str consortium_id);

/* policy, search and arena are borrowed for the walk. */
void referral_candidates_init(struct referral_candidates *walk, const struct referral_policy *policy,
        const struct referral_search *search, struct hub_arena *arena);

/* The next tier that has somebody in it, barred ones among them; the array lies in the arena. False at the
 * end (also when the arena is exhausted, which its owner checks). An organisation appears once, in its first
 * tier. Members that lack the specialty, and whoever stands below the sender, are no candidates at all and
 * not listed. Of the tier OTHER are: whoever lies in the county; of those elsewhere that may be asked, or may once the
 * referral is authorised, the nearest 16; of those that are barred otherwise the nearest 16. */
bool referral_candidates_next_tier(
        struct referral_candidates *walk, const struct referral_candidate **ret_items, uint32_t *ret_count);

/* The same answer for one organisation, without a walk: false when it is in no tier. For a freed slot and its
 * waiters (REF-07). */
bool referral_candidates_find(const struct referral_policy *policy, const struct referral_search *search,
        struct hub_str org_id, struct referral_candidate *ret_candidate);

#endif
