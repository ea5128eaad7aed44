/* Who looks, and what they may see and do. Pure. The one place where access is decided: everything that leaves the
 * gateway asks here.
 *
 *   COUNTY      a control centre: every flow of its county and what other counties have there, without free text, identity and
 *               pseudonym; authorises and cancels, acknowledges alerts, replays dead letters
 *   CONSORTIUM  its management: the flows of one consortium, in the same way; changes nothing
 *   HOSPITAL    a desk: what its organisation is party to, with what the receiver needs, and what it may claim; sends events in
 *               its name
 *   READ_ONLY   a wall: as COUNTY, changes nothing
 */
#ifndef DASHBOARD_GATEWAY_VIEW_VIEWER_H
#define DASHBOARD_GATEWAY_VIEW_VIEWER_H

#include "dashboard-gateway/hot/hot.h"
#include "referral-router/policy.h"
#include "wire/arrays.h"

enum gateway_role {
	GATEWAY_ROLE_NONE,
	GATEWAY_ROLE_COUNTY,
	GATEWAY_ROLE_CONSORTIUM,
	GATEWAY_ROLE_HOSPITAL,
	GATEWAY_ROLE_READ_ONLY
};

struct gateway_viewer {
	struct hub_str user; /* for the audit */
	enum gateway_role role;
	struct hub_str org_id;        /* on whose behalf */
	struct hub_str county_id;     /* COUNTY, READ_ONLY: whose; HOSPITAL: of its organisation */
	struct hub_str consortium_id; /* CONSORTIUM */
};

/* "COUNTY", ...; NONE for a word that is none. */
enum gateway_role gateway_role_of(struct hub_str name);
const char *gateway_role_name(enum gateway_role role);

bool gateway_sees_referral(const struct gateway_viewer *viewer, const struct gateway_referral *referral);
/* What lists, single resources and the stream ask: that, or it may be claimed. policy may be NULL: nobody claims. */
bool gateway_shows_referral(const struct gateway_viewer *viewer, const struct referral_policy *policy,
        const struct gateway_referral *referral);
/* REF-08: a referral that nobody took is shown to the hospitals of its county that may claim it; its row, and no story and nothing
 * personal. could: if it were UNPLACED. */
bool gateway_may_claim(const struct gateway_viewer *viewer, const struct referral_policy *policy,
        const struct gateway_referral *referral);
bool gateway_could_claim(const struct gateway_viewer *viewer, const struct referral_policy *policy,
        const struct gateway_referral *referral);
bool gateway_sees_row(const struct gateway_viewer *viewer, const struct gateway_row *row);
/* A decision with these party_org_ids about a referral of that county and consortium. */
bool gateway_sees_decision(const struct gateway_viewer *viewer, const struct hub_str_array *party_org_ids,
        struct hub_str county_id, struct hub_str consortium_id);
/* When an organisation was last heard of in a county's matters. */
bool gateway_sees_publisher(
        const struct gateway_viewer *viewer, struct hub_str county_id, struct hub_str org_id);
/* Free text, pseudonym and what the request says of the patient: only a desk that is party to it. */
bool gateway_sees_personal(const struct gateway_viewer *viewer);
/* May send events at all; which ones is the rules' matter (REF-18). */
bool gateway_may_send(const struct gateway_viewer *viewer);
/* Acknowledge alerts, replay dead letters. */
bool gateway_may_control(const struct gateway_viewer *viewer);
/* Health, dead letters (redacted): control centres and walls. */
bool gateway_sees_operations(const struct gateway_viewer *viewer);

/* Viewers with an equal class see the same: frames and answers may be shared among them. Written to text. */
enum { GATEWAY_CLASS_MAX = 300 };
struct hub_str gateway_viewer_class(const struct gateway_viewer *viewer, char text[GATEWAY_CLASS_MAX]);

#endif
