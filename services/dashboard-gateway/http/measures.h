/* The metrics of the gateway (metrics.def). */
#ifndef DASHBOARD_GATEWAY_HTTP_MEASURES_H
#define DASHBOARD_GATEWAY_HTTP_MEASURES_H

#include "metrics/metrics.h"

struct gateway;

enum gateway_measure {
#define METRIC(id, type, name, help, labels, buckets) GATEWAY_MEASURE_##id,
#include "dashboard-gateway/http/metrics.def"
#undef METRIC
	GATEWAY_MEASURES
};

/* A registry of them. NULL: no memory. */
struct hub_metrics *gateway_measures_new(void);

/* Brings the gauges up to date. */
void gateway_measures_look(const struct gateway *gateway);

/* A connection was cut. */
void gateway_count_cut(const struct gateway *gateway, const char *why);

#endif
