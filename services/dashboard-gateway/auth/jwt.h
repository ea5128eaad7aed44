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

/* Not empty, only its letters, no padding, of a length that occurs. Whatever is handed to cjose is asked for this before: version
 * 0.6.2 of it aborts at "=" in the middle. */
bool gateway_is_base64url(struct hub_str text);

#endif
