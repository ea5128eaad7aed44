/* A group's committed offsets as its daemon commits them, with their metadata, read and set from outside of the group:
 * for tools. Topics are indexes into a list of full names. */
#ifndef HUB_KAFKA_GROUP_OFFSETS_H
#define HUB_KAFKA_GROUP_OFFSETS_H

#include "kafka/properties.h"
#include "port/kafka_port.h"

struct hub_kafka_group {
	const struct hub_kafka_properties *properties;
	const char *name;
	const char *const *topics;
	int timeout_ms; /* for one answer */
};

/* Fills next and metadata (in arena) of count offsets; those of a transaction that is still open are waited for.
 * HUB_E_RETRY: no answer, or it stays open. */
int hub_kafka_group_offsets(const struct hub_kafka_group *group, struct hub_kafka_offset *in_out,
        uint32_t count, struct hub_arena *arena, struct hub_error *reterr);

/* Commits them. HUB_E_REFUSED: the group has members (the broker itself takes offsets from outside only for a group
 * that has none), nothing was changed. */
int hub_kafka_group_set_offsets(const struct hub_kafka_group *group, const struct hub_kafka_offset *offsets,
        uint32_t count, struct hub_error *reterr);

struct hub_group_member {
	struct hub_str id;     /* given by the broker: another one at each joining */
	struct hub_str client; /* client.id: a daemon's transactional id */
	struct hub_str host;
};

/* Who is in the group: *ret_members (count of them) in arena. A member that died is there until its session ends.
 * HUB_E_RETRY: no answer, or (GROUP_AUTHORIZATION_FAILED) no right to ask. */
int hub_kafka_group_members(const struct hub_kafka_group *group, struct hub_arena *arena,
        struct hub_group_member **ret_members, uint32_t *ret_count, struct hub_error *reterr);

#endif
