/* W3C Trace Context, header traceparent: parse and format. Pure: a span's id comes from what it stands for,
 * so that it can be derived again. */
#ifndef HUB_WIRE_TRACEPARENT_H
#define HUB_WIRE_TRACEPARENT_H

#include "base/str.h"

enum { HUB_TRACE_ID_LEN = 16, HUB_SPAN_ID_LEN = 8, HUB_TRACEPARENT_LEN = 55 };

struct hub_trace {
	uint8_t trace_id[HUB_TRACE_ID_LEN];
	uint8_t span_id[HUB_SPAN_ID_LEN];
	uint8_t flags; /* bit 0: sampled */
};

/* False when text is no traceparent (then start anew): wrong form, zero ids, version ff. What a later version
 * adds behind the flags is ignored. */
bool hub_traceparent_parse(struct hub_str text, struct hub_trace *ret_trace);

/* Writes version 00 and a NUL. */
void hub_traceparent_format(const struct hub_trace *trace, char text[HUB_TRACEPARENT_LEN + 1]);

/* The span of what id (an event_id) names: within parent's trace, or, parent NULL, in a trace of its own, not
 * sampled. */
struct hub_trace hub_trace_child(const struct hub_trace *parent, struct hub_str id);

#endif
