/* Who asks, as a whole: sessions over restarts, changed users, keys in a file, and what each wrong credential is told. */
#include "tokens.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void a_restart_keeps_sessions(void **state)
{
	struct world *w = *state;
	struct stat key;
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	assert_int_equal(stat(place_path(&w->place, "session.key"), &key), 0);
	assert_int_equal(key.st_mode & 0777, 0600);
	world_reopen(w);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	/* Without the key nobody is known. */
	unlink(place_path(&w->place, "session.key"));
	world_reopen(w);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	struct world *w = *state;
	struct hub_error err = { 0 };
	gateway_auth_free(w->auth);
	w->auth = NULL;
	chmod(place_path(&w->place, "session.key"), 0604);
	assert_int_equal(world_open(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.place, "session.key"));
	assert_non_null(strstr(err.text, "chmod 600"));
	place_write(&w->place, "session.key", "0123\n");
	chmod(place_path(&w->place, "session.key"), 0600);
	assert_int_equal(world_open(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.text, "not a key"));
	chmod(place_path(&w->place, "users.json"), 0646);
	assert_int_equal(world_open(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.place, "users.json"));
	unlink(place_path(&w->place, "users.json"));
	assert_int_equal(world_open(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.place, "users.json"));
}

static void wait_for_log(struct world *w, const char *text, int count)
{
	static const bool never = false;
	for (int i = 0; i < 100 && place_logged(&w->place, text) < count; i++)
		place_wait(&w->place, &never, 100);
	assert_int_equal(place_logged(&w->place, text), count);
}

static void a_changed_user_counts_at_once(void **state)
{
	struct world *w = *state;
	char other[GATEWAY_PASSWORD_HASH_MAX + 1];
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	wait_for_log(w, "code=USERS_READ", 1);
	/* Another role: the same session, with what it may do now. */
	world_write_users(w, w->hash, "READ_ONLY");
	wait_for_log(w, "code=USERS_READ", 2);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	assert_int_equal(w->identity.viewer.role, GATEWAY_ROLE_READ_ONLY);
	/* A file that is wrong changes nothing, and is told once. */
	place_write(&w->place, "users.json", "{\"users\": [{}]}");
	wait_for_log(w, "code=USERS_BAD", 1);
	assert_int_equal(place_logged(&w->place, "users.json:1"), 1);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	/* Nor does one that is gone. */
	unlink(place_path(&w->place, "users.json"));
	wait_for_log(w, "code=USERS_BAD", 2);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	/* Another password: the session has ended. */
	assert_int_equal(gateway_password_hash("battery staple", other, NULL), HUB_OK);
	world_write_users(w, other, "HOSPITAL");
	wait_for_log(w, "code=USERS_READ", 3);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_E_REFUSED);
	assert_int_equal(world_login(w, "lead", "battery staple"), HUB_OK);
	/* No such user any more. */
	place_write(&w->place, "users.json", "{\"users\": []}");
	wait_for_log(w, "code=USERS_READ", 4);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
	assert_int_equal(world_login(w, "lead", "battery staple"), HUB_E_REFUSED);
	assert_int_equal(place_logged(&w->place, "code=USERS_BAD"), 2);
}

static void a_session_slides_and_ends(void **state)
{
	struct world *w = *state;
	char csrf[GATEWAY_TOKEN_MAX];
	int64_t start = world_now_ms();
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	snprintf(csrf, sizeof(csrf), "%s", w->identity.csrf_token);
	struct gateway_credentials later = { .cookie = hub_str_from(w->cookie),
		.now_ms = start + SESSION_MS / 2 };
	assert_int_equal(world_identify(w, later), HUB_OK);
	assert_true(w->identity.renew);
	world_take_cookie(w, later.now_ms);
	later.cookie = hub_str_from(w->cookie);
	later.now_ms = start + SESSION_MS + SESSION_MS / 4;
	assert_int_equal(world_identify(w, later), HUB_OK);
	assert_string_equal(w->identity.csrf_token, csrf); /* an open page goes on */
	later.now_ms = start + SESSION_MS + SESSION_MS / 2 + 1000;
	assert_int_equal(world_identify(w, later), HUB_E_INVALID);
	assert_non_null(strstr(w->err.text, "has ended"));
}

