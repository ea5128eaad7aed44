/* Reading a topic from its end backwards, for what lies among its newest records as a rule: a window of offsets of each
 * partition and, where that was not enough, one ten times as long, up to the beginning. However many the newest offsets are,
 * they may hold nothing that a reader sees: marks of transactions, and records that were taken back (hubctl topics advance
 * leaves 100,000 of them). */
#ifndef HUBCTL_BACKWARDS_H
#define HUBCTL_BACKWARDS_H

#include "hubctl/scan.h"

/* How far a partition was read. */
struct hubctl_reach {
	int64_t low;       /* where the partition begins */
	int64_t from;      /* from here on every record was seen; INT64_MAX: no window was read to its end */
	int64_t next;      /* behind the newest record that was seen: who follows goes on here */
	int64_t oldest_ms; /* the earliest time that was seen; INT64_MAX: none was */
	int64_t found;     /* counted by visit, for more */
};

struct hubctl_backwards {
	const char *topic;  /* as in the catalogue, without prefix */
	int32_t partition;  /* -1: all */
	int64_t window;     /* offsets of each partition that are read at first */
	int64_t until_ms;   /* as in scan.h, of everything; 0: as long as it takes */
	int64_t further_ms; /* that all windows but the first may take together; 0: as long as it takes */
	/* Each record once: those of a window in order, those of an earlier window after it. HUBCTL_ENOUGH ends it all. */
	enum hubctl_scan_next (*visit)(
	        void *user, const struct hub_kafka_event *event, struct hubctl_reach *reach);
	/* After a window: is what lies before it wanted? Asked of partitions that have something before it. */
	bool (*more)(void *user, int32_t partition, const struct hubctl_reach *reach);
	void *user;
};

/* *ret, *ret_count: by partition, in hubctl->arena; valid also when it fails, count 0 if nothing was read. Errors as hubctl_scan: HUB_E_RETRY
 * also when there was no time for what was wanted. */
int hubctl_backwards(struct hubctl *hubctl, const struct hubctl_backwards *back, struct hubctl_reach **ret,
        uint32_t *ret_count, struct hub_error *reterr);

/* The partition was read whole. */
static inline bool hubctl_reached_beginning(const struct hubctl_reach *reach)
{
	return reach->from <= reach->low;
}

#endif
