#include "metrics/metrics.h"

#include "base/check.h"
#include "base/map.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { SERIES_MOST = 2000, KEY_BYTES = 512, BUCKETS_MOST = 32 };

struct series {
	char *key;           /* label values, each ended by 0x1f; owned */
	struct series *next; /* of the same metric, in order of birth */
	double value;        /* counter, gauge; sum of a histogram */
	uint64_t count;
	uint64_t buckets[]; /* not cumulative */
};

struct metric {
	struct hub_map *by_key;
	struct series *first;
	struct series **end;
	uint32_t bucket_count;
};

struct hub_metrics {
	pthread_mutex_t lock;
	const struct hub_metric_spec *specs;
	uint32_t count;
	struct metric metrics[];
};

static uint32_t count_buckets(const struct hub_metric_spec *spec)
{
	uint32_t count = 0;
	while (spec->type == HUB_HISTOGRAM && spec->buckets[count] > 0)
		count++;
	hub_check(count <= BUCKETS_MOST);
	return count;
}

static void forget(struct metric *metric)
{
	for (struct series *series = metric->first, *next; series; series = next) {
		next = series->next;
		hub_map_remove(metric->by_key, hub_str_from(series->key));
		free(series->key);
		free(series);
	}
	metric->first = NULL;
	metric->end = &metric->first;
}

void hub_metrics_free(struct hub_metrics *metrics)
{
	if (!metrics)
		return;
	for (uint32_t i = 0; i < metrics->count; i++) {
		forget(&metrics->metrics[i]);
		hub_map_free(metrics->metrics[i].by_key);
	}
	pthread_mutex_destroy(&metrics->lock);
	free(metrics);
}

static struct hub_str make_key(
        const struct hub_metric_spec *spec, const char *const *labels, char key[KEY_BYTES])
{
	uint32_t len = 0;
	for (uint32_t i = 0; i < HUB_METRIC_LABELS && spec->labels[i]; i++) {
		for (const char *at = labels[i]; *at && len < KEY_BYTES - 2; at++)
			key[len++] = *at;
		key[len++] = '\x1f';
	}
	key[len] = '\0';
	return (struct hub_str){ key, len };
}

/* NULL: there are too many. Under the lock. */
static struct series *series_of(struct hub_metrics *metrics, uint32_t number, const char *const *labels)
{
	hub_check(number < metrics->count);
	struct metric *metric = &metrics->metrics[number];
	char key[KEY_BYTES];
	struct hub_str text = make_key(&metrics->specs[number], labels, key);
	struct series *series = hub_map_get(metric->by_key, text);
	if (series || hub_map_count(metric->by_key) >= SERIES_MOST)
		return series;
	series = calloc(1, sizeof(*series) + (metric->bucket_count + 1) * sizeof(uint64_t));
	hub_check(series);
	series->key = strdup(key);
	hub_check(series->key);
	hub_map_put(metric->by_key, hub_str_from(series->key), series);
	*metric->end = series;
	metric->end = &series->next;
	return series;
}

struct hub_metrics *hub_metrics_new(const struct hub_metric_spec *specs, uint32_t count)
{
	struct hub_metrics *metrics = calloc(1, sizeof(*metrics) + count * sizeof(struct metric));
	if (!metrics)
		return NULL;
	metrics->specs = specs;
	metrics->count = count;
	pthread_mutex_init(&metrics->lock, NULL);
	for (uint32_t i = 0; i < count; i++) {
		struct metric *metric = &metrics->metrics[i];
		metric->by_key = hub_map_new();
		hub_check(metric->by_key);
		metric->end = &metric->first;
		metric->bucket_count = count_buckets(&specs[i]);
		/* A counter that appears with its first event hides that event from rate(). */
		if (specs[i].type != HUB_GAUGE && !specs[i].labels[0])
			(void)series_of(metrics, i, NULL);
	}
	return metrics;
}

void hub_metrics_add(struct hub_metrics *metrics, uint32_t metric, const char *const *labels, double amount)
{
	pthread_mutex_lock(&metrics->lock);
	struct series *series = series_of(metrics, metric, labels);
	if (series)
		series->value += amount;
	pthread_mutex_unlock(&metrics->lock);
}

