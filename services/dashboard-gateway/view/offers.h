/* What hospitals offer: sessions with slots and beds. One definition of what is shown, for lists and for the tiles. */
#ifndef DASHBOARD_GATEWAY_VIEW_OFFERS_H
#define DASHBOARD_GATEWAY_VIEW_OFFERS_H

#include "dashboard-gateway/view/collection.h"

/* Sessions and boards that the viewer sees, in no order: *at = 0 first; NULL at the end. A session that is over or cancelled
 * offers nothing. */
const struct gateway_session *gateway_sessions_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at);
const struct gateway_beds *gateway_beds_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at);

#endif
