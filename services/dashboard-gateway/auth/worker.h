/* A thread that does one job after another for the loop: what takes long or may block. Jobs go there and come back as plain
 * structs; nothing else is shared. */
#ifndef DASHBOARD_GATEWAY_AUTH_WORKER_H
#define DASHBOARD_GATEWAY_AUTH_WORKER_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct gateway_worker;

/* Begins what a job is made of. */
struct gateway_job {
	void (*run)(struct gateway_job *job);  /* on the thread */
	void (*done)(struct gateway_job *job); /* on the loop; frees it */
	void (*drop)(struct gateway_job *job); /* instead of done when the worker is freed; frees it */
	struct gateway_job *next;              /* the worker's */
};

/* most: jobs that may be on their way at once. HUB_E_FATAL: no thread to be had. */
int gateway_worker_new(
        struct event_base *base, uint32_t most, struct gateway_worker **ret, struct hub_error *reterr);

/* Waits for the job that runs, drops the others. Not from within done. Accepts NULL. */
void gateway_worker_free(struct gateway_worker *worker);

/* False: too many are on their way; the job is still the caller's. */
bool gateway_worker_add(struct gateway_worker *worker, struct gateway_job *job);

#endif
