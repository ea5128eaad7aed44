/* Alerts: at most seven groups of what needs somebody, each with the exact worklist behind it. An acknowledgement covers the
 * members that a group had; any other one makes the alert unacknowledged again, and so does one that became such anew. */
#ifndef DASHBOARD_GATEWAY_VIEW_ALERTS_H
#define DASHBOARD_GATEWAY_VIEW_ALERTS_H

#include "dashboard-gateway/view/view.h"
#include "records/alert_acknowledged.h"

enum {
	GATEWAY_NOTE_MAX = 500 /* characters */,
	GATEWAY_MEMBERS_MAX = 5000 /* of AlertAcknowledged.members */
};

struct gateway_alerts *gateway_alerts_new(void);
void gateway_alerts_free(struct gateway_alerts *alerts); /* accepts NULL */

/* As read from dashboard-gateway.acknowledgements; an earlier one than what is known changes nothing. */
void gateway_alerts_acknowledged(struct gateway_alerts *alerts, const struct hub_alert_acknowledged *record);

/* What an acknowledgement covers, as hashes of ids. */
struct gateway_members {
	int64_t items[GATEWAY_MEMBERS_MAX];
	uint32_t count; /* may be more than there are items */
};

/* The record that acknowledges an alert as it is now, to be published under the key alert_id. Texts and members are borrowed
 * from the arguments. HUB_E_REFUSED: may not; HUB_E_NOT_FOUND: there is no such alert (any more); HUB_E_INVALID: the note is too long. */
int gateway_alerts_acknowledge(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str alert_id, struct hub_str note, struct gateway_members *members,
        struct hub_alert_acknowledged *ret, struct hub_error *reterr);
/* {"alert_id", "acknowledged": {...}} */
void gateway_view_acknowledgement(const struct hub_alert_acknowledged *record, struct hub_buf *out);

#endif
