/* GET /events: the stream of changes (server-sent events). A reader is a position, not a queue: what it gets is rendered from the
 * rows as they are when it can take it. So a slow reader costs no more than what lies in its output buffer, and never
 * misses the newest value. */
#ifndef DASHBOARD_GATEWAY_HTTP_STREAM_H
#define DASHBOARD_GATEWAY_HTTP_STREAM_H

#include "dashboard-gateway/http/exchange.h"

struct gateway_streams;

enum { GATEWAY_BEAT_S = 15 /* 40 s of silence is a dead connection */ };

/* HUB_E_FATAL: memory. */
int gateway_streams_new(struct gateway *gateway, struct gateway_streams **ret, struct hub_error *reterr);
void gateway_streams_free(struct gateway_streams *streams); /* after the server; accepts NULL */

/* A state that /freshness tells has changed: it is sent without waiting for its turn. */
void gateway_streams_health(struct gateway_streams *streams);
/* Reference data has changed: readers whose county is another one now come again. */
void gateway_streams_registry(struct gateway_streams *streams);
/* A session that was ended has no stream any more. */
void gateway_streams_end(struct gateway_streams *streams, const struct gateway_identity *identity);
/* A user is not what he was: his streams end. */
void gateway_streams_end_user(struct gateway_streams *streams, struct hub_str user);
/* Says "bye" to all: the process stops. */
void gateway_streams_bye(struct gateway_streams *streams);

uint32_t gateway_streams_count(const struct gateway_streams *streams);
uint64_t gateway_streams_frame_bytes(const struct gateway_streams *streams);

#endif
