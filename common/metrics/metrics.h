/* Counters, gauges and histograms with labels, and their text for Prometheus (exposition format 0.0.4). The
 * metrics are a table; a series comes into being when it is first touched, a counter or histogram without labels at once.
 * Prometheus sees no increase in a counter's first value: whoever knows the labels of a rare one touches it at the start,
 * by adding 0. Any thread; a short lock inside.
 */
#ifndef HUB_METRICS_METRICS_H
#define HUB_METRICS_METRICS_H

#include "base/buf.h"

#include <stdint.h>

enum hub_metric_type { HUB_COUNTER, HUB_GAUGE, HUB_HISTOGRAM };

enum { HUB_METRIC_LABELS = 3 };

struct hub_metric_spec {
	enum hub_metric_type type;
	const char *name; /* hub_events_total */
	const char *help;
	const char *labels[HUB_METRIC_LABELS]; /* names; NULL behind the last */
	const double *buckets;                 /* HUB_HISTOGRAM: upper bounds, rising, ended by 0 */
};

struct hub_metrics;

/* Borrows specs (count of them); a metric is the index in it. NULL: no memory. */
struct hub_metrics *hub_metrics_new(const struct hub_metric_spec *specs, uint32_t count);
void hub_metrics_free(struct hub_metrics *metrics); /* accepts NULL */

/* labels: as many values as the spec has names; NULL when it has none. Beyond 2,000 series of a metric a new
 * one is not made. add: COUNTER, GAUGE. set: GAUGE (and COUNTER that somebody else counts). */
void hub_metrics_add(struct hub_metrics *metrics, uint32_t metric, const char *const *labels, double amount);
void hub_metrics_set(struct hub_metrics *metrics, uint32_t metric, const char *const *labels, double value);

/* HISTOGRAM: times observations of value. */
void hub_metrics_observe(struct hub_metrics *metrics, uint32_t metric, const char *const *labels,
        double value, uint64_t times);

/* Forgets every series of a metric (gauges of partitions that are no longer ours). */
void hub_metrics_clear(struct hub_metrics *metrics, uint32_t metric);

/* Appends the whole text, metrics in the table's order. */
void hub_metrics_write(struct hub_metrics *metrics, struct hub_buf *out);

#endif
