/* W3C Trace Context, header traceparent: parse and format. Pure: a span's id comes from what it stands for,
 * so that it can be derived again. */
#ifndef HUB_WIRE_TRACEPARENT_H
#define HUB_WIRE_TRACEPARENT_H

#include "base/str.h"

enum {
	HUB_TRACE_ID_LEN = 16,
	HUB_SPAN_ID_LEN = 8,
	HUB_TRACEPARENT_LEN = 55,
	HUB_TRACE_SAMPLED = 1,
	HUB_TRACE_ID_TEXT = 33
};

struct hub_trace {
	uint8_t trace_id[HUB_TRACE_ID_LEN];
	uint8_t span_id[HUB_SPAN_ID_LEN];
	uint8_t flags; /* HUB_TRACE_SAMPLED: its spans are wanted */
};

/* False when text is no traceparent (then start anew): wrong form, zero ids, version ff. What a later version
 * adds behind the flags is ignored. */
bool hub_traceparent_parse(struct hub_str text, struct hub_trace *ret_trace);

/* Writes version 00 and a NUL. */
void hub_traceparent_format(const struct hub_trace *trace, char text[HUB_TRACEPARENT_LEN + 1]);

/* Whether a tracestate is passed on: visible ASCII, at most so many bytes as W3C asks to be carried at least. */
enum { HUB_TRACESTATE_MAX = 512 };
bool hub_tracestate_carried(struct hub_str text);

/* The trace's id alone, in hex. */
void hub_trace_id_text(const struct hub_trace *trace, char text[HUB_TRACE_ID_TEXT]);

/* The span of what id (an event_id) names: within parent's trace, or, parent NULL, in a trace of its own, not
 * sampled. */
struct hub_trace hub_trace_child(const struct hub_trace *parent, struct hub_str id);

#endif
