/* The metrics that every program has of its process (process.def). */
#ifndef HUB_DAEMON_PROCESS_H
#define HUB_DAEMON_PROCESS_H

#include "metrics/metrics.h"

/* Brings the process_* ones up to date. first: the index of process.def's first row in the program's table. */
void hub_process_measure(struct hub_metrics *metrics, uint32_t first);

#endif
