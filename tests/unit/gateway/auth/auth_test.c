/* Who asks, as a whole: logins, sessions over restarts, changed users, and what each wrong credential is told. */
#include "dashboard-gateway/auth/inside.h"
#include "dashboard-gateway/auth/password.h"
#include "place.h"
#include "tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { SESSION_MS = 8 * 3600 * 1000, LONG_MS = 20000, COOKIE_ROOM = 512 };

struct world {
	struct place place;
	struct gateway_auth *auth;
	char hash[GATEWAY_PASSWORD_HASH_MAX + 1]; /* of "correct horse" */
	/* what the last login came to */
	bool answered;
	struct gateway_identity identity;
	struct hub_error err;
	char cookie[COOKIE_ROOM]; /* "hub_session=..." of the last login or renewal */
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void write_users(struct world *w, const char *hash, const char *role)
{
	char text[2048];
	snprintf(text, sizeof(text),
	        "{\"users\": [{\"user\": \"lead\", \"name\": \"Lead desk\", \"password\": \"%s\", \"role\": "
	        "\"%s\", \"org_id\": "
	        "\"990121-H01\", \"consortium_id\": \"QX-1\"}]}",
	        hash, role);
	place_write(&w->place, "users.json", text);
}

static int open_auth(struct world *w, struct hub_error *err)
{
	char users[PLACE_PATH + 100], key[PLACE_PATH + 100];
	snprintf(users, sizeof(users), "%s", place_path(&w->place, "users.json"));
	snprintf(key, sizeof(key), "%s", place_path(&w->place, "session.key"));
	const struct gateway_auth_options options = { .base = w->place.base,
		.users_file = users,
		.session_key_file = key,
		.session_ms = SESSION_MS,
		.oidc_issuer = "",
		.log = w->place.log };
	return gateway_auth_new(&options, &w->auth, err);
}

static void reopen(struct world *w)
{
	gateway_auth_free(w->auth);
	w->auth = NULL;
	assert_int_equal(open_auth(w, NULL), HUB_OK);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	place_make(&w->place);
	assert_int_equal(gateway_password_hash("correct horse", w->hash, NULL), HUB_OK);
	write_users(w, w->hash, "HOSPITAL");
	assert_int_equal(open_auth(w, NULL), HUB_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	gateway_auth_free(w->auth);
	place_done(&w->place);
	free(w);
	return 0;
}

static void on_login(void *user, const struct gateway_identity *identity, const struct hub_error *err)
{
	struct world *w = user;
	assert_false(w->answered);
	assert_true((identity != NULL) == (err->code == HUB_OK));
	w->answered = true;
	w->err = *err;
	if (identity)
		w->identity = *identity;
	gateway_identity_bind(&w->identity);
}

static void take_cookie(struct world *w, int64_t at_ms)
{
	struct hub_buf text;
	hub_buf_init(&text, COOKIE_ROOM);
	gateway_auth_cookie(w->auth, &w->identity, true, at_ms, &text);
	const char *end = memchr(text.data, ';', text.len);
	assert_non_null(end);
	snprintf(w->cookie, sizeof(w->cookie), "%.*s", (int)(end - text.data), text.data);
	assert_non_null(memmem(text.data, text.len, "; HttpOnly; SameSite=Strict; Secure", 35));
	assert_non_null(memmem(text.data, text.len, "; Path=/; Max-Age=28800", 23));
	hub_buf_done(&text);
}

static int login_from(struct world *w, const char *user, const char *password, const char *address)
{
	w->answered = false;
	memset(&w->identity, 0, sizeof(w->identity));
	gateway_auth_login(
	        w->auth, hub_str_from(user), hub_str_from(password), hub_str_from(address), on_login, w);
	assert_false(w->answered); /* never before it returns */
	assert_true(place_wait(&w->place, &w->answered, LONG_MS));
	if (w->err.code == HUB_OK)
		take_cookie(w, now_ms());
	return (int)w->err.code;
}

static int login(struct world *w, const char *user, const char *password)
{
	return login_from(w, user, password, "10.0.0.1");
}

static int identify(struct world *w, struct gateway_credentials credentials)
{
	memset(&w->err, 0, sizeof(w->err));
	if (!credentials.now_ms)
		credentials.now_ms = now_ms();
	return gateway_auth_identify(w->auth, &credentials, &w->identity, &w->err);
}

static int by_cookie(struct world *w)
{
	return identify(w, (struct gateway_credentials){ .cookie = hub_str_from(w->cookie) });
}

static void a_login_is_a_session(void **state)
{
	struct world *w = *state;
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	assert_string_equal(w->identity.user, "lead");
	char csrf[GATEWAY_TOKEN_MAX];
	snprintf(csrf, sizeof(csrf), "%s", w->identity.csrf_token);
	assert_int_equal(by_cookie(w), HUB_OK);
	assert_string_equal(w->identity.name, "Lead desk");
	assert_int_equal(w->identity.viewer.role, GATEWAY_ROLE_HOSPITAL);
	assert_true(hub_str_is(w->identity.viewer.org_id, "990121-H01"));
	assert_true(hub_str_is(w->identity.viewer.consortium_id, "QX-1"));
	assert_string_equal(w->identity.csrf_token, csrf);
	assert_false(w->identity.renew || w->identity.bearer);
	assert_true(gateway_auth_knows(w->auth, HUB_STR("lead")));
	assert_false(gateway_auth_knows(w->auth, HUB_STR("correct horse")));
}

static void what_is_wrong_is_refused_with_one_text(void **state)
{
	struct world *w = *state;
	char long_text[1000];
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = 0;
	const char *const tries[][2] = { { "lead", "correct horsf" }, { "lead", "" }, { "lead", long_text },
		{ "nobody", "correct horse" }, { "", "correct horse" }, { long_text, "correct horse" },
		{ "Lead", "correct horse" }, { "lead", w->hash } };
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		char address[32];
		snprintf(address, sizeof(address), "10.0.1.%zu", i);
		if (i == 4)
			assert_int_equal(
			        login(w, "lead", "correct horse"), HUB_OK); /* clears the user's count */
		assert_int_equal(login_from(w, tries[i][0], tries[i][1], address), HUB_E_REFUSED);
		assert_string_equal(w->err.text, "user or password is wrong");
		assert_string_equal(w->err.place, "");
	}
	/* A NUL does not end a password. */
	w->answered = false;
	gateway_auth_login(
	        w->auth, HUB_STR("lead"), HUB_STR("correct horse\0x"), HUB_STR("10.0.0.1"), on_login, w);
	assert_true(place_wait(&w->place, &w->answered, LONG_MS));
	assert_int_equal(w->err.code, HUB_E_REFUSED);
}

static double seconds_of(struct world *w, const char *user, const char *address)
{
	struct timespec before, after;
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(login_from(w, user, "wrong password", address), HUB_E_REFUSED);
	clock_gettime(CLOCK_MONOTONIC, &after);
	return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

/* The quickest of some: whatever else the machine does makes a try only slower. */
static void nobody_costs_what_somebody_costs(void **state)
{
	struct world *w = *state;
	enum { TRIES = 4 };
	double known = 1e9, unknown = 1e9;
	for (int i = 0; i < TRIES; i++) {
		char user[16];
		snprintf(user, sizeof(user), "nobody%d", i);
		double of_known = seconds_of(w, "lead", "10.0.0.1"),
		       of_unknown = seconds_of(w, user, "10.0.0.2");
		known = of_known < known ? of_known : known;
		unknown = of_unknown < unknown ? of_unknown : unknown;
	}
	if (unknown < known / 2 || unknown > known * 2)
		fail_msg("known %.4f s, unknown %.4f s", known, unknown);
}

static void wrong_passwords_have_to_wait(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < GATEWAY_BACKOFF_USER_FREE; i++)
		assert_int_equal(login(w, "lead", "wrong password"), HUB_E_REFUSED);
	assert_int_equal(login_from(w, "lead", "correct horse", "10.0.0.2"), HUB_E_RETRY);
	assert_string_equal(w->err.place, "1");
	assert_int_equal(login_from(w, "nobody", "wrong password", "10.0.0.2"), HUB_E_REFUSED);
	usleep(1100 * 1000);
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	/* Then the count begins anew. */
	assert_int_equal(login(w, "lead", "wrong password"), HUB_E_REFUSED);
	assert_int_equal(login(w, "lead", "wrong password"), HUB_E_REFUSED);
}

/* The password was changed while the old one was being tried. */
static void an_old_password_comes_too_late(void **state)
{
	struct world *w = *state;
	char other[GATEWAY_PASSWORD_HASH_MAX + 1];
	assert_int_equal(gateway_password_hash("battery staple", other, NULL), HUB_OK);
	w->answered = false;
	gateway_auth_login(
	        w->auth, HUB_STR("lead"), HUB_STR("correct horse"), HUB_STR("10.0.0.1"), on_login, w);
	write_users(w, other, "HOSPITAL");
	gateway_users_file_look(w->auth->users);
	assert_true(place_wait(&w->place, &w->answered, LONG_MS));
	assert_int_equal(w->err.code, HUB_E_REFUSED);
}

struct crowd {
	int answered, right, wrong, later;
	bool all;
};

static void on_crowd(void *user, const struct gateway_identity *identity, const struct hub_error *err)
{
	struct crowd *crowd = user;
	crowd->answered++;
	crowd->right += identity != NULL;
	crowd->wrong += err->code == HUB_E_REFUSED;
	crowd->later += err->code == HUB_E_RETRY;
	crowd->all = crowd->answered == 100;
}

static void a_crowd_is_answered_one_by_one(void **state)
{
	struct world *w = *state;
	struct crowd crowd = { 0 };
	char user[32], address[32];
	for (int i = 0; i < 100; i++) {
		snprintf(user, sizeof(user), "%s%d", i % 2 ? "nobody" : "noone", i);
		snprintf(address, sizeof(address), "10.0.2.%d", i);
		gateway_auth_login(w->auth, i ? hub_str_from(user) : HUB_STR("lead"),
		        HUB_STR("correct horse"), hub_str_from(address), on_crowd, &crowd);
	}
	assert_int_equal(crowd.answered, 0);
	assert_true(place_wait(&w->place, &crowd.all, LONG_MS));
	assert_int_equal(crowd.right, 1);
	assert_int_equal(crowd.wrong, 15);
	assert_int_equal(crowd.later, 84);
}

/* A gateway that stops while somebody logs in: nothing is called, nothing leaks. */
static void a_stop_drops_logins(void **state)
{
	struct world *w = *state;
	struct crowd crowd = { 0 };
	for (int i = 0; i < 30; i++)
		gateway_auth_login(w->auth, HUB_STR("lead"), HUB_STR("correct horse"), HUB_STR("10.0.0.1"),
		        on_crowd, &crowd);
	reopen(w);
	assert_int_equal(crowd.answered, 0);
}

static void a_restart_keeps_sessions(void **state)
{
	struct world *w = *state;
	struct stat key;
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	assert_int_equal(stat(place_path(&w->place, "session.key"), &key), 0);
	assert_int_equal(key.st_mode & 0777, 0600);
	reopen(w);
	assert_int_equal(by_cookie(w), HUB_OK);
	/* Without the key nobody is known. */
	unlink(place_path(&w->place, "session.key"));
	reopen(w);
	assert_int_equal(by_cookie(w), HUB_E_INVALID);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	struct world *w = *state;
	struct hub_error err = { 0 };
	gateway_auth_free(w->auth);
	w->auth = NULL;
	chmod(place_path(&w->place, "session.key"), 0604);
	assert_int_equal(open_auth(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.place, "session.key"));
	assert_non_null(strstr(err.text, "chmod 600"));
	place_write(&w->place, "session.key", "0123\n");
	chmod(place_path(&w->place, "session.key"), 0600);
	assert_int_equal(open_auth(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.text, "not a key"));
	chmod(place_path(&w->place, "users.json"), 0646);
	assert_int_equal(open_auth(w, &err), HUB_E_INVALID);
	assert_non_null(strstr(err.place, "users.json"));
	unlink(place_path(&w->place, "users.json"));
	assert_int_equal(open_auth(w, &err), HUB_E_INVALID);
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
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	wait_for_log(w, "code=USERS_READ", 1);
	/* Another role: the same session, with what it may do now. */
	write_users(w, w->hash, "READ_ONLY");
	wait_for_log(w, "code=USERS_READ", 2);
	assert_int_equal(by_cookie(w), HUB_OK);
	assert_int_equal(w->identity.viewer.role, GATEWAY_ROLE_READ_ONLY);
	/* A file that is wrong changes nothing, and is told once. */
	place_write(&w->place, "users.json", "{\"users\": [{}]}");
	wait_for_log(w, "code=USERS_BAD", 1);
	assert_int_equal(place_logged(&w->place, "users.json:1"), 1);
	assert_int_equal(by_cookie(w), HUB_OK);
	/* Nor does one that is gone. */
	unlink(place_path(&w->place, "users.json"));
	wait_for_log(w, "code=USERS_BAD", 2);
	assert_int_equal(by_cookie(w), HUB_OK);
	/* Another password: the session has ended. */
	assert_int_equal(gateway_password_hash("battery staple", other, NULL), HUB_OK);
	write_users(w, other, "HOSPITAL");
	wait_for_log(w, "code=USERS_READ", 3);
	assert_int_equal(by_cookie(w), HUB_E_INVALID);
	assert_int_equal(login(w, "lead", "correct horse"), HUB_E_REFUSED);
	assert_int_equal(login(w, "lead", "battery staple"), HUB_OK);
	/* No such user any more. */
	place_write(&w->place, "users.json", "{\"users\": []}");
	wait_for_log(w, "code=USERS_READ", 4);
	assert_int_equal(by_cookie(w), HUB_E_INVALID);
	assert_int_equal(login(w, "lead", "battery staple"), HUB_E_REFUSED);
	assert_int_equal(place_logged(&w->place, "code=USERS_BAD"), 2);
}

static void a_session_slides_and_ends(void **state)
{
	struct world *w = *state;
	char csrf[GATEWAY_TOKEN_MAX];
	int64_t start = now_ms();
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	snprintf(csrf, sizeof(csrf), "%s", w->identity.csrf_token);
	struct gateway_credentials later = { .cookie = hub_str_from(w->cookie),
		.now_ms = start + SESSION_MS / 2 };
	assert_int_equal(identify(w, later), HUB_OK);
	assert_true(w->identity.renew);
	take_cookie(w, later.now_ms);
	later.cookie = hub_str_from(w->cookie);
	later.now_ms = start + SESSION_MS + SESSION_MS / 4;
	assert_int_equal(identify(w, later), HUB_OK);
	assert_string_equal(w->identity.csrf_token, csrf); /* an open page goes on */
	later.now_ms = start + SESSION_MS + SESSION_MS / 2 + 1000;
	assert_int_equal(identify(w, later), HUB_E_INVALID);
	assert_non_null(strstr(w->err.text, "has ended"));
}

static void a_logout_ends_every_copy(void **state)
{
	struct world *w = *state;
	char copy[COOKIE_ROOM];
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	snprintf(copy, sizeof(copy), "%s", w->cookie);
	take_cookie(w, now_ms() + 5);
	assert_int_equal(by_cookie(w), HUB_OK);
	gateway_auth_end(w->auth, &w->identity);
	assert_int_equal(by_cookie(w), HUB_E_INVALID);
	snprintf(w->cookie, sizeof(w->cookie), "%s", copy);
	assert_int_equal(by_cookie(w), HUB_E_INVALID);
	/* Another session of the same user goes on. */
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	assert_int_equal(by_cookie(w), HUB_OK);
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
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	snprintf(first, sizeof(first), "%s", w->identity.csrf_token);
	struct gateway_credentials change = { .cookie = hub_str_from(w->cookie), .changes = true };
	assert_int_equal(identify(w, change), HUB_E_REFUSED);
	change.csrf_token = HUB_STR("x");
	assert_int_equal(identify(w, change), HUB_E_REFUSED);
	change.csrf_token = hub_str_from(first);
	assert_int_equal(identify(w, change), HUB_OK);
	/* Of another session of the same user. */
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	change.cookie = hub_str_from(w->cookie);
	assert_int_equal(identify(w, change), HUB_E_REFUSED);
}

static void nobody_is_nobody(void **state)
{
	struct world *w = *state;
	assert_int_equal(identify(w, (struct gateway_credentials){ 0 }), HUB_E_NOT_FOUND);
	assert_int_equal(
	        identify(w, (struct gateway_credentials){ .cookie = HUB_STR("a=b") }), HUB_E_NOT_FOUND);
	assert_int_equal(identify(w, (struct gateway_credentials){ .cookie = HUB_STR("hub_session=") }),
	        HUB_E_INVALID);
	assert_int_equal(identify(w, (struct gateway_credentials){ .cookie = HUB_STR("hub_session=AAAA") }),
	        HUB_E_INVALID);
	assert_int_equal(
	        identify(w, (struct gateway_credentials){ .authorization = HUB_STR("Basic bGVhZDpj") }),
	        HUB_E_INVALID);
	/* No issuer is configured. */
	assert_int_equal(
	        identify(w, (struct gateway_credentials){ .authorization = HUB_STR("Bearer a.b.c") }),
	        HUB_E_INVALID);
	assert_non_null(strstr(w->err.text, "no bearer tokens"));
	/* A bad header is not made good by a good cookie. */
	assert_int_equal(login(w, "lead", "correct horse"), HUB_OK);
	assert_int_equal(identify(w, (struct gateway_credentials){ .cookie = hub_str_from(w->cookie),
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
	return identify(
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
	assert_int_equal(login(w, "lead", "correct horse"), HUB_E_REFUSED);
	assert_int_equal(open_bearer(w, "hub", w->place.path, &err), HUB_E_INVALID);
	assert_int_equal(open_bearer(w, "", w->place.path, &err), HUB_E_INVALID);
	assert_string_equal(err.place, "oidc_audience");
	assert_int_equal(open_bearer(w, "hub", "", &err), HUB_E_INVALID);
	assert_int_equal(open_bearer(w, "hub", "/nowhere", &err), HUB_E_INVALID);
	issuer_done(&issuer);
	issuer_done(&next);
}

static void hashes_a_password(void **state)
{
	(void)state;
	struct hub_error err = { 0 };
	static const struct {
		const char *line;
		int code;
	} cases[] = { { "correct horse\nmore", HUB_OK }, { "correct horse", HUB_OK },
		{ "short\n", HUB_E_INVALID }, { "\n", HUB_E_INVALID }, { "", HUB_E_INVALID },
		{ "with\ta tab in it\n", HUB_E_INVALID }, { "\x03quit is a signal\n", HUB_E_INVALID } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int in[2], out[2];
		char hash[512] = "";
		assert_int_equal(pipe(in) | pipe(out), 0);
		assert_int_equal(
		        write(in[1], cases[i].line, strlen(cases[i].line)), (ssize_t)strlen(cases[i].line));
		close(in[1]);
		assert_int_equal(gateway_auth_hash_password(in[0], out[1], &err), cases[i].code);
		close(out[1]);
		ssize_t n = read(out[0], hash, sizeof(hash) - 1);
		if (cases[i].code == HUB_OK) {
			assert_true(n > 1 && hash[n - 1] == '\n');
			hash[n - 1] = 0;
			assert_int_equal(strncmp(hash, "$y$", 3), 0);
			assert_true(gateway_password_is(hash, "correct horse"));
			assert_false(gateway_password_is(hash, "correct horsf"));
		} else {
			assert_int_equal(n, 0);
		}
		close(in[0]);
		close(out[0]);
	}
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_login_is_a_session),
		WORLD_TEST(what_is_wrong_is_refused_with_one_text),
		WORLD_TEST(nobody_costs_what_somebody_costs),
		WORLD_TEST(wrong_passwords_have_to_wait),
		WORLD_TEST(an_old_password_comes_too_late),
		WORLD_TEST(a_crowd_is_answered_one_by_one),
		WORLD_TEST(a_stop_drops_logins),
		WORLD_TEST(a_restart_keeps_sessions),
		WORLD_TEST(a_key_that_others_can_read_is_refused),
		WORLD_TEST(a_changed_user_counts_at_once),
		WORLD_TEST(a_session_slides_and_ends),
		WORLD_TEST(a_logout_ends_every_copy),
		WORLD_TEST(a_change_needs_the_csrf_token),
		WORLD_TEST(nobody_is_nobody),
		WORLD_TEST(bearer_tokens_by_a_file_of_keys),
		cmocka_unit_test(hashes_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
