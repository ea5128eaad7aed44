#include "daemon/measures.h"

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

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

struct hub_metrics *hub_measures_new(void)
{
	return hub_metrics_new(specs, sizeof(specs) / sizeof(specs[0]));
}

static double resident_bytes(void)
{
	long whole = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file)
		return 0;
	if (fscanf(file, "%ld %ld", &whole, &resident) != 2)
		resident = 0;
	fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	if (!dir)
		return 0;
	double count = -3; /* ".", ".." and the directory itself */
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

void hub_measures_process(struct hub_metrics *metrics)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	hub_metrics_set(metrics, HUB_MEASURE_PROCESS_CPU, NULL, cpu);
	hub_metrics_set(metrics, HUB_MEASURE_PROCESS_MEMORY, NULL, resident_bytes());
	hub_metrics_set(metrics, HUB_MEASURE_PROCESS_FDS, NULL, open_files());
}
