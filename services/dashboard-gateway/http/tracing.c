#include "dashboard-gateway/http/tracing.h"

#include "base/check.h"
#include "dashboard-gateway/http/gateway.h"
#include "otlp/exporter.h"

#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { PERCENT = 100, SERVER_ERRORS = 500 };

struct gateway_tracing {
	struct hub_exporter *exporter;
	char instance[256]; /* the host's name */
	char topic[256];    /* where events go */
};

int gateway_tracing_new(struct gateway *gateway, struct gateway_tracing **ret, struct hub_error *reterr)
{
	const struct gateway_options *options = gateway->options;
	if (!*options->otlp_endpoint)
		return HUB_OK;
	struct gateway_tracing *tracing = calloc(1, sizeof(*tracing));
	hub_check(tracing);
	if (gethostname(tracing->instance, sizeof(tracing->instance) - 1) != 0)
		snprintf(tracing->instance, sizeof(tracing->instance), "1");
	snprintf(tracing->topic, sizeof(tracing->topic), "%sreferral.events", options->topic_prefix);
	const struct hub_exporter_options exporter = {
		.base = gateway->base,
		.endpoint = options->otlp_endpoint,
		.resource = { "dashboard-gateway", HUB_VERSION, tracing->instance },
		.log = gateway->log,
		.metrics = gateway->metrics,
		.metric = GATEWAY_MEASURE_SPANS,
	};
	int code = hub_exporter_new(&exporter, &tracing->exporter, reterr);
	if (code)
		free(tracing);
	else
		*ret = tracing;
	return code;
}

void gateway_tracing_free(struct gateway_tracing *tracing)
{
	if (tracing)
		hub_exporter_free(tracing->exporter);
	free(tracing);
}

void gateway_trace_begin(struct gateway_exchange *exchange)
{
	const struct gateway *gateway = exchange->gateway;
	struct hub_trace *trace = &exchange->trace, caller, chance;
	hub_check(getrandom(&chance, sizeof(chance), 0) == (ssize_t)sizeof(chance));
	exchange->has_caller =
	        hub_traceparent_parse(gateway_request_header(exchange, "traceparent"), &caller);
	*trace = exchange->has_caller ? caller : chance;
	if (exchange->has_caller)
		memcpy(exchange->caller_id, caller.span_id, sizeof(caller.span_id));
	else
		trace->flags = gateway->tracing && chance.flags * PERCENT / (UINT8_MAX + 1) <
		                                           gateway->options->trace_percent
		                       ? HUB_TRACE_SAMPLED
		                       : 0;
	memcpy(trace->span_id, chance.span_id, sizeof(chance.span_id));
}

struct hub_str gateway_trace_state(const struct gateway_exchange *exchange)
{
	struct hub_str state = gateway_request_header(exchange, "tracestate");
	return exchange->has_caller && hub_tracestate_carried(state) ? state : (struct hub_str){ NULL, 0 };
}

struct hub_header gateway_trace_header(
        const struct gateway_exchange *exchange, char text[HUB_TRACEPARENT_LEN + 1])
{
	hub_traceparent_format(&exchange->trace, text);
	return (struct hub_header){ HUB_STR("traceparent"), { text, HUB_TRACEPARENT_LEN } };
}

static bool wanted(const struct gateway_exchange *exchange)
{
	return exchange->gateway->tracing && exchange->trace.flags & HUB_TRACE_SAMPLED;
}

/* From a moment of the steady clock until now. */
static void set_times(struct hub_span *span, int64_t began_us)
{
	span->ended_us = gateway_now_ms() * 1000;
	span->began_us = span->ended_us - (gateway_now_us() - began_us);
}

static void push(const struct gateway_exchange *exchange, const struct hub_span *span)
{
	hub_span_queue_push(hub_exporter_queue(exchange->gateway->tracing->exporter), span);
}

static const char *method_of(const struct gateway_exchange *exchange)
{
	switch (exchange->method) {
	case GATEWAY_METHOD_GET:
		return exchange->head ? "HEAD" : "GET";
	case GATEWAY_METHOD_POST:
		return "POST";
	case GATEWAY_METHOD_DELETE:
		return "DELETE";
	case GATEWAY_METHOD_OTHER:
		break;
	}
	return "_OTHER";
}

/* By OpenTelemetry's conventions for HTTP servers; what stands in the path's "{id}" is not told. */
void gateway_trace_end(const struct gateway_exchange *exchange, int status)
{
	const char *method = method_of(exchange);
	if (!wanted(exchange))
		return;
	struct hub_span span = {
		.trace = exchange->trace,
		.has_parent = exchange->has_caller,
		.kind = HUB_SPAN_SERVER,
		.failed = status >= SERVER_ERRORS,
	};
	memcpy(span.parent_id, exchange->caller_id, sizeof(span.parent_id));
	set_times(&span, exchange->started_us);
	hub_span_name(&span, method, exchange->route ? exchange->route->path : "page");
	hub_span_text(&span, "http.request.method", method);
	hub_span_text(&span, "http.route", exchange->route ? exchange->route->path : NULL);
	hub_span_text(&span, "url.scheme", exchange->secure ? "https" : "http");
	hub_span_int(&span, "http.response.status_code", status);
	if (span.failed)
		hub_span_digits(&span, "error.type", status);
	push(exchange, &span);
}

void gateway_trace_sent(const struct gateway_exchange *exchange, int32_t partition, int64_t offset,
        const struct hub_error *err)
{
	if (!wanted(exchange))
		return;
	struct hub_span span = {
		.trace = hub_trace_child(&exchange->trace, hub_str_from(exchange->event_ref)),
		.has_parent = true,
		.kind = HUB_SPAN_PRODUCER,
		.failed = err->code != HUB_OK,
	};
	memcpy(span.parent_id, exchange->trace.span_id, sizeof(span.parent_id));
	set_times(&span, exchange->sent_us);
	hub_span_messaging(&span, "send", exchange->gateway->tracing->topic);
	hub_span_text(&span, "hub.record", exchange->schema->name);
	if (span.failed)
		hub_span_text(&span, "error.type", hub_code_name((enum hub_code)err->code));
	else
		hub_span_place(&span, partition, offset);
	push(exchange, &span);
}
