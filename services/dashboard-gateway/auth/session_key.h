/* The key of this hub's sessions: 64 hexadecimal digits in a file that its owner alone may read, made at the first start. */
#ifndef DASHBOARD_GATEWAY_AUTH_SESSION_KEY_H
#define DASHBOARD_GATEWAY_AUTH_SESSION_KEY_H

#include "dashboard-gateway/auth/cookie.h"

/* Reads the key, or makes one: gateways that start at once on one file come out with one key. HUB_E_INVALID: the file cannot be
 * made or read, is no key, or others may read it. */
int gateway_session_key(
        const char *path, unsigned char ret[GATEWAY_COOKIE_KEY_LEN], struct hub_error *reterr);

#endif
