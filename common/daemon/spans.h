/* Spans of a daemon: where they go, and what the runtime's look like. */
#ifndef HUB_DAEMON_SPANS_H
#define HUB_DAEMON_SPANS_H

#include "otlp/exporter.h"
#include "runtime/observer.h"

/* What is said of each input that is decided, and of each timer, by OpenTelemetry's conventions for messaging. group: the consumer
 * group, borrowed for the program's life as are the notice's topic and reason. */
struct hub_span hub_span_of(const struct hub_span_notice *notice, const char *group);

#endif
