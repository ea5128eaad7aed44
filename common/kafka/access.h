/* Who may log in to a broker, and who may do what there: users (SCRAM) and rights (ACLs). For an administrator; needs librdkafka
 * 2.6, an older one answers HUB_E_REFUSED. */
#ifndef HUB_KAFKA_ACCESS_H
#define HUB_KAFKA_ACCESS_H

#include "base/arena.h"
#include "kafka/properties.h"

#include <stdint.h>

/* One operation that a user may do on one thing, from anywhere, by Kafka's own words: READ on TOPIC, LITERAL, registry. */
struct hub_kafka_right {
	const char *principal; /* the user, without "User:" */
	const char *kind;      /* TOPIC, GROUP, TRANSACTIONAL_ID */
	const char *pattern;   /* LITERAL, PREFIXED */
	const char *name;
	const char *operation; /* READ, WRITE, DESCRIBE_CONFIGS, ... */
};

struct hub_kafka_access {
	const char **users; /* those with a password by SCRAM-SHA-512 */
	uint32_t user_count;
	struct hub_kafka_right *rights;
	uint32_t right_count;
};

struct hub_kafka_user {
	const char *name;
	const char *password; /* NULL: he is removed */
};

struct hub_kafka_access_change {
	const struct hub_kafka_user *users;
	uint32_t user_count;
	const struct hub_kafka_right *given, *taken;
	uint32_t given_count, taken_count;
};

/* What the broker has, in arena. HUB_E_RETRY: no answer. */
int hub_kafka_access_read(const struct hub_kafka_properties *properties, int timeout_ms,
        struct hub_arena *arena, struct hub_kafka_access *ret, struct hub_error *reterr);

/* Users, then what is given, then what is taken, each in one request. What is there already, or gone already, is no error; after
 * an error some of it may have been done. HUB_E_INVALID: a word that Kafka does not know. */
int hub_kafka_access_apply(const struct hub_kafka_properties *properties, int timeout_ms,
        const struct hub_kafka_access_change *change, struct hub_error *reterr);

#endif
