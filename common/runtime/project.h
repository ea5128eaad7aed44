/* Changes of state to hot-state commands, by the core's projection (schemas/hot-state.json). Pure. */
#ifndef HUB_RUNTIME_PROJECT_H
#define HUB_RUNTIME_PROJECT_H

#include "port/store_port.h"
#include "runtime/core.h"

/* Collects commands for one partition. */
struct hub_store_sink {
	struct hub_arena *arena; /* owns arguments */
	bool fresh;              /* the change is of an entity that was not there: nor are its keys */
	struct hub_str tag;      /* "{referral-router.7}:" */
	struct hub_store_command *commands; /* owned; count of them */
	uint32_t count, room;
	struct hub_str *hash; /* arguments of the HSET being written; owned */
	uint32_t hash_len, hash_room;
};

/* In place; arena and tag are borrowed. */
void hub_store_sink_init(struct hub_store_sink *sink, struct hub_arena *arena, struct hub_str tag);
void hub_store_sink_done(struct hub_store_sink *sink);

/* No commands; memory kept. After the arena was reset. */
void hub_store_sink_reset(struct hub_store_sink *sink);

/* One command with words as they are (no tag is added); the slices must live as long as the arena. */
void hub_store_sink_add(struct hub_store_sink *sink, const struct hub_str *words, uint32_t count);

/* Ends a hash that is being written. Call before the commands are read. */
void hub_store_sink_end(struct hub_store_sink *sink);

/* What change means. scratch is for decoding and is reset. */
void hub_project(const struct hub_core *core, const struct hub_change *change, struct hub_arena *scratch,
        struct hub_store_sink *sink);

#endif
