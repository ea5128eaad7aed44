/* What the runtime tells becomes log lines, metrics and spans here. */
#ifndef HUB_DAEMON_LISTENER_H
#define HUB_DAEMON_LISTENER_H

#include "log/log.h"
#include "metrics/metrics.h"
#include "otlp/span_queue.h"
#include "runtime/observer.h"

/* Borrowed by the observer; outlives it. */
struct hub_listener {
	struct hub_log *log;
	struct hub_metrics *metrics;  /* of daemon/measures.h */
	struct hub_span_queue *spans; /* NULL: none are made */
	const char *group;
};

struct hub_observer hub_listener_observer(struct hub_listener *listener);

/* The log code of a notice. */
enum hub_log_code hub_listener_code(enum hub_notice_code code);

#endif
