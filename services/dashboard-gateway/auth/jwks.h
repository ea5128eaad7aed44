/* The public keys of an identity provider (RFC 7517), as its document says. Kept are keys to verify RS256 (2,048 bits and more) and
 * ES256 (P-256) with; keys for something else are passed over. No I/O. */
#ifndef DASHBOARD_GATEWAY_AUTH_JWKS_H
#define DASHBOARD_GATEWAY_AUTH_JWKS_H

#include "dashboard-gateway/auth/jwt.h"

#include <cjose/jwk.h>

enum { GATEWAY_JWKS_KEYS_MAX = 64, GATEWAY_JWKS_TEXT_MAX = 256 * 1024 };

struct gateway_jwks;

/* HUB_E_INVALID: not such a document, no key in it that is of use, or a secret key, which has no place there. */
int gateway_jwks_parse(
        const char *place, struct hub_str text, struct gateway_jwks **ret, struct hub_error *reterr);
void gateway_jwks_free(struct gateway_jwks *jwks); /* accepts NULL */
uint32_t gateway_jwks_count(const struct gateway_jwks *jwks);

/* The key that a token's header names; if it names none, the only one of its kind. NULL: there is no such key. Borrowed. */
const cjose_jwk_t *gateway_jwks_find(const struct gateway_jwks *jwks, const struct gateway_jwt *jwt);

#endif