void hub_metrics_set(struct hub_metrics *metrics, uint32_t metric, const char *const *labels, double value)
{
	pthread_mutex_lock(&metrics->lock);
	struct series *series = series_of(metrics, metric, labels);
	if (series)
		series->value = value;
	pthread_mutex_unlock(&metrics->lock);
}

void hub_metrics_observe(
        struct hub_metrics *metrics, uint32_t metric, const char *const *labels, double value, uint64_t times)
{
	pthread_mutex_lock(&metrics->lock);
	struct series *series = series_of(metrics, metric, labels);
	if (series) {
		const double *bounds = metrics->specs[metric].buckets;
		uint32_t i = 0;
		while (i < metrics->metrics[metric].bucket_count && value > bounds[i])
			i++;
		series->buckets[i] += times;
		series->count += times;
		series->value += value * (double)times;
	}
	pthread_mutex_unlock(&metrics->lock);
}

void hub_metrics_clear(struct hub_metrics *metrics, uint32_t metric)
{
	pthread_mutex_lock(&metrics->lock);
	forget(&metrics->metrics[metric]);
	pthread_mutex_unlock(&metrics->lock);
}

static void put_number(double value, struct hub_buf *out)
{
	if (value == floor(value) && fabs(value) < 1e15)
		hub_buf_printf(out, "%.0f", value);
	else
		hub_buf_printf(out, "%.9g", value);
}

/* {a="x",b="y",le="0.1"}; nothing at all when there is no label. */
static void put_labels(
        const struct hub_metric_spec *spec, const char *key, const char *le, struct hub_buf *out)
{
	if (!spec->labels[0] && !le)
		return;
	const char *comma = "";
	hub_buf_byte(out, '{');
	for (uint32_t i = 0; i < HUB_METRIC_LABELS && spec->labels[i]; i++) {
		hub_buf_printf(out, "%s%s=\"", comma, spec->labels[i]);
		for (; *key && *key != '\x1f'; key++) {
			if (*key == '"' || *key == '\\')
				hub_buf_byte(out, '\\');
			if (*key == '\n')
				hub_buf_text(out, "\\n");
			else
				hub_buf_byte(out, (uint8_t)*key);
		}
		key += *key == '\x1f';
		hub_buf_byte(out, '"');
		comma = ",";
	}
	if (le)
		hub_buf_printf(out, "%sle=\"%s\"", comma, le);
	hub_buf_byte(out, '}');
}

static void put_line(const struct hub_metric_spec *spec, const char *suffix, const char *key, const char *le,
        double value, struct hub_buf *out)
{
	hub_buf_printf(out, "%s%s", spec->name, suffix);
	put_labels(spec, key, le, out);
	hub_buf_byte(out, ' ');
	put_number(value, out);
	hub_buf_byte(out, '\n');
}

static void put_series(const struct hub_metric_spec *spec, const struct metric *metric,
        const struct series *series, struct hub_buf *out)
{
	if (spec->type != HUB_HISTOGRAM) {
		put_line(spec, "", series->key, NULL, series->value, out);
		return;
	}
	uint64_t below = 0;
	for (uint32_t i = 0; i < metric->bucket_count; i++) {
		char le[32];
		snprintf(le, sizeof(le), "%g", spec->buckets[i]);
		below += series->buckets[i];
		put_line(spec, "_bucket", series->key, le, (double)below, out);
	}
	put_line(spec, "_bucket", series->key, "+Inf", (double)series->count, out);
	put_line(spec, "_sum", series->key, NULL, series->value, out);
	put_line(spec, "_count", series->key, NULL, (double)series->count, out);
}

void hub_metrics_write(struct hub_metrics *metrics, struct hub_buf *out)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };
	pthread_mutex_lock(&metrics->lock);
	for (uint32_t i = 0; i < metrics->count; i++) {
		const struct hub_metric_spec *spec = &metrics->specs[i];
		hub_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", spec->name, spec->help, spec->name,
		        types[spec->type]);
		for (const struct series *series = metrics->metrics[i].first; series; series = series->next)
			put_series(spec, &metrics->metrics[i], series, out);
	}
	pthread_mutex_unlock(&metrics->lock);
}
