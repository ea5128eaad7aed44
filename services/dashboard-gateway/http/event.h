/* A body of POST .../events becomes the event that a hospital would send. Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_EVENT_H
#define DASHBOARD_GATEWAY_HTTP_EVENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "dashboard-gateway/view/viewer.h"
#include "wire/header.h"
#include "wire/schema.h"
#include "wire/traceparent.h"

#include <jansson.h>

enum { GATEWAY_EVENT_HEADERS = 8 };

/* Who says it, and about what. */
struct gateway_event_source {
	const struct gateway_viewer *viewer;
	const struct gateway_referral *referral;
	struct hub_str event_id;
	int64_t occurred_at;
	const struct hub_trace *trace; /* the request's */
	struct hub_str tracestate;     /* what goes on with it; may be empty */
};

struct gateway_event {
	const struct hub_schema *schema;
	struct hub_str key, value; /* in arena */
	struct hub_header headers[GATEWAY_EVENT_HEADERS];
	uint32_t header_count;
};

/* json: {"type": ..., its own fields}; "type" is taken off it, head and ids are put in. HUB_E_INVALID: place and text say what;
 * fields that are not the sender's to give are unknown. */
int gateway_event_build(const struct gateway_event_source *source, json_t *json, struct hub_arena *arena,
        struct gateway_event *ret, struct hub_error *reterr);

#endif
