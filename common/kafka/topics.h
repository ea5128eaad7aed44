/* Creates and checks the topics of the catalogue (records/catalogue.h). Partition counts are fixed at
 * creation, since keys would move: a topic with another count is reported, never changed. */
#ifndef HUB_KAFKA_TOPICS_H
#define HUB_KAFKA_TOPICS_H

#include "kafka/properties.h"

#include <stdbool.h>
#include <stdint.h>

struct hub_topic_spec;

enum hub_topic_state {
	HUB_TOPIC_OK, /* as in the catalogue */
	HUB_TOPIC_CREATED,
	HUB_TOPIC_MISSING,
	HUB_TOPIC_DIFFERS, /* text: one difference, what is and what should be */
	HUB_TOPIC_FAILED,  /* the broker refused; text says why */
};

/* One line about one topic (its full name); a topic that differs in several ways has several. text may be
 * empty. */
typedef void hub_topic_report_fn(void *user, const char *topic, enum hub_topic_state state, const char *text);

struct hub_topics_options {
	struct hub_kafka_properties properties;
	const struct hub_topic_spec *specs; /* count of them */
	uint32_t count;
	const char *prefix;     /* before every name; may be empty */
	int32_t partitions;     /* instead of the catalogue's for topics that may have several; 0: as there */
	int replication_factor; /* -1: the broker's default */
	bool create;            /* create what is missing; otherwise only check */
	int timeout_ms;
	hub_topic_report_fn *report;
	void *user;
};

/* *ret_wrong: how many topics are missing, differ or failed. HUB_E_RETRY: no answer from the broker;
 * HUB_E_INVALID: a property. */
int hub_kafka_topics(const struct hub_topics_options *options, uint32_t *ret_wrong, struct hub_error *reterr);

#endif
