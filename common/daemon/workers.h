/* The two threads that turn the runtime: the worker steps, the follower follows. */
#ifndef HUB_DAEMON_WORKERS_H
#define HUB_DAEMON_WORKERS_H

#include "daemon/crash_keeper.h"
#include "runtime/runtime.h"

struct hub_workers;

/* Starts both, with every signal blocked in them but the worker's own crashes, which crash (may be NULL) marks.
 * done(user) is called on the worker's thread when it has ended, asked or not. HUB_E_FATAL: no threads. Borrows
 * runtime and crash. */
int hub_workers_start(struct hub_runtime *runtime, struct hub_crash_keeper *crash, void (*done)(void *user),
        void *user, struct hub_workers **ret, struct hub_error *reterr);

/* Asks the worker to end after its present step. Any thread; does not wait. */
void hub_workers_stop(struct hub_workers *workers);

/* After done: waits for the worker. 0, or the code with which its last step failed (*reterr). */
int hub_workers_join(struct hub_workers *workers, struct hub_error *reterr);

/* After join: waits at most ms for the follower, which may be in the midst of a long write, and frees. False:
 * it is still at it, and nothing that it uses may be freed. */
bool hub_workers_done(struct hub_workers *workers, int ms);

#endif
