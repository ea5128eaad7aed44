/* hub_store_port by hiredis (0.14 and 1.x): one synchronous connection, made when it is needed and dropped at
 * the first doubt. Used by one thread (the follower). */
#ifndef HUB_REDIS_REDIS_H
#define HUB_REDIS_REDIS_H

#include "base/error.h"
#include "port/store_port.h"

#include <stdbool.h>

struct hub_redis;

struct hub_redis_options {
	const char *address;  /* "host:port", "[::1]:6379" or "unix:/run/redis.sock" */
	const char *username; /* NULL or "": the default user */
	const char *password; /* NULL or "": none */
	bool tls;
	const char *tls_ca; /* PEM of the authorities that are trusted; NULL or "": the system's */
	int database;
	int timeout_ms; /* for connecting and for each reply */
};

/* HUB_E_INVALID when address is none of the three forms. */
int hub_redis_address_check(const char *address, struct hub_error *reterr);

/* Copies options; does not connect. Errors as hub_redis_address_check and hub_redis_tls_new; HUB_E_FATAL: memory. */
int hub_redis_open(const struct hub_redis_options *options, struct hub_redis **ret, struct hub_error *reterr);

/* Accepts NULL. */
void hub_redis_close(struct hub_redis *redis);

/* The port; lives as long as redis. */
const struct hub_store_port *hub_redis_port(struct hub_redis *redis);

#endif
