/* A row as the router's pure rules take it. */
#ifndef DASHBOARD_GATEWAY_VIEW_RULES_H
#define DASHBOARD_GATEWAY_VIEW_RULES_H

#include "dashboard-gateway/hot/hot.h"
#include "referral-router/allowed.h"

/* As much of the router's state as its rules ask for; texts are the row's. */
struct hub_referral_state gateway_router_state(const struct gateway_referral *referral);

/* Who the organisation is to the referral: a set of referral_who. */
unsigned gateway_who(
        const struct gateway_referral *referral, const struct referral_policy *policy, struct hub_str org_id);

#endif
