/* Which alerts there are for a viewer: the inside of alerts.h. */
#ifndef DASHBOARD_GATEWAY_VIEW_ALERTS_FOUND_H
#define DASHBOARD_GATEWAY_VIEW_ALERTS_FOUND_H

#include "dashboard-gateway/view/alerts.h"

enum gateway_severity { GATEWAY_CRITICAL, GATEWAY_WARNING, GATEWAY_INFO };
const char *gateway_severity_name(enum gateway_severity severity);

enum { GATEWAY_ALERT_KINDS = 9, GATEWAY_ALERTS_MAX = 7, GATEWAY_ALERT_ID_MAX = 200 };

/* An acknowledgement as it is kept; texts and members lie behind the struct. */
struct gateway_taken {
	struct hub_str alert_id, note, by_user;
	int64_t at, covers_until;
	int64_t *members; /* sorted; none: covers_until alone tells */
	uint32_t member_count;
};
/* NULL: nobody has taken it on. */
const struct gateway_taken *gateway_alerts_taken(
        const struct gateway_alerts *alerts, struct hub_str alert_id);

struct gateway_alert {
	char id[GATEWAY_ALERT_ID_MAX]; /* "<kind>-<whose>" */
	const char *kind;
	enum gateway_severity severity;
	int64_t count;
	int64_t oldest_at, newest_at; /* when its members became such */
	struct hub_str org_id;        /* of the only member, where it is an organisation; else empty */
	char query[64];               /* of /referrals; "": none */
	const struct gateway_taken *taken;
	bool newcomer;                   /* one of its members is not covered by `taken` */
	struct gateway_members *members; /* NULL: not asked for */
};

/* For qsort and bsearch. */
int gateway_alerts_by_number(const void *left, const void *right);

/* At most GATEWAY_ALERTS_MAX, the gravest kept, the oldest first; how many. members: those of alert_id are put there; may be NULL. */
uint32_t gateway_alerts_find(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str alert_id, struct gateway_members *members,
        struct gateway_alert ret[GATEWAY_ALERT_KINDS]);

#endif
