/* What of a request's headers says who asks: the cookie of that name, the bearer token. Pure. */
#ifndef DASHBOARD_GATEWAY_AUTH_HEADER_H
#define DASHBOARD_GATEWAY_AUTH_HEADER_H

#include "base/error.h"
#include "base/str.h"

/* The value of a Cookie header's cookie of that name (borrowed). HUB_E_NOT_FOUND: there is none. HUB_E_INVALID: there are
 * several; a neighbouring host may have planted one, and which is whose cannot be told. */
int gateway_header_cookie(
        struct hub_str header, struct hub_str name, struct hub_str *ret, struct hub_error *reterr);

/* The token of an Authorization header (borrowed). HUB_E_INVALID: another scheme, or no token. */
int gateway_header_bearer(struct hub_str header, struct hub_str *ret, struct hub_error *reterr);

#endif
