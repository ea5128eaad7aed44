/* The worklists: which referrals wait for what. Each is one row of a table, and /referrals, the tiles of /overview and the alerts
 * ask the same row, so that a count is always the total of its list. */
#ifndef DASHBOARD_GATEWAY_VIEW_WORKLISTS_H
#define DASHBOARD_GATEWAY_VIEW_WORKLISTS_H

#include "dashboard-gateway/view/page.h"

enum gateway_worklist {
	GATEWAY_ALL, /* that have not ended */
	GATEWAY_TO_ANSWER,
	GATEWAY_TO_SUPPLEMENT,
	GATEWAY_RETURNED_TO_ME,
	GATEWAY_TO_CONFIRM,
	GATEWAY_WAITING,
	GATEWAY_WAITING_LONG,
	GATEWAY_UNPLACED,
	GATEWAY_AWAITING_AUTHORISATION,
	GATEWAY_LEAVING_COUNTY,
	GATEWAY_OVERDUE,
	GATEWAY_GREEN_CHANNEL,
	GATEWAY_WORKLISTS,
};

const char *gateway_worklist_name(enum gateway_worklist worklist);

/* Whether it is on the list for the viewer, who sees it. A hospital's "mine" is its organisation; others look at
 * everybody's. */
bool gateway_on_worklist(enum gateway_worklist worklist, const struct gateway_world *world,
        const struct gateway_viewer *viewer, const struct gateway_referral *referral);

/* Since when it has been on it, as far as known: when it became overdue, was put on the waiting list, found no hospital; else
 * when it was requested. */
int64_t gateway_on_worklist_since(enum gateway_worklist worklist, const struct gateway_world *world,
        const struct gateway_referral *referral);

/* What /referrals asks for. */
struct gateway_referral_query {
	enum gateway_worklist worklist;
	struct hub_str org, from, to, state, specialty, prefix; /* empty: any */
	enum hub_urgency urgency;                               /* UNKNOWN: any */
	enum gateway_wanted overdue;
	int64_t due_before; /* GATEWAY_NO_TIME: any */
	bool narrow;        /* one of these is given */
	enum gateway_sort { GATEWAY_BY_DUE, GATEWAY_BY_REQUESTED, GATEWAY_BY_URGENCY } sort;
};

/* HUB_E_INVALID: place is the parameter. */
int gateway_referral_query_read(
        const struct gateway_params *params, struct gateway_referral_query *ret, struct hub_error *reterr);
bool gateway_referral_query_takes(const struct gateway_referral_query *query,
        const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_referral *referral);
/* Where it stands in the query's order; what is overdue at at_ms comes first by due. */
struct gateway_rank gateway_referral_query_rank(const struct gateway_referral_query *query,
        const struct gateway_world *world, const struct gateway_referral *referral, int64_t at_ms);

#endif
