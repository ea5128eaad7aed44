/* The session cookie and the headers that carry credentials: what is taken, and what is not whatever is changed in it. */
#include "dashboard-gateway/auth/cookie.h"
#include "dashboard-gateway/auth/ended_file.h"
#include "dashboard-gateway/auth/header.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HOUR_MS = 3600 * 1000, SESSION_MS = 8 * HOUR_MS };

static const int64_t now_ms = INT64_C(1800000000000);
static const unsigned char key[GATEWAY_COOKIE_KEY_LEN] = "a key of thirty-two bytes, no le";
static const struct hub_str hash = { "$y$j9T$salt$hash", 16 };

static struct gateway_cookie session(void)
{
	return (struct gateway_cookie){ .issued_ms = now_ms,
		.expires_ms = now_ms + SESSION_MS,
		.id = "0123456789abcdef",
		.user = "lead-desk" };
}

static struct hub_buf sealed(const struct gateway_cookie *cookie)
{
	struct hub_buf text;
	hub_buf_init(&text, GATEWAY_COOKIE_TEXT_MAX);
	gateway_cookie_seal(key, cookie, hash, &text);
	assert_false(hub_buf_failed(&text));
	return text;
}

static bool taken(struct hub_str text, struct hub_str password_hash)
{
	struct gateway_cookie got;
	return gateway_cookie_parse(text, &got, NULL) == HUB_OK &&
	       gateway_cookie_genuine(key, &got, password_hash);
}

static void comes_back_as_it_was(void **state)
{
	(void)state;
	struct gateway_cookie cookie = session(), got;
	struct hub_buf text = sealed(&cookie);
	assert_int_equal(gateway_cookie_parse(hub_buf_slice(&text), &got, NULL), HUB_OK);
	assert_true(gateway_cookie_genuine(key, &got, hash));
	assert_string_equal(got.user, "lead-desk");
	assert_int_equal(got.issued_ms, cookie.issued_ms);
	assert_int_equal(got.expires_ms, cookie.expires_ms);
	assert_memory_equal(got.id, cookie.id, sizeof(got.id));
	hub_buf_done(&text);
}

static void no_letter_can_be_changed(void **state)
{
	(void)state;
	static const char letters[] = "AQgw048_-";
	struct gateway_cookie cookie = session();
	struct hub_buf text = sealed(&cookie);
	for (size_t i = 0; i < text.len; i++) {
		char was = text.data[i];
		for (size_t k = 0; letters[k]; k++) {
			text.data[i] = letters[k];
			assert_int_equal(taken(hub_buf_slice(&text), hash), letters[k] == was);
		}
		text.data[i] = was;
	}
	for (uint32_t len = 0; len < text.len; len++)
		assert_false(taken((struct hub_str){ text.data, len }, hash));
	hub_buf_byte(&text, 'A');
	assert_false(taken(hub_buf_slice(&text), hash));
	hub_buf_done(&text);
}

static void a_new_password_or_key_ends_it(void **state)
{
	(void)state;
	unsigned char other[GATEWAY_COOKIE_KEY_LEN];
	struct gateway_cookie cookie = session(), got;
	struct hub_buf text = sealed(&cookie);
	assert_false(taken(hub_buf_slice(&text), HUB_STR("$y$j9T$salt$hasi")));
	assert_false(taken(hub_buf_slice(&text), (struct hub_str){ 0 }));
	memcpy(other, key, sizeof(other));
	other[0] ^= 1;
	assert_int_equal(gateway_cookie_parse(hub_buf_slice(&text), &got, NULL), HUB_OK);
	assert_false(gateway_cookie_genuine(other, &got, hash));
	hub_buf_done(&text);
}

/* Name and hash lie side by side in what is signed: their border must not move. */
static void name_and_hash_do_not_flow_together(void **state)
{
	(void)state;
	struct gateway_cookie cookie = session(), got;
	struct hub_buf text = sealed(&cookie);
	assert_int_equal(gateway_cookie_parse(hub_buf_slice(&text), &got, NULL), HUB_OK);
	snprintf(got.user, sizeof(got.user), "lead-desk$");
	assert_false(gateway_cookie_genuine(key, &got, HUB_STR("y$j9T$salt$hash")));
	hub_buf_done(&text);
}

