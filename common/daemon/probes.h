/* What /livez and /readyz say. */
#ifndef HUB_DAEMON_PROBES_H
#define HUB_DAEMON_PROBES_H

#include "base/buf.h"
#include "runtime/runtime.h"

/* A worker that waits inside a call to Kafka (a commit while a partition has no leader) cannot say so itself: after
 * some seconds the age of its last step does, and it is not ready. */
void hub_probe_waiting(int64_t step_age_us, struct hub_runtime_status *status);

/* One line, and one JSON object. instance: the name of this copy, by which two of one name are found. */
void hub_probe_ready(const struct hub_runtime_status *status, const char *instance, struct hub_buf *text,
        struct hub_buf *json);

/* Age of the worker's last step against the limit. True: alive. */
bool hub_probe_live(int64_t step_age_us, int64_t limit_us, struct hub_buf *text, struct hub_buf *json);

#endif
