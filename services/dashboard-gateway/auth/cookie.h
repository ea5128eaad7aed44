/* A session as its cookie carries it: base64url of
 *
 *   version (1 byte) | issued | expires (8 bytes each, ms, big-endian) | id (16) | user's name | MAC (32)
 *
 * The MAC (libsodium's crypto_auth) is over all that and the user's password hash: whoever changes the password ends the
 * sessions. The id stays when a session is renewed, and the CSRF token is a MAC over it, so a renewal breaks no open page.
 * Pure but for libsodium's arithmetic. */
#ifndef DASHBOARD_GATEWAY_AUTH_COOKIE_H
#define DASHBOARD_GATEWAY_AUTH_COOKIE_H

#include "base/buf.h"
#include "base/error.h"

enum {
	GATEWAY_COOKIE_KEY_LEN = 32,
	GATEWAY_COOKIE_ID_LEN = 16,
	GATEWAY_COOKIE_MAC_LEN = 32,
	GATEWAY_COOKIE_USER_MAX = 64
};
enum { GATEWAY_PASSWORD_HASH_MAX = 200, GATEWAY_CSRF_LEN = 43, GATEWAY_COOKIE_TEXT_MAX = 300 };

struct gateway_cookie {
	int64_t issued_ms, expires_ms;
	unsigned char id[GATEWAY_COOKIE_ID_LEN];
	char user[GATEWAY_COOKIE_USER_MAX + 1];
	unsigned char mac[GATEWAY_COOKIE_MAC_LEN]; /* as it came; not yet believed */
};

/* Appends the cookie's value. */
void gateway_cookie_seal(const unsigned char key[GATEWAY_COOKIE_KEY_LEN],
        const struct gateway_cookie *session, struct hub_str password_hash, struct hub_buf *out);

/* Takes a value apart; believes nothing. HUB_E_INVALID: it has not the form. */
int gateway_cookie_parse(struct hub_str text, struct gateway_cookie *ret, struct hub_error *reterr);

/* Did we seal it, for a user of this password? In constant time. */
bool gateway_cookie_genuine(const unsigned char key[GATEWAY_COOKIE_KEY_LEN],
        const struct gateway_cookie *session, struct hub_str password_hash);

/* What a page must show beside the cookie to change something; NUL-terminated. */
void gateway_cookie_csrf(const unsigned char key[GATEWAY_COOKIE_KEY_LEN],
        const struct gateway_cookie *session, struct hub_str password_hash, char ret[GATEWAY_CSRF_LEN + 1]);
/* In constant time. */
bool gateway_cookie_csrf_is(const char expected[GATEWAY_CSRF_LEN + 1], struct hub_str shown);

/* When it ends: as it says; earlier when the setting has been lowered since. */
int64_t gateway_cookie_end(const struct gateway_cookie *session, int64_t session_ms);

/* Past its first quarter: time for a new cookie. */
bool gateway_cookie_stale(const struct gateway_cookie *session, int64_t session_ms, int64_t now_ms);

#endif
