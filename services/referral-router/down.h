/* REF-02: who may receive a down referral. Inside of candidates.c. */
#ifndef REFERRAL_ROUTER_DOWN_H
#define REFERRAL_ROUTER_DOWN_H

#include "referral-router/candidates.h"
#include "referral-router/view.h"

/* The receivers that a search names, looked up. Borrowed from the policy. */
struct referral_down {
	const struct referral_search *search;
	const struct referral_org *sender;
	const struct referral_consortium *own; /* NULL: none */
	const struct referral_org *contract;   /* NULL: none, or unknown */
	const struct referral_org *home;       /* NULL: none, or unknown */
	const struct referral_org *near;       /* from where "nearest" counts; never NULL */
	uint32_t specialty;
};

struct referral_down referral_down_receivers(const struct referral_policy *policy,
        const struct referral_search *search, const struct referral_org *sender,
        const struct referral_consortium *own);

/* CONTRACT, HOME, NEAREST, or COUNT: no receiver. */
enum referral_tier referral_down_tier(const struct referral_down *receivers, const struct referral_org *org);

#endif
