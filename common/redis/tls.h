/* TLS on a connection to Redis: hiredis from 1.0 on has it as a library of its own (hiredis_ssl), which CMake looks for; without
 * it asking for TLS is refused at the start. The server is held to its name, and to the authorities that are trusted.
 *
 * For common/redis and for whoever uses hiredis asynchronously. */
#ifndef HUB_REDIS_TLS_H
#define HUB_REDIS_TLS_H

#include "base/error.h"

struct redisContext;
struct hub_redis_tls;

/* ca_file: PEM of the authorities that are trusted; NULL or "": the system's. host: the name or address that the
 * certificate must bear; "" (a socket of this machine) is refused. HUB_E_INVALID: that, no such file, no certificate in it, or
 * no TLS in this build. */
int hub_redis_tls_new(
        const char *ca_file, const char *host, struct hub_redis_tls **ret, struct hub_error *reterr);

/* After the last connection. Accepts NULL. */
void hub_redis_tls_free(struct hub_redis_tls *tls);

/* Begins TLS on a connection before anything is sent: a blocking one is through the handshake afterwards, an asynchronous
 * one goes through it with its first command. HUB_E_RETRY says why not. */
int hub_redis_tls_start(struct hub_redis_tls *tls, struct redisContext *connection, struct hub_error *reterr);

/* Why the server's certificate was refused since the last start; NULL: it was not. */
const char *hub_redis_tls_refusal(const struct hub_redis_tls *tls);

#endif
