/* What `hubctl status` finds out, before it is shown. */
#ifndef HUBCTL_STATUS_H
#define HUBCTL_STATUS_H

#include "hubctl/daemons.h"
#include "hubctl/hubctl.h"

/* One partition of a daemon's input, its state and its picture in Redis. */
struct hubctl_partition_status {
	int32_t partition;
	int64_t committed;    /* -1: none */
	int64_t lag;          /* records */
	int64_t position;     /* offset of the newest PartitionPosition in the state topic; -1: none seen */
	struct hub_str redis; /* "LIVE", "REBUILDING", "none", or "?" when Redis does not answer */
	int64_t fence;        /* offset; -1: none */
};

struct hubctl_status {
	struct hubctl *hubctl;
	struct hubctl_daemon *daemons;
	uint32_t daemon_count;
	struct hubctl_partition_status *partitions;
	uint32_t partition_count;
	int64_t lag;            /* of all partitions */
	uint32_t live;          /* partitions whose fence is at the position */
	struct hub_error redis; /* code 0: it answers */
	uint64_t dead_letters;
	bool attention;
};

/* Each fills its part. Errors of Redis are answers, kept in status; HUB_E_*: the broker's. */
int hubctl_status_partitions(
        struct hubctl_status *status, const char *daemon, const char *input, struct hub_error *reterr);
int hubctl_status_dead_letters(struct hubctl_status *status, const char *daemon, struct hub_error *reterr);

#endif
