#include "hubctl/size.h"

enum {
	PARTITIONS = 16, /* schemas/topics.json */
	PARTITIONS_MAX = 1024,
	RESTORE_S = 10,     /* most for one partition */
	MANY = 1000 * 1000, /* residents from which on one broker's loss is too much */
	AUDIT_DAYS = 200,
	BITS = 8,
	MEGA = 1000 * 1000,
};

const struct hubctl_size_figures hubctl_size_figures = {
#define ASSUMED(name, value, unit, text) .name = (value),
#define MEASURED(name, value, unit, text, command) .name = (value),
#include "hubctl/size.def"
};

static int64_t up(int64_t amount, int64_t by)
{
	return (amount + by - 1) / by;
}

static int64_t next_power(int64_t least, int64_t amount)
{
	int64_t power = least;
	while (power < amount)
		power *= 2;
	return power;
}

static void reckon_load(struct hubctl_size *size, int64_t population, const struct hubctl_size_figures *f)
{
	size->referrals_day = up(population * f->referrals, 10000);
	size->events_day = up(size->referrals_day * f->events, 100);
	size->peak_events_hour = up(size->events_day * f->peak_hour, 100);
	int64_t week = size->referrals_day * f->working_days;
	size->open = up(week * f->open_days, 7);
	size->ended = up(week * f->ended_days, 7);
	size->readers = up(population, f->readers);
	size->copies = (int32_t)(f->copies ? f->copies : population < MANY ? 1 : 3);
}

/* A partition's state must be back in time; more partitions than that only make transactions slower. */
static void reckon_partitions(struct hubctl_size *size, const struct hubctl_size_figures *f)
{
	int64_t records = size->open + size->ended;
	int64_t wanted = next_power(PARTITIONS, up(records, f->restore * RESTORE_S));
	size->partitions = (int32_t)(wanted < PARTITIONS_MAX ? wanted : PARTITIONS_MAX);
	size->restart_s = up(records, f->restore);
}

/* ns: of processor an event. What small transactions cost, which these figures do not have, is shared out like them. */
static int64_t millicores(
        const struct hubctl_size *size, const struct hubctl_size_figures *f, int64_t ns_an_event)
{
	int64_t all = f->router_cpu + f->redis_cpu + f->broker_cpu;
	int64_t rate = up(size->peak_events_hour * (1 + f->catch_up), 3600);
	return up(rate * ns_an_event, MEGA) + up(f->steady * ns_an_event, all);
}

static int64_t with_reserve(int64_t megabytes)
{
	return megabytes + megabytes / 4;
}

static int64_t held(int64_t base, const struct hubctl_size *size, int64_t open, int64_t ended)
{
	return with_reserve(base + up(size->open * open + size->ended * ended, MEGA));
}

static int64_t kept(const struct hubctl_size *size, const struct hubctl_size_figures *f)
{
	int64_t day = up(size->referrals_day * f->working_days, 7);
	int64_t stories = day * f->story_bytes * f->retention_days;
	int64_t accesses = day * f->accesses * f->access_bytes * AUDIT_DAYS;
	/* Compaction takes back what is older; twice what is left is there until it does. */
	int64_t state = 2 * (size->open + size->ended) * f->state_bytes;
	return up((stories + accesses + state) * 100 / f->busy, MEGA);
}

static void reckon_parts(struct hubctl_size *size, const struct hubctl_size_figures *f)
{
	int64_t changes = size->peak_events_hour / 3600 + 1; /* a second, all told */
	for (int i = 0; i < HUBCTL_SIZE_PARTS; i++)
		size->parts[i].count = 1;
	size->parts[HUBCTL_SIZE_ROUTER].count = size->copies > 1 ? 2 : 1;
	size->parts[HUBCTL_SIZE_ROUTER].millicores = millicores(size, f, f->router_cpu);
	size->parts[HUBCTL_SIZE_ROUTER].megabytes =
	        held(f->router_base, size, f->router_open, f->router_ended);
	/* A change is shown at the pages of its county: of 500,000 residents at most. */
	int64_t pages = size->readers < 100 ? size->readers : 100;
	size->parts[HUBCTL_SIZE_GATEWAY].millicores = up(changes * pages * f->gateway_cpu, MEGA) + 10;
	size->parts[HUBCTL_SIZE_GATEWAY].megabytes =
	        held(f->gateway_base + up(size->readers * f->reader_bytes, MEGA), size, f->gateway_open,
	                f->gateway_ended);
	size->parts[HUBCTL_SIZE_REDIS].count = size->copies > 1 ? 2 : 1;
	size->parts[HUBCTL_SIZE_REDIS].millicores = millicores(size, f, f->redis_cpu);
	size->parts[HUBCTL_SIZE_REDIS].megabytes = held(10, size, f->redis_open, f->redis_ended);
	size->parts[HUBCTL_SIZE_REDIS].disk_megabytes = size->parts[HUBCTL_SIZE_REDIS].megabytes;
	size->parts[HUBCTL_SIZE_BROKER].count = size->copies;
	size->parts[HUBCTL_SIZE_BROKER].millicores = millicores(size, f, f->broker_cpu);
	size->parts[HUBCTL_SIZE_BROKER].megabytes = with_reserve(f->broker_base);
	size->parts[HUBCTL_SIZE_BROKER].disk_megabytes = kept(size, f);
	size->parts[HUBCTL_SIZE_WATCH].millicores = 100;
	size->parts[HUBCTL_SIZE_WATCH].megabytes = with_reserve(f->watch_base);
	size->parts[HUBCTL_SIZE_WATCH].disk_megabytes = 5000;
}

/* Each server must be able to carry one copy of everything. */
static void reckon_servers(struct hubctl_size *size, const struct hubctl_size_figures *f)
{
	int64_t millicores = 0, megabytes = 1000, disk = 10000; /* the system itself */
	for (int i = 0; i < HUBCTL_SIZE_PARTS; i++) {
		millicores += size->parts[i].millicores;
		megabytes += size->parts[i].megabytes;
		disk += size->parts[i].disk_megabytes;
	}
	int64_t day_bytes = size->referrals_day * f->story_bytes;
	int64_t peak_bits = up(day_bytes * f->peak_hour / 100 * (1 + f->catch_up), 3600) * BITS;
	size->cores = next_power(2, up(millicores * 100, f->busy * 1000));
	size->memory_gb = next_power(4, up(megabytes, 1000));
	size->disk_gb = next_power(20, up(disk, 1000));
	/* In, to the other brokers, out to the router and to subscribers. */
	size->network_mbit = next_power(10, up(peak_bits * (size->copies + 2), MEGA));
}

struct hubctl_size hubctl_size_of(int64_t population, const struct hubctl_size_figures *figures)
{
	struct hubctl_size size = { 0 };
	reckon_load(&size, population, figures);
	reckon_partitions(&size, figures);
	reckon_parts(&size, figures);
	reckon_servers(&size, figures);
	return size;
}
