/* One thread beside the loop, for what can only be asked by waiting: in librdkafka 2.0.2 a topic's partitions, the
 * watermarks and the offset of a time (DescribeTopics and ListOffsets became admin calls, and so asynchronous, with 2.3), and the
 * address of Redis when it is a name. Jobs run one after the other; their results come back on the loop. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_HELPER_H
#define DASHBOARD_GATEWAY_FEED_HELPER_H

#include "base/error.h"

#include <stdbool.h>

struct event_base;
struct gateway_helper;

/* First member of a job. */
struct gateway_job {
	void (*work)(struct gateway_job
	                *job); /* in the thread; touches nothing but the job and what may be shared */
	/* On the loop; frees the job. stopped: the helper ends, nobody wants the result. */
	void (*done)(struct gateway_job *job, bool stopped);
	struct gateway_job *next;
};

/* HUB_E_FATAL: no thread, no file descriptor. */
int gateway_helper_new(struct event_base *base, struct gateway_helper **ret, struct hub_error *reterr);

/* Takes job over. From the loop only. */
void gateway_helper_add(struct gateway_helper *helper, struct gateway_job *job);

/* Waits for the job in hand, which is to take a second or two at most. Accepts NULL. */
void gateway_helper_free(struct gateway_helper *helper);

#endif
