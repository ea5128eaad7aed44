/* librdkafka's properties: what a user may pass through (`kafka.*`), what each kind of handle of ours starts
 * from, and what nobody may change because a promise rests on it. */
#ifndef HUB_KAFKA_PROPERTIES_H
#define HUB_KAFKA_PROPERTIES_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct hub_kafka_pool;

/* One property by librdkafka's name ("bootstrap.servers"). Borrowed. */
struct hub_kafka_property {
	const char *name;
	const char *value;
};

struct hub_kafka_properties {
	const struct hub_kafka_property *items;
	uint32_t count;
	struct hub_kafka_pool *pool; /* of tools (kafka/pool.h); NULL: a handle for each question */
};

/* Kinds of handle. */
enum hub_kafka_role {
	HUB_KAFKA_GROUP_CONSUMER = 1 << 0, /* a daemon's member of its group */
	HUB_KAFKA_PRODUCER = 1 << 1,       /* a daemon's transactional producer */
	HUB_KAFKA_QUERY = 1 << 2,          /* asks for high watermarks: read_uncommitted, no group */
	HUB_KAFKA_READER = 1 << 3,         /* tools: reads what it is told to, no group */
	HUB_KAFKA_WRITER = 1 << 4,         /* tools: idempotent, maybe transactional */
};

/* HUB_E_INVALID when name is unknown to librdkafka, its value is not allowed, or the hub fixes it
 * (reterr->text says which). For checking a configuration at the start. */
int hub_kafka_property_check(const char *name, const char *value, struct hub_error *reterr);

/* True for properties whose value must not be shown (passwords, keys). */
bool hub_kafka_property_is_secret(const char *name);

/* The value of name in properties; NULL when absent. */
const char *hub_kafka_property_get(const struct hub_kafka_properties *properties, const char *name);

#endif
