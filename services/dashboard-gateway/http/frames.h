/* Frames of the stream: one server-sent event, rendered once and shared by all readers that get it. A reader's output buffer refers
 * to it; it goes with the last reader that has written it out. */
#ifndef DASHBOARD_GATEWAY_HTTP_FRAMES_H
#define DASHBOARD_GATEWAY_HTTP_FRAMES_H

#include "base/str.h"
#include "dashboard-gateway/hot/revision.h"

struct evbuffer;
struct gateway_frame;

/* What all frames of a server take together. */
struct gateway_frames {
	uint64_t bytes, count;
};

/* event: the name; data: one line. Never NULL (memory aborts). The caller holds it. */
struct gateway_frame *gateway_frame_new(
        struct gateway_frames *frames, const char *event, struct gateway_revision id, struct hub_str data);
void gateway_frame_drop(struct gateway_frame *frame); /* accepts NULL */

/* Appends it without copying. chunked: as a chunk of HTTP/1.1. */
void gateway_frame_send(struct gateway_frame *frame, struct evbuffer *out, bool chunked);

struct hub_str gateway_frame_text(const struct gateway_frame *frame);

#endif
