/* What /livez and /readyz say. */
#ifndef HUB_DAEMON_PROBES_H
#define HUB_DAEMON_PROBES_H

#include "base/buf.h"
#include "runtime/runtime.h"

/* One line, and one JSON object. */
void hub_probe_ready(const struct hub_runtime_status *status, struct hub_buf *text, struct hub_buf *json);

/* Age of the worker's last step against the limit. True: alive. */
bool hub_probe_live(int64_t step_age_us, int64_t limit_us, struct hub_buf *text, struct hub_buf *json);

#endif