static void the_longest_name_fits(void **state)
{
	(void)state;
	struct gateway_cookie cookie = session();
	memset(cookie.user, 'u', GATEWAY_COOKIE_USER_MAX);
	cookie.user[GATEWAY_COOKIE_USER_MAX] = 0;
	struct hub_buf text = sealed(&cookie);
	assert_true(taken(hub_buf_slice(&text), hash));
	hub_buf_done(&text);
}

static void its_end(void **state)
{
	(void)state;
	struct gateway_cookie cookie = session();
	assert_int_equal(gateway_cookie_end(&cookie, SESSION_MS), now_ms + SESSION_MS);
	/* The setting was lowered: the cookie is not better than a new one. */
	assert_int_equal(gateway_cookie_end(&cookie, HOUR_MS), now_ms + HOUR_MS);
	/* It was raised: what was promised stands. */
	assert_int_equal(gateway_cookie_end(&cookie, 2 * SESSION_MS), now_ms + SESSION_MS);
	assert_false(gateway_cookie_stale(&cookie, SESSION_MS, now_ms + SESSION_MS / 4 - 1));
	assert_true(gateway_cookie_stale(&cookie, SESSION_MS, now_ms + SESSION_MS / 4));
}

static void the_csrf_token_outlives_a_renewal_and_nothing_else(void **state)
{
	(void)state;
	char first[GATEWAY_CSRF_LEN + 1], second[GATEWAY_CSRF_LEN + 1];
	struct gateway_cookie cookie = session();
	gateway_cookie_csrf(key, &cookie, hash, first);
	assert_int_equal(strlen(first), GATEWAY_CSRF_LEN);
	assert_true(gateway_cookie_csrf_is(first, hub_str_from(first)));
	assert_false(gateway_cookie_csrf_is(first, (struct hub_str){ 0 }));
	assert_false(gateway_cookie_csrf_is(first, (struct hub_str){ first, GATEWAY_CSRF_LEN - 1 }));
	cookie.issued_ms += HOUR_MS;
	cookie.expires_ms += HOUR_MS;
	gateway_cookie_csrf(key, &cookie, hash, second);
	assert_string_equal(first, second);
	cookie.id[0] ^= 1;
	gateway_cookie_csrf(key, &cookie, hash, second);
	assert_string_not_equal(first, second);
	assert_false(gateway_cookie_csrf_is(first, hub_str_from(second)));
	cookie = session();
	snprintf(cookie.user, sizeof(cookie.user), "lead-desl");
	gateway_cookie_csrf(key, &cookie, hash, second);
	assert_string_not_equal(first, second);
	cookie = session();
	gateway_cookie_csrf(key, &cookie, HUB_STR("another"), second);
	assert_string_not_equal(first, second);
}

