/* Which alerts there are for a viewer: the inside of alerts.h. */
#ifndef DASHBOARD_GATEWAY_VIEW_ALERTS_FOUND_H
#define DASHBOARD_GATEWAY_VIEW_ALERTS_FOUND_H

#include "dashboard-gateway/view/view.h"

enum gateway_severity { GATEWAY_CRITICAL, GATEWAY_WARNING, GATEWAY_INFO };
const char *gateway_severity_name(enum gateway_severity severity);

enum { GATEWAY_ALERT_KINDS = 9, GATEWAY_ALERTS_MAX = 7, GATEWAY_ALERT_ID_MAX = 200 };

struct gateway_alert {
	char id[GATEWAY_ALERT_ID_MAX]; /* "<kind>-<whose>" */
	const char *kind;
	enum gateway_severity severity;
	int64_t count;
	int64_t oldest_at, newest_at; /* when its members became such */
	struct hub_str org_id;        /* of the only member, where it is an organisation; else empty */
	char query[64];               /* of /referrals; "": none */
};

/* At most GATEWAY_ALERTS_MAX, the gravest kept, the oldest first; how many. */
uint32_t gateway_alerts_find(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct gateway_alert ret[GATEWAY_ALERT_KINDS]);

#endif
