/* A Redis in memory, for the runtime's tests: the commands that the follower uses, with WATCH and MULTI, and
 * faults on demand. Each connection is a store port. */
#ifndef TEST_REDIS_H
#define TEST_REDIS_H

#include "port/store_port.h"

enum { CELLS = 512, TEXT = 256 };

/* A string is field "", a hash its fields, a sorted set its members with scores. */
struct cell {
	char key[TEXT], field[TEXT], value[TEXT];
};

struct redis {
	struct cell cells[CELLS];
	uint32_t count;
	uint64_t clock;    /* counts changes */
	uint32_t set_back; /* a fence was overwritten by one with a lower epoch */
	struct {
		char key[TEXT];
		uint64_t at;
	} changed[CELLS];
	uint32_t changed_count;
};

enum store_fault { STORE_FINE, STORE_AWAY, STORE_LOST_REQUEST, STORE_LOST_REPLY, STORE_ERROR_INSIDE };

struct connection {
	struct redis *redis;
	struct hub_store_port port;
	char watched[TEXT];
	uint64_t watched_at;
	bool in_multi;
	const struct hub_store_command *queued[4096];
	uint32_t queued_count;
	enum store_fault fault; /* AWAY lasts; the others are for the next EXEC */
	void (*before_exec)(void *user);
	void *user;
	int execs;
};

void redis_flush(struct redis *redis);
void redis_put_back(struct redis *redis, const struct redis *copy); /* an older state of it */
void connection_init(struct connection *connection, struct redis *redis);
/* NULL when absent. */
const char *redis_get(const struct redis *redis, const char *key, const char *field);
void redis_set(struct redis *redis, const char *key, const char *field, const char *value);
uint32_t redis_keys(const struct redis *redis, const char *prefix); /* cells under keys that begin so */

#endif
