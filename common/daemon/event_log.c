#include "daemon/event_log.h"

#include <event2/event.h>
#include <stdatomic.h>
#include <stddef.h>

/* libevent gives its callback nothing to know the log by. */
static _Atomic(struct hub_log *) event_log;

static void on_line(int severity, const char *text)
{
	struct hub_log *log = atomic_load(&event_log);
	if (log && severity >= EVENT_LOG_WARN)
		hub_log(log, HUB_LOG_EVENT_LIBRARY, hub_log_text("text", text));
}

void hub_event_log_to(struct hub_log *log)
{
	atomic_store(&event_log, log);
	event_set_log_callback(on_line);
}
