/* A bearer token before it is believed: its parts and what its header says. Only what is looked for is taken: RS256 or ES256,
 * no critical extensions, no key that the token brings along. Pure. */
#ifndef DASHBOARD_GATEWAY_AUTH_JWT_H
#define DASHBOARD_GATEWAY_AUTH_JWT_H

#include "base/error.h"
#include "base/str.h"

enum gateway_jwt_alg { GATEWAY_JWT_RS256, GATEWAY_JWT_ES256 };
enum { GATEWAY_JWT_MAX = 8192, GATEWAY_JWT_HEADER_MAX = 1024, GATEWAY_KID_MAX = 200 };

struct gateway_jwt {
	enum gateway_jwt_alg alg;
	char kid[GATEWAY_KID_MAX + 1]; /* "": the header names none */
};

/* HUB_E_INVALID: malformed, too long, or of another kind; the text says which, without the token. */
int gateway_jwt_parse(struct hub_str token, struct gateway_jwt *ret, struct hub_error *reterr);

#endif
