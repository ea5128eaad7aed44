/* A Redis in memory: hashes, sorted sets, strings, WATCH and MULTI; one that forgets, goes back to what it was some time
 * ago, loses its last writes, breaks connections before or after a command took effect. Each instance has a connection,
 * which is a store port. */
#ifndef SIM_REDIS_H
#define SIM_REDIS_H

#include "dice.h"

#include "base/map.h"
#include "port/store_port.h"

struct world;
struct instance;

enum redis_type { REDIS_STRING, REDIS_HASH, REDIS_ZSET };

/* A string is a cell named "", a hash its fields, a sorted set its members with their scores. */
struct redis_cell {
	struct hub_str name, value;
};

struct redis_key {
	struct hub_str name;
	enum redis_type type;
	struct hub_map *cells;
};

/* What was done at once: a command, or a whole EXEC. */
struct redis_unit {
	const struct hub_store_command *commands;
	uint32_t count;
	struct hub_str spoilt; /* the fence over it, if one command failed */
};

struct redis {
	struct world *world;
	struct dice dice;
	struct hub_map *keys;
	struct hub_map *touched; /* key name -> when it was changed last */
	uint64_t clock;
	struct hub_map *spoilt; /* fences over a content in which a command failed */
	uint32_t incarnation;   /* connections of an earlier one are broken */
	int64_t away_until_us;
	struct redis_unit *units;
	uint32_t unit_count, unit_room, kept_units;
};

enum redis_fault {
	REDIS_FAULT_NONE,
	REDIS_FAULT_LOST_BEFORE,  /* the connection breaks before the command arrives, */
	REDIS_FAULT_LOST_AFTER,   /* ... or before its answer does */
	REDIS_FAULT_ERROR_INSIDE, /* one command of an EXEC fails, the others are done */
	REDIS_FAULT_TOUCHED,      /* somebody touches the fence before the EXEC */
	REDIS_FAULTS
};

struct connection {
	struct redis *redis;
	struct instance *instance;
	struct hub_store_port port;
	bool connected;
	uint32_t incarnation;
	struct hub_str watched;
	uint64_t watched_at;
	bool in_multi;
	const struct hub_store_command *queued[8192];
	uint32_t queued_count;
	enum redis_fault fault;
	uint32_t fault_in; /* exchanges that write */
};

void redis_init(struct redis *redis, struct world *world);
void redis_done(struct redis *redis);

/* Restarts with its first `units` writes. */
void redis_restart(struct redis *redis, uint32_t units);

/* A command failed inside an EXEC, and this fence (any fence) has not been rebuilt since. */
bool redis_fence_is_spoilt(const struct redis *redis, struct hub_str fence);
bool redis_is_spoilt(const struct redis *redis);

const struct redis_key *redis_key(const struct redis *redis, struct hub_str name);
/* The value of a cell; data NULL when absent. */
struct hub_str redis_cell(const struct redis_key *key, struct hub_str name);

/* For connections: one command, now; its text of the append-only list (spoilt: the fence over it, if one failed). */
struct hub_store_reply redis_run(
        struct redis *redis, const struct hub_store_command *command, struct hub_arena *arena);
struct hub_store_reply redis_status(const char *text);
struct hub_store_reply redis_wrong_type(void);
bool redis_is_write(const struct hub_store_command *command);
void redis_note(struct redis *redis, const struct hub_store_command *const *commands, uint32_t count,
        struct hub_str spoilt);
void redis_touch(struct redis *redis, struct hub_str name);

void connection_init(struct connection *connection, struct redis *redis, struct instance *instance);

#endif
