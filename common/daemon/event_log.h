/* What libevent says becomes lines of our log. */
#ifndef HUB_DAEMON_EVENT_LOG_H
#define HUB_DAEMON_EVENT_LOG_H

#include "log/log.h"

/* Of the whole process, until it is given another log; NULL: nothing is said. */
void hub_event_log_to(struct hub_log *log);

#endif
