/* How the router stands, from what the feed asked: one definition for /freshness and the alerts. */
#ifndef DASHBOARD_GATEWAY_VIEW_STANDING_H
#define DASHBOARD_GATEWAY_VIEW_STANDING_H

#include "dashboard-gateway/view/feed_state.h"

/* Whoever looks is to hear of a daemon that stands within 40 s: this, and what asking and telling takes. */
enum { GATEWAY_BEHIND_MS = 20 * 1000 };

static inline bool gateway_daemon_behind(const struct gateway_feed_state *feed)
{
	return feed->lag_ms > GATEWAY_BEHIND_MS;
}

/* "ok", "behind", "unknown" */
static inline const char *gateway_daemon_state(const struct gateway_feed_state *feed)
{
	return feed->lag_ms < 0 ? "unknown" : gateway_daemon_behind(feed) ? "behind" : "ok";
}

#endif
