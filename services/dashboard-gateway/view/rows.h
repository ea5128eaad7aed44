/* The referrals that a viewer is shown. */
#ifndef DASHBOARD_GATEWAY_VIEW_ROWS_H
#define DASHBOARD_GATEWAY_VIEW_ROWS_H

#include "dashboard-gateway/view/view.h"

/* Each once, in no order: *at = 0 first; NULL at the end. A desk is shown what its organisation is party to or may claim, without a
 * look at all the others. */
const struct gateway_referral *gateway_referrals_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at);

#endif