/* The same key, the same body: one MAC must not stand for the other. */
static void a_csrf_token_is_no_session(void **state)
{
	(void)state;
	char token[GATEWAY_CSRF_LEN + 1];
	struct gateway_cookie cookie = session();
	size_t len = 0;
	cookie.issued_ms = cookie.expires_ms = 0;
	gateway_cookie_csrf(key, &cookie, hash, token);
	assert_int_equal(sodium_base642bin(cookie.mac, sizeof(cookie.mac), token, strlen(token), NULL, &len,
	                         NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
	        0);
	assert_false(gateway_cookie_genuine(key, &cookie, hash));
}

static void who_logged_out_stays_out(void **state)
{
	(void)state;
	struct gateway_ended *ended = calloc(1, sizeof(*ended));
	unsigned char id[GATEWAY_COOKIE_ID_LEN] = { 0 }, first[GATEWAY_COOKIE_ID_LEN] = { 0 };
	assert_false(gateway_ended_has(ended, id));
	/* All in one place: the one that ends first makes room. */
	for (unsigned char i = 0; i < GATEWAY_ENDED_DEPTH; i++) {
		id[15] = i;
		gateway_ended_add(ended, id, now_ms + 100 + i);
		gateway_ended_add(ended, id, now_ms + 100 + i); /* twice: one entry */
	}
	assert_true(gateway_ended_has(ended, first));
	id[15] = 99;
	gateway_ended_add(ended, id, now_ms + 1000);
	assert_true(gateway_ended_has(ended, id));
	assert_false(gateway_ended_has(ended, first));
	id[15] = 1;
	assert_true(gateway_ended_has(ended, id));
	free(ended);
}

static void the_file_of_those_who_left(void **state)
{
	(void)state;
	struct gateway_ended *ended = calloc(1, sizeof(*ended));
	static const char text[] =
	        "30313233343536373839616263646566 1800000000001\n"
	        "41313233343536373839616263646566 1800000000000\n" /* over */
	        "42313233343536373839616263646566 18000000000010000000\n"
	        "43313233343536373839616263646566 \n43313233343536373839616263646566\n\n x\n"
	        "4431323334353637383961626364656x 1800000000009\n"
	        "45313233343536373839616263646566 18000000x0009\n"
	        "46313233343536373839616263646566 1800000000009"; /* torn off behind it */
	gateway_ended_read(HUB_STR(text), now_ms, ended);
	assert_true(gateway_ended_has(ended, (const unsigned char *)"0123456789abcdef"));
	assert_true(gateway_ended_has(ended, (const unsigned char *)"F123456789abcdef"));
	for (char letter = 'A'; letter < 'F'; letter++) {
		char id[] = "?123456789abcdef";
		id[0] = letter;
		assert_false(gateway_ended_has(ended, (const unsigned char *)id));
	}
	free(ended);
}

static void assert_cookie(const char *header, int code, const char *value)
{
	struct hub_str got = { 0 };
	assert_int_equal(
	        gateway_header_cookie(hub_str_from(header), HUB_STR("hub_session"), &got, NULL), code);
	if (code == HUB_OK)
		assert_true(hub_str_is(got, value));
}

static void cookies_of_a_header(void **state)
{
	(void)state;
	assert_cookie("hub_session=abc", HUB_OK, "abc");
	assert_cookie("a=1; hub_session=abc; b=2", HUB_OK, "abc");
	assert_cookie(" a=1 ;\thub_session = abc\t;", HUB_OK, "abc");
	assert_cookie("hub_session=", HUB_OK, "");
	assert_cookie("hub_session", HUB_OK, "");
	assert_cookie("x=hub_session=abc", HUB_E_NOT_FOUND, NULL);
	assert_cookie("xhub_session=abc; hub_sessionx=abc; Hub_Session=abc", HUB_E_NOT_FOUND, NULL);
	assert_cookie("", HUB_E_NOT_FOUND, NULL);
	assert_cookie(";;;=;", HUB_E_NOT_FOUND, NULL);
	assert_cookie("hub_session=abc; hub_session=abd", HUB_E_INVALID, NULL);
	assert_cookie("hub_session=; hub_session=abd", HUB_E_INVALID, NULL);
}

static void assert_bearer(const char *header, const char *token)
{
	struct hub_str got = { 0 };
	int code = gateway_header_bearer(hub_str_from(header), &got, NULL);
	assert_int_equal(code, token ? HUB_OK : HUB_E_INVALID);
	if (token)
		assert_true(hub_str_is(got, token));
}

static void tokens_of_a_header(void **state)
{
	(void)state;
	assert_bearer("Bearer a.b.c", "a.b.c");
	assert_bearer("bearer  a.b.c ", "a.b.c");
	assert_bearer("BEARER a b", "a b"); /* which is no token, as its parser says */
	assert_bearer("Bearer", NULL);
	assert_bearer("Bearer ", NULL);
	assert_bearer("Basic dXNlcjpwYXNz", NULL);
	assert_bearer("Bearera.b.c", NULL);
	assert_bearer("", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was),
		cmocka_unit_test(no_letter_can_be_changed),
		cmocka_unit_test(a_new_password_or_key_ends_it),
		cmocka_unit_test(name_and_hash_do_not_flow_together),
		cmocka_unit_test(the_longest_name_fits),
		cmocka_unit_test(its_end),
		cmocka_unit_test(the_csrf_token_outlives_a_renewal_and_nothing_else),
		cmocka_unit_test(a_csrf_token_is_no_session),
		cmocka_unit_test(who_logged_out_stays_out),
		cmocka_unit_test(the_file_of_those_who_left),
		cmocka_unit_test(cookies_of_a_header),
		cmocka_unit_test(tokens_of_a_header),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
