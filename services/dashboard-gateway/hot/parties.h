/* Which referrals an organisation is party to, as sender, receiver or asked: a desk looks at its own rows, not at all of them. Pure;
 * for hot.c. Those that nobody took stand under their county, too: its hospitals may claim them. */
#ifndef DASHBOARD_GATEWAY_HOT_PARTIES_H
#define DASHBOARD_GATEWAY_HOT_PARTIES_H

#include "dashboard-gateway/hot/hot.h"

struct gateway_parties;

struct gateway_parties *gateway_parties_new(void);
void gateway_parties_free(struct gateway_parties *parties); /* accepts NULL; the rows are not touched */

/* Enters the row under its organisations; takes it out, before any of them changes. */
void gateway_parties_add(struct gateway_parties *parties, struct gateway_referral *referral);
void gateway_parties_remove(struct gateway_parties *parties, const struct gateway_referral *referral);
bool gateway_parties_same(const struct gateway_referral *a, const struct gateway_referral *b);

/* Each row once, in no order: *at = 0 first; NULL at the end. Rows that are gone are among them. */
const struct gateway_referral *gateway_parties_each(
        const struct gateway_parties *parties, struct hub_str org_id, size_t *at);

/* The same of a county's UNPLACED ones. */
const struct gateway_referral *gateway_parties_each_unplaced(
        const struct gateway_parties *parties, struct hub_str county_id, size_t *at);

#endif
