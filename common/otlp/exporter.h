/* Sends spans to a receiver of OTLP/HTTP, in JSON, on an event loop: a batch at a time, the next one when it is answered. A receiver
 * that is away or slow costs spans (the queue fills, the rest is dropped and counted) and nothing else: nobody waits, and names are
 * resolved without blocking. What is queued when the program ends is lost. */
#ifndef HUB_OTLP_EXPORTER_H
#define HUB_OTLP_EXPORTER_H

#include "base/error.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "otlp/otlp_json.h"
#include "otlp/span_queue.h"

struct event_base;
struct hub_exporter;

/* Borrowed for the exporter's life, but the struct itself. */
struct hub_exporter_options {
	struct event_base *base;
	const char *endpoint; /* endpoint.h */
	struct hub_otlp_resource resource;
	struct hub_log *log;         /* a line a minute at most while spans are not taken */
	struct hub_metrics *metrics; /* hub_spans_total with one label, its outcome: */
	uint32_t metric;             /* "sent", "dropped" */
};

/* HUB_E_FATAL: no memory; HUB_E_INVALID: the endpoint. */
int hub_exporter_new(
        const struct hub_exporter_options *options, struct hub_exporter **ret, struct hub_error *reterr);
void hub_exporter_free(struct hub_exporter *exporter); /* accepts NULL */

/* Where spans are put; of one thread. */
struct hub_span_queue *hub_exporter_queue(struct hub_exporter *exporter);

#endif
