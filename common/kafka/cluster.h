/* What a cluster says of itself to whoever asks, for tools that look for faults: can it be reached, and if not, why;
 * its brokers; topics as they are. Topics are asked for by name: a list of all of them leaves out those that one may not
 * see. */
#ifndef HUB_KAFKA_CLUSTER_H
#define HUB_KAFKA_CLUSTER_H

#include "base/arena.h"
#include "base/error.h"
#include "kafka/properties.h"

/* Whether a broker answers, and what is in the way. */
enum hub_cluster_way {
	HUB_WAY_OPEN,
	HUB_WAY_REFUSED,  /* nobody listens there */
	HUB_WAY_SILENT,   /* no answer in time */
	HUB_WAY_NO_HOST,  /* the name has no address */
	HUB_WAY_PASSWORD, /* user or password are not taken */
	HUB_WAY_TLS,      /* the handshake failed */
	HUB_WAY_PROTOCOL, /* it speaks another protocol: TLS, SASL, or none */
};

enum hub_cluster_topic_state {
	HUB_CLUSTER_TOPIC_THERE,
	HUB_CLUSTER_TOPIC_MISSING,
	HUB_CLUSTER_TOPIC_FORBIDDEN, /* also when there is none: the broker does not say */
	HUB_CLUSTER_TOPIC_UNKNOWN,   /* no answer; why says it */
};

struct hub_cluster_setting {
	const char *name, *value;
};

/* Counts over its partitions. */
struct hub_cluster_topic {
	const char *name; /* full */
	enum hub_cluster_topic_state state;
	struct hub_str why;
	int32_t partitions;
	int32_t leaderless; /* partitions that nobody leads */
	int32_t short_of;   /* partitions with fewer copies in sync than copies */
	int32_t copies;     /* of a partition */
	int32_t in_sync;    /* of the partition that has the fewest */
	struct hub_cluster_setting *settings;
	uint32_t setting_count;      /* 0: they could not be asked for */
	struct hub_str settings_why; /* then: why not */
};

struct hub_cluster {
	enum hub_cluster_way way;
	struct hub_str why; /* what was heard; empty when open */
	uint32_t brokers;   /* that are there */
	struct hub_cluster_topic *topics;
	uint32_t topic_count;
};

struct hub_cluster_question {
	struct hub_kafka_properties properties;
	const char *const *topics; /* full names */
	uint32_t topic_count;
	int timeout_ms; /* for the first answer, and for each one after it */
};

/* *ret lies in arena. Whatever the cluster says or does not say is an answer. HUB_E_INVALID: a property; HUB_E_FATAL:
 * memory. */
int hub_kafka_cluster(const struct hub_cluster_question *question, struct hub_arena *arena,
        struct hub_cluster *ret, struct hub_error *reterr);

/* The value of a setting of topic; NULL: not known. */
const char *hub_cluster_setting(const struct hub_cluster_topic *topic, const char *name);

#endif
