/* The gateway as a whole: its parts, wired together, on one event loop. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_GATEWAY_H
#define DASHBOARD_GATEWAY_HTTP_GATEWAY_H

#include "dashboard-gateway/auth/auth.h"
#include "dashboard-gateway/http/frames.h"
#include "dashboard-gateway/http/measures.h"
#include "dashboard-gateway/http/options.h"
#include "dashboard-gateway/view/alerts.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/letters.h"
#include "dashboard-gateway/view/stories.h"
#include "dashboard-gateway/view/view.h"
#include "log/log.h"
#include "records/region.h"

struct gateway_bodies;
struct gateway_files;
struct gateway_limits;
struct gateway_server;
struct gateway_repeats;
struct gateway_streams;
struct gateway_tracing;
struct hub_admin;

struct gateway {
	const struct gateway_options *options;
	struct event_base *base;
	struct hub_log *log;
	struct hub_metrics *metrics;
	struct gateway_hot *hot;
	struct referral_policy *policy; /* NULL before the first load */
	const struct hub_registry *registry;
	struct gateway_stories *stories;
	struct gateway_heard *heard;
	struct gateway_alerts *alerts;
	struct gateway_letters *letters;
	struct gateway_feed *feed;
	struct gateway_auth *auth;
	struct gateway_files *files;
	struct gateway_limits *limits;
	struct gateway_bodies *bodies;
	struct gateway_repeats *repeats; /* what was published here lately */
	struct gateway_streams *streams;
	struct gateway_frames
	        frames; /* those of the streams; the loop lets the last ones go at its own end */
	struct gateway_server *server;
	struct gateway_tracing *tracing; /* NULL: no spans are made */
	struct hub_admin *admin;
	uint64_t epoch;
	uint64_t
	        changes; /* rises with whatever is seen but is no row: acknowledgements, answers, letters, reference data, the feed's state */
	struct gateway_feed_state told; /* what was last made of the feed's state */
	uint64_t accesses;              /* counted for the audit */
	int64_t audit_told_ms;          /* when a lost audit record was last logged */
	bool stopping;
};

/* What can be looked at, as of now. */
struct gateway_world gateway_world(const struct gateway *gateway);

/* A region as of today; NULL: not known. */
const struct hub_region *gateway_region(const struct gateway *gateway, struct hub_str region_id);

int64_t gateway_now_ms(void);
int64_t gateway_now_us(void); /* never goes back */

/* Sets up everything and runs until SIGTERM or SIGINT: the exit code. */
int gateway_run(const struct gateway_options *options, struct hub_kafka_properties kafka);

#endif
