/* Where an identity provider's keys come from: a file, read again when it changes, or a URL, asked every ten minutes on a thread of its
 * own and, at most once a minute, when a token names a key that is not known (keys are rotated). What fails is logged, and the
 * keys stay as they were. On the loop. */
#ifndef DASHBOARD_GATEWAY_AUTH_JWKS_SOURCE_H
#define DASHBOARD_GATEWAY_AUTH_JWKS_SOURCE_H

#include "dashboard-gateway/auth/jwks.h"

struct event_base;
struct gateway_jwks_source;
struct hub_log;

struct gateway_jwks_options {
	struct event_base *base;
	const char *where; /* path or URL */
	int every_ms, retry_ms, unknown_ms,
	        timeout_ms; /* 0: ten minutes, half a minute, a minute, ten seconds */
	struct hub_log *log;
};

/* HUB_E_INVALID, HUB_E_NOT_FOUND: a file that cannot be read or is wrong. A URL is not waited for. */
int gateway_jwks_source_new(const struct gateway_jwks_options *options, struct gateway_jwks_source **ret,
        struct hub_error *reterr);
/* A request that is under way is broken off. Accepts NULL. */
void gateway_jwks_source_free(struct gateway_jwks_source *source);

/* NULL: none have come yet. Borrowed until the next turn of the loop. */
const struct gateway_jwks *gateway_jwks_source_keys(const struct gateway_jwks_source *source);

/* A token names a key that is not there. */
void gateway_jwks_source_unknown(struct gateway_jwks_source *source);

#endif
