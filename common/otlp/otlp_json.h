/* Spans as the body of OTLP/HTTP's POST /v1/traces, in JSON (opentelemetry.io/docs/specs/otlp: ids in hex, 64-bit numbers as text).
 * Pure. */
#ifndef HUB_OTLP_OTLP_JSON_H
#define HUB_OTLP_OTLP_JSON_H

#include "base/buf.h"
#include "otlp/span.h"

/* Who made them: service.name, service.version, service.instance.id. Borrowed. */
struct hub_otlp_resource {
	const char *service, *version, *instance;
};

void hub_otlp_json(const struct hub_otlp_resource *resource, const struct hub_span *spans, uint32_t count,
        struct hub_buf *out);

#endif
