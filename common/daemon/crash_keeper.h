/* Keeps the crash file (port/crash_port.h): FOLDER/hub-NAME.crash, mapped into memory, so that what the worker notes costs
 * a store and outlives the process. A fatal signal of the worker's own making (a fault, abort) is marked in it; every
 * other end is not. */
#ifndef HUB_DAEMON_CRASH_KEEPER_H
#define HUB_DAEMON_CRASH_KEEPER_H

#include "base/error.h"
#include "port/crash_port.h"

#include <stdbool.h>

struct hub_crash_keeper;

/* Makes the file when it is not there, and takes over the handlers of fatal signals. HUB_E_FATAL: it cannot be
 * made, is not ours, or a running process keeps it. */
int hub_crash_keeper_open(
        const char *folder, const char *name, struct hub_crash_keeper **ret, struct hub_error *reterr);

/* Whole, as the former process left it. Borrowed. keeper NULL: NULL. */
struct hub_crash_file *hub_crash_keeper_file(struct hub_crash_keeper *keeper);

/* From now on a fatal signal of the calling thread is marked, even of its stack's overflow; and no more. One thread
 * at a time. Both accept NULL. */
void hub_crash_keeper_guard(struct hub_crash_keeper *keeper);
void hub_crash_keeper_release(struct hub_crash_keeper *keeper);

/* orderly: the next process is to begin without a memory. Accepts NULL. */
void hub_crash_keeper_close(struct hub_crash_keeper *keeper, bool orderly);

#endif
