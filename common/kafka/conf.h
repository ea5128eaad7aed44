/* Makes librdkafka's configuration of one handle. Internal to common/kafka. */
#ifndef HUB_KAFKA_CONF_H
#define HUB_KAFKA_CONF_H

#include "kafka/kafka.h"

#include <librdkafka/rdkafka.h>

/* The role's own values, the user's over them, then ours (own: e.g. group.id). The caller owns *ret.
 * HUB_E_INVALID names the property. */
int hub_kafka_conf_new(enum hub_kafka_role role, const struct hub_kafka_properties *user,
        const struct hub_kafka_property *own, uint32_t own_count, rd_kafka_conf_t **ret,
        struct hub_error *reterr);

/* The first member of whatever is a handle's opaque. */
struct hub_kafka_logger {
	hub_kafka_log_fn *fn; /* may be NULL: librdkafka stays silent */
	void *user;
	char heard[256]; /* what the connections last complained of; "" = nothing new */
};

/* Sets the opaque, sends librdkafka's log to its logger and its complaints to hub_kafka_hear (an error
 * callback that is set later takes their place). */
void hub_kafka_conf_opaque(rd_kafka_conf_t *conf, struct hub_kafka_logger *opaque);

/* Keeps a complaint for hub_kafka_say_why. */
void hub_kafka_hear(struct hub_kafka_logger *logger, int err, const char *reason);

/* A time-out says little; why no answer came (a refused password, a refused connection) is known from the
 * complaints: appends the last one to a HUB_E_RETRY. Returns code. Serves rk's callbacks. */
int hub_kafka_say_why(rd_kafka_t *rk, struct hub_kafka_logger *logger, int code, struct hub_error *reterr);

/* rd_kafka_new, taking conf over also when it fails. HUB_E_INVALID: values that do not go together. */
int hub_kafka_handle_new(
        enum hub_kafka_role role, rd_kafka_conf_t *conf, rd_kafka_t **ret, struct hub_error *reterr);

/* A handle of a tool that asks (HUB_KAFKA_QUERY) or reads (HUB_KAFKA_READER). */
struct hub_kafka_handle {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	rd_kafka_t *rk;
	void (*hears)(void *user, int err, const char *reason); /* each complaint, too; may be NULL */
	void *user;
	struct hub_kafka_handle **home; /* its place in a pool; NULL: none */
};

/* One of the pool of properties, or a new one (own: as hub_kafka_conf_new). Errors as there and of hub_kafka_handle_new. */
int hub_kafka_borrow(enum hub_kafka_role role, const struct hub_kafka_properties *properties,
        const struct hub_kafka_property *own, uint32_t own_count, struct hub_kafka_handle **ret,
        struct hub_error *reterr);

/* Back to its pool, or the end of it. Everything that was made of it is freed before. */
void hub_kafka_give_back(struct hub_kafka_handle *handle);

#endif
