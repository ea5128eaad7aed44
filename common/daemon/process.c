#include "daemon/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Rows of process.def, from the first on. */
enum row {
#define METRIC(id, type, name, help, labels, buckets) id,
#include "daemon/process.def"
#undef METRIC
};

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

static double most_files(void)
{
	struct rlimit limit;
	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (double)limit.rlim_cur : 0;
}

void hub_process_measure(struct hub_metrics *metrics, uint32_t first)
{
	static const char *const outcomes[] = { "sent", "dropped" };
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	hub_metrics_set(metrics, first + PROCESS_CPU, NULL, cpu);
	hub_metrics_set(metrics, first + PROCESS_MEMORY, NULL, resident_bytes());
	hub_metrics_set(metrics, first + PROCESS_FDS, NULL, open_files());
	hub_metrics_set(metrics, first + PROCESS_MAX_FDS, NULL, most_files());
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) /* there before they count */
		hub_metrics_add(metrics, first + SPANS, &outcomes[i], 0);
}