static void a_logout_ends_every_copy(void **state)
{
	struct world *w = *state;
	char copy[COOKIE_ROOM];
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	snprintf(copy, sizeof(copy), "%s", w->cookie);
	world_take_cookie(w, world_now_ms() + 5);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	gateway_auth_end(w->auth, &w->identity);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
	snprintf(w->cookie, sizeof(w->cookie), "%s", copy);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
	/* Also after a restart, and another one. */
	world_reopen(w);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
	world_reopen(w);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
	assert_non_null(strstr(w->err.text, "has ended"));
	/* Another session of the same user goes on. */
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	struct hub_buf end;
	hub_buf_init(&end, COOKIE_ROOM);
	gateway_auth_cookie_end(false, &end);
	assert_true(hub_str_is(
	        hub_buf_slice(&end), "hub_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
	hub_buf_done(&end);
}

static void a_change_needs_the_csrf_token(void **state)
{
	struct world *w = *state;
	char first[GATEWAY_TOKEN_MAX];
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	snprintf(first, sizeof(first), "%s", w->identity.csrf_token);
	struct gateway_credentials change = { .cookie = hub_str_from(w->cookie), .changes = true };
	assert_int_equal(world_identify(w, change), HUB_E_REFUSED);
	assert_string_equal(w->identity.user, "lead"); /* whose cookie it is the audit wants to know */
	change.csrf_token = HUB_STR("x");
	assert_int_equal(world_identify(w, change), HUB_E_REFUSED);
	change.csrf_token = hub_str_from(first);
	assert_int_equal(world_identify(w, change), HUB_OK);
	/* Of another session of the same user. */
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	change.cookie = hub_str_from(w->cookie);
	assert_int_equal(world_identify(w, change), HUB_E_REFUSED);
}

/* A key on a read-only mount: logouts are kept in memory, and it is said. */
static void logouts_that_cannot_be_kept_are_told(void **state)
{
	struct world *w = *state;
	char folder[PLACE_PATH + 100];
	assert_int_equal(place_logged(&w->place, "code=LOGOUTS_FORGOTTEN"), 0);
	snprintf(folder, sizeof(folder), "%s", place_path(&w->place, "session.key.ended"));
	unlink(folder);
	assert_int_equal(mkdir(folder, 0700), 0); /* in the way, also of root */
	world_reopen(w);
	assert_int_equal(place_logged(&w->place, "code=LOGOUTS_FORGOTTEN"), 1);
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	gateway_auth_end(w->auth, &w->identity);
	assert_int_equal(world_by_cookie(w), HUB_E_INVALID);
}

static void nobody_is_nobody(void **state)
{
	struct world *w = *state;
	assert_int_equal(world_identify(w, (struct gateway_credentials){ 0 }), HUB_E_NOT_FOUND);
	assert_int_equal(
	        world_identify(w, (struct gateway_credentials){ .cookie = HUB_STR("a=b") }), HUB_E_NOT_FOUND);
	assert_int_equal(world_identify(w, (struct gateway_credentials){ .cookie = HUB_STR("hub_session=") }),
	        HUB_E_INVALID);
	assert_int_equal(
	        world_identify(w, (struct gateway_credentials){ .cookie = HUB_STR("hub_session=AAAA") }),
	        HUB_E_INVALID);
	assert_int_equal(
	        world_identify(w, (struct gateway_credentials){ .authorization = HUB_STR("Basic bGVhZDpj") }),
	        HUB_E_INVALID);
	/* No issuer is configured. */
	assert_int_equal(
	        world_identify(w, (struct gateway_credentials){ .authorization = HUB_STR("Bearer a.b.c") }),
	        HUB_E_INVALID);
	assert_non_null(strstr(w->err.text, "no bearer tokens"));
	/* A bad header is not made good by a good cookie. */
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	assert_int_equal(world_identify(w, (struct gateway_credentials){ .cookie = hub_str_from(w->cookie),
	                                           .authorization = HUB_STR("Bearer x") }),
	        HUB_E_INVALID);
}

static int open_bearer(struct world *w, const char *audience, const char *jwks, struct hub_error *err)
{
	const struct gateway_auth_options options = { .base = w->place.base,
		.users_file = "",
		.session_key_file = "",
		.session_ms = SESSION_MS,
		.oidc_issuer = "https://id.example",
		.oidc_audience = audience,
		.oidc_jwks = jwks,
		.claim_role = "hub_role",
		.claim_org = "hub_org_id",
		.claim_consortium = "hub_consortium_id",
		.log = w->place.log };
	gateway_auth_free(w->auth);
	w->auth = NULL;
	return gateway_auth_new(&options, &w->auth, err);
}

static int by_token(struct world *w, const struct issuer *issuer, const char *kid)
{
	static const char claims[] =
	        "{\"iss\": \"https://id.example\", \"aud\": \"hub\", \"exp\": 4102444800, \"sub\": \"u1\", "
	        "\"hub_role\": \"COUNTY\", \"hub_org_id\": \"990121-A01\"}";
	char header[2048];
	char *token = token_sign(issuer->ec, "ES256", kid, claims);
	snprintf(header, sizeof(header), "Bearer %s", token);
	free(token);
	/* A change needs no CSRF token: no browser sends this header by itself. */
	return world_identify(
	        w, (struct gateway_credentials){ .authorization = hub_str_from(header), .changes = true });
}

static void bearer_tokens_by_a_file_of_keys(void **state)
{
	struct world *w = *state;
	struct issuer issuer, next;
	struct hub_error err = { 0 };
	issuer_make(&issuer);
	issuer_make(&next);
	place_write(&w->place, "jwks.json", issuer.jwks);
	assert_int_equal(open_bearer(w, "hub", w->place.path, NULL), HUB_OK);
	assert_int_equal(by_token(w, &issuer, "ec-1"), HUB_OK);
	assert_string_equal(w->identity.user, "u1");
	assert_true(w->identity.bearer);
	assert_int_equal(by_token(w, &next, "ec-1"), HUB_E_INVALID);
	/* The provider changes its keys, and the file follows: an unknown key makes it be looked at. */
	char *key = issuer_public(next.ec, "ec-2");
	char text[4096];
	snprintf(text, sizeof(text), "{\"keys\": [%s]}", key);
	free(key);
	place_write(&w->place, "jwks.json", text);
	assert_int_equal(by_token(w, &next, "ec-2"), HUB_E_INVALID);
	assert_int_equal(by_token(w, &next, "ec-2"), HUB_OK);
	assert_int_equal(by_token(w, &issuer, "ec-1"), HUB_E_INVALID);
	/* A file that is wrong: the keys of before. */
	place_write(&w->place, "jwks.json", "{\"keys\": []}");
	assert_int_equal(by_token(w, &next, "ec-3"), HUB_E_INVALID);
	assert_int_equal(place_logged(&w->place, "code=KEYS_BAD"), 1);
	assert_int_equal(by_token(w, &next, "ec-2"), HUB_OK);
	/* No local users then, and no cookie of anybody. */
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_E_REFUSED);
	assert_int_equal(open_bearer(w, "hub", w->place.path, &err), HUB_E_INVALID);
	assert_int_equal(open_bearer(w, "", w->place.path, &err), HUB_E_INVALID);
	assert_string_equal(err.place, "oidc_audience");
	assert_int_equal(open_bearer(w, "hub", "", &err), HUB_E_INVALID);
	assert_int_equal(open_bearer(w, "hub", "/nowhere", &err), HUB_E_INVALID);
	issuer_done(&issuer);
	issuer_done(&next);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_restart_keeps_sessions),
		WORLD_TEST(a_key_that_others_can_read_is_refused),
		WORLD_TEST(a_changed_user_counts_at_once),
		WORLD_TEST(a_session_slides_and_ends),
		WORLD_TEST(a_logout_ends_every_copy),
		WORLD_TEST(a_change_needs_the_csrf_token),
		WORLD_TEST(logouts_that_cannot_be_kept_are_told),
		WORLD_TEST(nobody_is_nobody),
		WORLD_TEST(bearer_tokens_by_a_file_of_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
