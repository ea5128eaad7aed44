/* Port to the hot state (Redis). Types only. One synchronous, pipelined exchange: all commands are sent, then all replies
 * read. A lost reply is HUB_E_UNKNOWN: the commands may or may not have been carried out. */
#ifndef HUB_PORT_STORE_PORT_H
#define HUB_PORT_STORE_PORT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

/* A Redis command, or HUB_STORE_PUT_HASH. */
struct hub_store_command {
	const struct hub_str *args; /* argc of them, binary-safe */
	uint32_t argc;
};

/* The one command that is not Redis' own: PUTHASH key field value [field value ...]. The key becomes a hash of
 * exactly these fields, whatever it was. One reply, an error or not. At least one field, at most 30,000. */
#define HUB_STORE_PUT_HASH "PUTHASH"

enum hub_reply_kind {
	HUB_REPLY_NIL,
	HUB_REPLY_STATUS,
	HUB_REPLY_ERROR,
	HUB_REPLY_INTEGER,
	HUB_REPLY_BYTES,
	HUB_REPLY_ARRAY
};

struct hub_store_reply {
	enum hub_reply_kind kind;
	int64_t integer;
	struct hub_str bytes; /* STATUS, ERROR, BYTES */
	const struct hub_store_reply *items;
	uint32_t count;
};

struct hub_store_port {
	void *user;
	/* (Re)connects if needed, sends, reads count replies into arena. OK; HUB_E_RETRY (nothing was sent);
	 * HUB_E_UNKNOWN (sent, but not every reply came: the connection is closed). An error reply is a reply. */
	int (*exchange)(void *user, const struct hub_store_command *commands, uint32_t count,
	        struct hub_arena *arena, const struct hub_store_reply **ret_replies,
	        struct hub_error *reterr);
	/* Drops the connection (and with it every WATCH). */
	void (*disconnect)(void *user);
};

#endif
