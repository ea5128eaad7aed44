/* The metrics of every daemon (metrics.def). */
#ifndef HUB_DAEMON_MEASURES_H
#define HUB_DAEMON_MEASURES_H

#include "metrics/metrics.h"

enum hub_measure {
#define METRIC(id, type, name, help, labels, buckets) HUB_MEASURE_##id,
#include "daemon/metrics.def"
#undef METRIC
	HUB_MEASURES
};

/* A registry of them, with the rare counters at 0; NULL: no memory. */
struct hub_metrics *hub_measures_new(void);

/* Brings the process_* ones up to date. */
void hub_measures_process(struct hub_metrics *metrics);

#endif
