/* Reading topics from somewhere to their end, for every command that answers from Kafka. */
#ifndef HUBCTL_SCAN_H
#define HUBCTL_SCAN_H

#include "hubctl/hubctl.h"
#include "kafka/reader.h"
#include "records/topic.h"

enum hubctl_scan_next { HUBCTL_GO_ON, HUBCTL_ENOUGH };

struct hubctl_scan {
	const char *const *topics; /* names as in the catalogue, without prefix */
	uint32_t topic_count;
	int32_t partition; /* -1: all */
	enum hub_read_from from;
	int64_t from_value;
	const int64_t *from_each; /* as in reader.h */
	uint32_t from_count;
	bool follow;      /* go on after the end until a signal */
	bool settled;     /* transactions that are open now are waited for (reader.h) */
	int64_t until_ms; /* of hubctl_now_ms: HUB_E_RETRY then; 0: as long as it takes */
	/* Each record, borrowed; event->at.topic is the index in topics. */
	enum hubctl_scan_next (*visit)(void *user, const struct hub_kafka_event *event);
	void (*at_end)(void *user); /* every partition was read to its end; may be NULL */
	void *user;
};

/* HUB_E_INTERRUPTED when a signal ended it before the end, for a part must never pass for the whole; HUB_OK when it only
 * ended the following. HUB_E_NOT_FOUND: a topic does not exist. */
int hubctl_scan(struct hubctl *hubctl, const struct hubctl_scan *scan, struct hub_error *reterr);

/* The partition of a county among the hub's events; -1 when county is NULL. */
int hubctl_partition_of(
        struct hubctl *hubctl, const char *county, int32_t *ret_partition, struct hub_error *reterr);

/* A topic of the catalogue; HUB_E_NOT_FOUND names one that is spelt nearly so. */
int hubctl_find_topic(const char *name, const struct hub_topic_spec **ret, struct hub_error *reterr);

/* Adds what to do to an error HUB_E_NOT_FOUND about a topic; returns its code. */
int hubctl_no_topic(struct hub_error *err);

#endif
