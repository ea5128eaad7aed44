/* Passwords as libxcrypt hashes them (crypt(5)). Each call takes a good part of a tenth of a second, and 16 MB, on purpose: not on the
 * loop. */
#ifndef DASHBOARD_GATEWAY_AUTH_PASSWORD_H
#define DASHBOARD_GATEWAY_AUTH_PASSWORD_H

#include "dashboard-gateway/auth/cookie.h"

enum { GATEWAY_PASSWORD_LEAST = 10, GATEWAY_PASSWORD_MAX = 256 };

/* Does hash (of a users file that was checked) belong to password? Both end with a NUL. */
bool gateway_password_is(const char *hash, const char *password);

/* A new hash, yescrypt with libxcrypt's own cost and a salt of its own. HUB_E_INVALID: too short, too long, or with control
 * characters. */
int gateway_password_hash(
        const char *password, char ret[GATEWAY_PASSWORD_HASH_MAX + 1], struct hub_error *reterr);

#endif
