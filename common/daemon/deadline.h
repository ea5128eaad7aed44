/* Ends the process when stopping takes too long: a call into Kafka's client may not return. */
#ifndef HUB_DAEMON_DEADLINE_H
#define HUB_DAEMON_DEADLINE_H

#include "log/log.h"

struct hub_deadline;

/* From now on the process has ms: then it says STOP_TOO_SLOW and exits with exit_code at once. NULL: no
 * thread could be made. Borrows log. */
struct hub_deadline *hub_deadline_start(struct hub_log *log, int ms, int exit_code);

/* In time after all. Accepts NULL. */
void hub_deadline_met(struct hub_deadline *deadline);

#endif
