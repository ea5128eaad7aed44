/* A referral as everybody sees it: never anything of the patient. */
#ifndef DASHBOARD_GATEWAY_VIEW_REFERRAL_JSON_H
#define DASHBOARD_GATEWAY_VIEW_REFERRAL_JSON_H

#include "base/arena.h"
#include "dashboard-gateway/view/collection.h"

/* What one answer needs. */
struct gateway_showing {
	const struct gateway_world *world;
	const struct gateway_viewer *viewer;
	struct hub_arena *arena; /* for the lists of allowed records */
};

void gateway_json_referral(struct gateway_json *json, const struct gateway_showing *showing,
        const struct gateway_referral *referral);

/* The records that the viewer's organisation may send now, by the router's own rules (REF-18); empty: none. In arena. */
struct hub_str_array gateway_allowed(
        const struct gateway_showing *showing, const struct gateway_referral *referral);

/* NULL: not there, or not for this viewer. */
const struct gateway_referral *gateway_referral_for(
        const struct gateway_world *world, const struct gateway_viewer *viewer, struct hub_str referral_id);

enum { GATEWAY_SHOWING_BYTES = 1024 * 1024 };

#endif
