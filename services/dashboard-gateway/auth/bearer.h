/* A bearer token to who asks: parts, key, signature, claims. No I/O. */
#ifndef DASHBOARD_GATEWAY_AUTH_BEARER_H
#define DASHBOARD_GATEWAY_AUTH_BEARER_H

#include "dashboard-gateway/auth/claims.h"
#include "dashboard-gateway/auth/jwks.h"

/* HUB_E_NOT_FOUND: its key is not among these; HUB_E_INVALID: refused. The texts say why, without the token. */
int gateway_bearer_read(const struct gateway_claims_rules *rules, const struct gateway_jwks *jwks,
        struct hub_str token, int64_t now_ms, struct gateway_identity *ret, struct hub_error *reterr);

#endif
