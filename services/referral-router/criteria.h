/* REF-20: referral criteria. */
#ifndef REFERRAL_ROUTER_CRITERIA_H
#define REFERRAL_ROUTER_CRITERIA_H

#include "records/referral.h"

#include "referral-router/policy.h"

enum referral_criteria {
	REFERRAL_CRITERIA_NONE, /* the registry has none for this kind of referral */
	REFERRAL_CRITERIA_MET,  /* at least one that the request names holds for it */
	REFERRAL_CRITERIA_NOT_MET,
};

/* county_id: whose criteria hold; its own, and those of the regions above it. */
enum referral_criteria referral_criteria_judge(
        const struct referral_policy *policy, struct hub_str county_id, const struct hub_referral *asked);

/* REF-06: up-referred inpatients that meet the criteria come before everyone else on a bed's waiting list. */
bool referral_criteria_first(
        const struct referral_policy *policy, struct hub_str county_id, const struct hub_referral *asked);

#endif
