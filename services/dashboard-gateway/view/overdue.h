/* Whether somebody has let a deadline of a referral pass. One definition, for worklists, tiles, alerts and rows. */
#ifndef DASHBOARD_GATEWAY_VIEW_OVERDUE_H
#define DASHBOARD_GATEWAY_VIEW_OVERDUE_H

#include "dashboard-gateway/hot/hot.h"
#include "referral-router/policy.h"

/* Since when; GATEWAY_NO_TIME: it is not overdue. policy may be NULL.
 *
 * The hub itself acts the moment a deadline passes: it reminds, tells and sets the next timer (REF-17). So what is late is
 * seldom a timer in the past, which only tells that the router is behind; it is a referral that is being reminded of.
 * Counted are deadlines of people: the hospital's answer, the sender's supplement, arrival, completion, confirmation. What waits for a
 * slot, or for nobody in particular, has worklists of its own; another county's answer is the hub's matter. */
int64_t gateway_overdue_since(const struct gateway_referral *referral, const struct gateway_hot *hot,
        const struct referral_policy *policy, int64_t now_ms);

#endif
