/* What a hub needs for so many residents: plain arithmetic over the figures of size.def. Pure. */
#ifndef HUBCTL_SIZE_H
#define HUBCTL_SIZE_H

#include <stdint.h>

/* The rows of size.def as numbers. */
struct hubctl_size_figures {
#define ASSUMED(name, value, unit, text) int64_t name;
#define MEASURED(name, value, unit, text, command) int64_t name;
#include "hubctl/size.def"
};

extern const struct hubctl_size_figures hubctl_size_figures;

enum hubctl_size_part {
	HUBCTL_SIZE_ROUTER,
	HUBCTL_SIZE_GATEWAY,
	HUBCTL_SIZE_REDIS,
	HUBCTL_SIZE_BROKER,
	HUBCTL_SIZE_WATCH,
	HUBCTL_SIZE_PARTS
};

enum { HUBCTL_SIZE_POPULATION_MAX = 2000 * 1000 * 1000 };

struct hubctl_size {
	int64_t referrals_day, events_day, peak_events_hour, readers;
	int64_t open, ended; /* referrals that are known at a time */
	int32_t partitions;
	int32_t copies; /* of each partition; as many brokers and servers */
	struct {
		int32_t count;                                 /* running copies */
		int64_t millicores, megabytes, disk_megabytes; /* of one of them */
	} parts[HUBCTL_SIZE_PARTS];
	int64_t cores, memory_gb, disk_gb, network_mbit; /* of each server */
	int64_t restart_s; /* until a router decides again, alone on everything */
};

/* population: at most HUBCTL_SIZE_POPULATION_MAX. */
struct hubctl_size hubctl_size_of(int64_t population, const struct hubctl_size_figures *figures);

#endif
