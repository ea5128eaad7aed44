#include "daemon/measures.h"

#include "daemon/process.h"

#include <stddef.h>

static const double seconds[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
	0 };
static const double fine_seconds[] = { 1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 1e-2,
	0.1, 0 };

static const struct hub_metric_spec specs[] = {
#define LABELS(...)                                                                                          \
	{                                                                                                    \
		__VA_ARGS__                                                                                  \
	}
#define METRIC(id, type, name, help, labels, buckets) { type, name, help, labels, buckets },
#include "daemon/metrics.def"
#undef METRIC
#undef LABELS
};

static void touch(
        struct hub_metrics *metrics, enum hub_measure measure, const char *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hub_metrics_add(metrics, measure, &values[i], 0);
}

struct hub_metrics *hub_measures_new(void)
{
	static const char *const outcomes[] = { "committed", "aborted", "refused", "unknown" };
	static const char *const reasons[] = {
#define DEAD_LETTER(reason, meaning, remedy) #reason,
#include "effects/dead_letters.def"
	};
	struct hub_metrics *metrics = hub_metrics_new(specs, sizeof(specs) / sizeof(specs[0]));
	if (!metrics)
		return NULL;
	touch(metrics, HUB_MEASURE_TRANSACTIONS, outcomes, sizeof(outcomes) / sizeof(outcomes[0]));
	touch(metrics, HUB_MEASURE_DEAD_LETTERS, reasons, sizeof(reasons) / sizeof(reasons[0]));
	/* The follower tells when Redis goes and comes back, not that it was there all the time. */
	hub_metrics_set(metrics, HUB_MEASURE_STORE_UP, NULL, 1);
	return metrics;
}

void hub_measures_process(struct hub_metrics *metrics)
{
	hub_process_measure(metrics, HUB_MEASURE_BUILD_INFO);
}
