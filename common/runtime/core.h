/* What a daemon's pure core gives to the runtime. The core never does I/O, asks no clock, keeps no globals:
 * the runtime hands it the table of one partition, the policy (its view of the registry), one input or one
 * due timer with its time, and takes outputs from the effects and changes from the table's journal. */
#ifndef HUB_RUNTIME_CORE_H
#define HUB_RUNTIME_CORE_H

#include "effects/effects.h"
#include "registry/registry.h"
#include "table/table.h"

/* A topic of a core and the record types that travel on it. A list ends with name NULL. */
struct hub_core_topic {
	const char *name; /* without the prefix */
	const struct hub_schema_set *records;
};

/* One decoded input. */
struct hub_input {
	const char *topic; /* with its prefix */
	int32_t partition;
	int64_t offset;
	int64_t now_ms;                  /* the runtime's clock: the only time there is */
	const struct hub_schema *schema; /* one of the topic's record types */
	const void *record; /* begins with an event's or a decision's head; strings borrowed for the batch */
};

/* Hot-state commands in the making: what a change looks like in Redis (schemas/hot-state.json). Bytes are
 * copied, but for the names of fields, which are literals. They are in runtime/sink.c: a test of a core links
 * hub_runtime, or is the sink itself. */
struct hub_store_sink;
void hub_store_set_hash(struct hub_store_sink *sink, struct hub_str key); /* exactly the fields that follow */
void hub_store_field(struct hub_store_sink *sink, const char *field, struct hub_str value);
void hub_store_del(struct hub_store_sink *sink, struct hub_str key);
/* Members of sorted sets. Of one change, those that go are named before those that come. */
void hub_store_zadd(struct hub_store_sink *sink, struct hub_str key, int64_t score /* below 2^53 */,
        struct hub_str member);
void hub_store_zrem(struct hub_store_sink *sink, struct hub_str key, struct hub_str member);

struct hub_core {
	/* "referral-router": the group, the topics <name>.state and <name>.dead-letters, the hash tags, the program
	 * hub-<name>. */
	const char *name;
	const struct hub_core_topic *inputs; /* the first is subscribed */
	/* A decision goes to the topic that has its record type, and there to the partition of its county_id; one of
	 * the inputs may be among them: what the daemon's partitions say to each other. */
	const struct hub_core_topic *outputs;
	/* State records and their indexes. Key "position" is the runtime's. */
	const struct hub_table_spec *table;
	int32_t state_version; /* the newest that this program writes and reads (I-9) */

	/* The view of the registry on a day, and its end. Never NULL, also when no rule asks for reference data:
	 * NULL is no view, and one is made for every event. options: the core's own configuration, may be NULL. */
	void *(*policy_new)(const struct hub_registry *registry, int32_t day, const void *options);
	void (*policy_free)(void *policy);
	/* Tells what is wrong in the reference data of that day, a line each; called with each new view. May be
	 * NULL. */
	void (*policy_faults)(const struct hub_registry *registry, int32_t day,
	        void (*tell)(void *user, const char *text), void *user);

	/* Decides one input: outputs and dead letters into out, changes into table. */
	void (*decide)(struct hub_table *table, const void *policy, const struct hub_input *input,
	        struct hub_effects *out);

	/* A timer of the table is due: it must be removed or moved to later than now_ms by the change of its
	 * entity. Not called where no record contributes a timer. */
	void (*fire)(struct hub_table *table, const void *policy, const struct hub_timer *timer,
	        int64_t now_ms, struct hub_effects *out);

	/* What a committed change looks like in Redis. before/after: of schema, NULL when absent; a key that
	 * changes its record type is projected twice: the former record's end (after NULL), then the new
	 * one's begin (before NULL). Keys get the partition's hash tag `{name.partition}:` from the runtime.
	 */
	void (*project)(struct hub_str key, const struct hub_schema *schema, const void *before,
	        const void *after, struct hub_store_sink *sink);
};

/* Whether a topic, with the prefix before its name, is one of the core's inputs. */
static inline bool hub_core_reads(const struct hub_core *core, struct hub_str prefix, struct hub_str topic)
{
	if (!hub_str_starts_with(topic, prefix))
		return false;
	struct hub_str name = { topic.data + prefix.len, topic.len - prefix.len };
	for (const struct hub_core_topic *input = core->inputs; input->name; input++)
		if (hub_str_is(name, input->name))
			return true;
	return false;
}

#endif
