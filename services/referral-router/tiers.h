/* Inside of candidates: REF-01 REF-02 REF-03 REF-21, which tier an organisation stands in for a search. What bars it there
 * (REF-04, REF-11) and the order within a tier are candidates.h's. */
#ifndef REFERRAL_ROUTER_TIERS_H
#define REFERRAL_ROUTER_TIERS_H

#include "referral-router/candidates.h"
#include "referral-router/down.h"
#include "referral-router/view.h"

/* A search with its ids looked up. */
struct referral_query {
	const struct referral_policy *policy;
	const struct referral_search *search;
	const struct referral_org *sender;     /* NULL: unknown, then there are no candidates */
	const struct referral_consortium *own; /* NULL: unknown, or not the sender's */
	uint32_t specialty;
	bool green;
	bool down;
	struct referral_down receivers; /* down only */
};

struct referral_query referral_query_of(
        const struct referral_policy *policy, const struct referral_search *search);

/* TIER_COUNT: it is no candidate. query->sender is known. */
enum referral_tier referral_tier_of(const struct referral_query *query, const struct referral_org *org);

/* Whether whoever goes there stays among the consortia of the sender and its county. tier: that of the organisation. */
bool referral_tier_stays(
        const struct referral_query *query, const struct referral_org *org, enum referral_tier tier);

#endif
