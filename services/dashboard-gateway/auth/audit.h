/* What audit.events is told of a request: a pure function of who asked and a few facts, none of which can carry what the
 * request or its answer said. The resource is one of a closed list; its subject is told only when there is such a thing and
 * the user may see it, since whatever else stands in a path was typed by somebody. */
#ifndef DASHBOARD_GATEWAY_AUTH_AUDIT_H
#define DASHBOARD_GATEWAY_AUTH_AUDIT_H

#include "dashboard-gateway/view/viewer.h"
#include "records/access_recorded.h"

#define GATEWAY_AUDIT_TOPIC "audit.events"

struct gateway_access {
	struct hub_str
	        resource; /* below /api/v1, what varies left open: "/referrals/{id}/history"; anything else is told as "other" */
	struct hub_str subject;        /* what {id} stood for, decoded */
	enum hub_access_action action; /* READ, CHANGE, LOGIN, LOGOUT, STREAM: what was asked for */
	int status;                    /* of the answer */
	struct hub_str client;         /* its address */
	struct hub_str trace_id;       /* 32 hexadecimal digits */
	struct hub_str event_ref;      /* event_id that the request sent to Kafka */
	struct hub_str login_user;     /* of a failed login: the name, if gateway_auth_knows it */
	uint64_t epoch, number;        /* of this process, of this request: they make the event_id */
	int64_t at_ms;
};

enum { GATEWAY_AUDIT_ID_MAX = 48 };

struct gateway_audit {
	struct hub_access_recorded record;
	char event_id[GATEWAY_AUDIT_ID_MAX];
};

/* viewer NULL: nobody. Strings borrow from viewer and access; *ret may not move. The record's key is its county_id. */
void gateway_audit_fill(
        const struct gateway_viewer *viewer, const struct gateway_access *access, struct gateway_audit *ret);

#endif
