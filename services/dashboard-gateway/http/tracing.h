/* W3C Trace Context of requests: each is a span, of the trace that its sender names or of one that begins here; an event that is sent
 * is another one within it, and names it to whoever decides. Spans go to trace.otlp_endpoint. */
#ifndef DASHBOARD_GATEWAY_HTTP_TRACING_H
#define DASHBOARD_GATEWAY_HTTP_TRACING_H

#include "dashboard-gateway/http/exchange.h"
#include "wire/header.h"

struct gateway_tracing;

/* What trace.otlp_endpoint says; *ret stays NULL when it is empty. */
int gateway_tracing_new(struct gateway *gateway, struct gateway_tracing **ret, struct hub_error *reterr);
void gateway_tracing_free(struct gateway_tracing *tracing); /* accepts NULL */

/* Fills in the exchange's trace. */
void gateway_trace_begin(struct gateway_exchange *exchange);
/* The exchange has been answered. */
void gateway_trace_end(const struct gateway_exchange *exchange, int status);

/* The tracestate that goes on with the request's trace; may be empty. */
struct hub_str gateway_trace_state(const struct gateway_exchange *exchange);
/* Of a record that is no event: the request itself is its cause. text holds the value. */
struct hub_header gateway_trace_header(
        const struct gateway_exchange *exchange, char text[HUB_TRACEPARENT_LEN + 1]);

/* Kafka has said what became of the exchange's event, which was handed to it at exchange->sent_us. */
void gateway_trace_sent(const struct gateway_exchange *exchange, int32_t partition, int64_t offset,
        const struct hub_error *err);

#endif
