#include "dashboard-gateway/auth/cookie.h"

#include "base/check.h"
#include "wire/moment.h"

#include <sodium.h>

enum { VERSION = 1, TIME_LEN = 8, HEAD_LEN = 1 + 2 * TIME_LEN + GATEWAY_COOKIE_ID_LEN };
enum { BODY_MAX = HEAD_LEN + GATEWAY_COOKIE_USER_MAX, CONTEXT_LEN = 16 };
enum { BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

_Static_assert((int)GATEWAY_COOKIE_KEY_LEN == (int)crypto_auth_KEYBYTES, "a key of crypto_auth");
_Static_assert((int)GATEWAY_COOKIE_MAC_LEN == (int)crypto_auth_BYTES, "a MAC of crypto_auth");

/* Two uses of one key, kept apart by what the message begins with. */
static const char session_context[CONTEXT_LEN] = "hub session";
static const char csrf_context[CONTEXT_LEN] = "hub csrf";

static void put_time(unsigned char *at, int64_t ms)
{
	for (int i = 0; i < TIME_LEN; i++)
		at[i] = (unsigned char)((uint64_t)ms >> 8 * (TIME_LEN - 1 - i));
}

static int64_t get_time(const unsigned char *at)
{
	uint64_t ms = 0;
	for (int i = 0; i < TIME_LEN; i++)
		ms = ms << 8 | at[i];
	return (int64_t)ms;
}

/* Everything but the MAC; its length. */
static size_t put_body(const struct gateway_cookie *session, unsigned char body[BODY_MAX])
{
	size_t user_len = strlen(session->user);
	hub_check(user_len <= GATEWAY_COOKIE_USER_MAX);
	body[0] = VERSION;
	put_time(body + 1, session->issued_ms);
	put_time(body + 1 + TIME_LEN, session->expires_ms);
	memcpy(body + 1 + 2 * TIME_LEN, session->id, GATEWAY_COOKIE_ID_LEN);
	memcpy(body + HEAD_LEN, session->user, user_len);
	return HEAD_LEN + user_len;
}

/* MAC of context, the body's length, body, hash: no two of them have one message. */
static void put_mac(const unsigned char *key, const char context[CONTEXT_LEN], const unsigned char *body,
        size_t len, struct hub_str hash, unsigned char mac[GATEWAY_COOKIE_MAC_LEN])
{
	unsigned char message[CONTEXT_LEN + 1 + BODY_MAX + GATEWAY_PASSWORD_HASH_MAX];
	hub_check(len <= BODY_MAX && hash.len <= GATEWAY_PASSWORD_HASH_MAX);
	memcpy(message, context, CONTEXT_LEN);
	message[CONTEXT_LEN] = (unsigned char)len;
	memcpy(message + CONTEXT_LEN + 1, body, len);
	if (hash.len)
		memcpy(message + CONTEXT_LEN + 1 + len, hash.data, hash.len);
	crypto_auth(mac, message, CONTEXT_LEN + 1 + len + hash.len, key);
	sodium_memzero(message, sizeof(message));
}

void gateway_cookie_seal(const unsigned char key[GATEWAY_COOKIE_KEY_LEN],
        const struct gateway_cookie *session, struct hub_str password_hash, struct hub_buf *out)
{
	unsigned char bytes[BODY_MAX + GATEWAY_COOKIE_MAC_LEN];
	char text[sodium_base64_ENCODED_LEN(sizeof(bytes), BASE64)];
	size_t len = put_body(session, bytes);
	put_mac(key, session_context, bytes, len, password_hash, bytes + len);
	hub_buf_text(out, sodium_bin2base64(text, sizeof(text), bytes, len + GATEWAY_COOKIE_MAC_LEN, BASE64));
}

int gateway_cookie_parse(struct hub_str text, struct gateway_cookie *ret, struct hub_error *reterr)
{
	unsigned char bytes[BODY_MAX + GATEWAY_COOKIE_MAC_LEN];
	size_t len = 0;
	const char *end = NULL;
	if (text.len > GATEWAY_COOKIE_TEXT_MAX ||
	        sodium_base642bin(bytes, sizeof(bytes), text.data ? text.data : "", text.len, NULL, &len,
	                &end, BASE64) != 0 ||
	        (text.len && end != text.data + text.len))
		return hub_error_set(reterr, HUB_E_INVALID, "Cookie", "not a session of this hub");
	if (len <= HEAD_LEN + GATEWAY_COOKIE_MAC_LEN || bytes[0] != VERSION)
		return hub_error_set(reterr, HUB_E_INVALID, "Cookie", "not a session of this hub");
	size_t user_len = len - HEAD_LEN - GATEWAY_COOKIE_MAC_LEN;
	if (memchr(bytes + HEAD_LEN, 0, user_len))
		return hub_error_set(reterr, HUB_E_INVALID, "Cookie", "not a session of this hub");
	*ret = (struct gateway_cookie){ .issued_ms = get_time(bytes + 1),
		.expires_ms = get_time(bytes + 1 + TIME_LEN) };
	if (!hub_moment_valid(ret->issued_ms) || !hub_moment_valid(ret->expires_ms))
		return hub_error_set(reterr, HUB_E_INVALID, "Cookie", "not a session of this hub");
	memcpy(ret->id, bytes + 1 + 2 * TIME_LEN, GATEWAY_COOKIE_ID_LEN);
	memcpy(ret->user, bytes + HEAD_LEN, user_len);
	memcpy(ret->mac, bytes + HEAD_LEN + user_len, GATEWAY_COOKIE_MAC_LEN);
	return HUB_OK;
}

bool gateway_cookie_genuine(const unsigned char key[GATEWAY_COOKIE_KEY_LEN],
        const struct gateway_cookie *session, struct hub_str password_hash)
{
	unsigned char body[BODY_MAX], mac[GATEWAY_COOKIE_MAC_LEN];
	size_t len = put_body(session, body);
	put_mac(key, session_context, body, len, password_hash, mac);
	return sodium_memcmp(mac, session->mac, sizeof(mac)) == 0;
}

void gateway_cookie_csrf(const unsigned char key[GATEWAY_COOKIE_KEY_LEN],
        const struct gateway_cookie *session, struct hub_str password_hash, char ret[GATEWAY_CSRF_LEN + 1])
{
	unsigned char mac[GATEWAY_COOKIE_MAC_LEN];
	struct gateway_cookie lasting = *session;
	unsigned char body[BODY_MAX];
	/* What a renewal changes is left out. */
	lasting.issued_ms = lasting.expires_ms = 0;
	size_t len = put_body(&lasting, body);
	put_mac(key, csrf_context, body, len, password_hash, mac);
	sodium_bin2base64(ret, GATEWAY_CSRF_LEN + 1, mac, sizeof(mac), BASE64);
}

bool gateway_cookie_csrf_is(const char expected[GATEWAY_CSRF_LEN + 1], struct hub_str shown)
{
	return shown.len == GATEWAY_CSRF_LEN && sodium_memcmp(expected, shown.data, GATEWAY_CSRF_LEN) == 0;
}

int64_t gateway_cookie_end(const struct gateway_cookie *session, int64_t session_ms)
{
	int64_t end = session->expires_ms;
	return end - session->issued_ms > session_ms ? session->issued_ms + session_ms : end;
}

bool gateway_cookie_stale(const struct gateway_cookie *session, int64_t session_ms, int64_t now_ms)
{
	return now_ms - session->issued_ms >= session_ms / 4;
}
