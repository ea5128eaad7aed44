/* Collects the hot-state commands of one write. Pure.
 *
 * Members of one sorted set that follow each other go into one command: Redis spends more on a command than on a
 * member (1.4 us against 0.6). */
#ifndef HUB_RUNTIME_SINK_H
#define HUB_RUNTIME_SINK_H

#include "port/store_port.h"
#include "runtime/core.h"

/* The words of a command in the making; owned. */
struct hub_words {
	struct hub_str *items;
	uint32_t count, room;
};

struct hub_store_sink {
	struct hub_arena *arena;            /* owns arguments */
	struct hub_str tag;                 /* "{referral-router.7}:" */
	struct hub_store_command *commands; /* owned; count of them */
	uint32_t count, room;
	struct hub_words hash;        /* PUTHASH key field value ... */
	struct hub_words gone, there; /* ZREM key member ..., ZADD key score member ...; of the same key */
};

/* In place; arena and tag are borrowed. */
void hub_store_sink_init(struct hub_store_sink *sink, struct hub_arena *arena, struct hub_str tag);
void hub_store_sink_done(struct hub_store_sink *sink);

/* No commands; memory kept. After the arena was reset. */
void hub_store_sink_reset(struct hub_store_sink *sink);

/* One command with words as they are (no tag is added); the slices must live as long as the arena. */
void hub_store_sink_add(struct hub_store_sink *sink, const struct hub_str *words, uint32_t count);

/* Ends what is in the making. Call before the commands are read. */
void hub_store_sink_end(struct hub_store_sink *sink);

#endif
