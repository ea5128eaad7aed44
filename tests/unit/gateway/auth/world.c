#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

int64_t world_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void world_write_users(struct world *w, const char *hash, const char *role)
{
	char text[2048];
	snprintf(text, sizeof(text),
	        "{\"users\": [{\"user\": \"lead\", \"name\": \"Lead desk\", \"password\": \"%s\", \"role\": "
	        "\"%s\", \"org_id\": "
	        "\"990121-H01\", \"consortium_id\": \"QX-1\"}]}",
	        hash, role);
	place_write(&w->place, "users.json", text);
}

int world_open(struct world *w, struct hub_error *err)
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

void world_reopen(struct world *w)
{
	gateway_auth_free(w->auth);
	w->auth = NULL;
	assert_int_equal(world_open(w, NULL), HUB_OK);
}

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	place_make(&w->place);
	assert_int_equal(gateway_password_hash("correct horse", w->hash, NULL), HUB_OK);
	world_write_users(w, w->hash, "HOSPITAL");
	assert_int_equal(world_open(w, NULL), HUB_OK);
	*state = w;
	return 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;
	gateway_auth_free(w->auth);
	place_done(&w->place);
	free(w);
	return 0;
}

void world_on_login(void *user, const struct gateway_identity *identity, const struct hub_error *err)
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

void world_take_cookie(struct world *w, int64_t at_ms)
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

int world_login_from(struct world *w, const char *user, const char *password, const char *address)
{
	w->answered = false;
	memset(&w->identity, 0, sizeof(w->identity));
	gateway_auth_login(w->auth, hub_str_from(user), hub_str_from(password), hub_str_from(address),
	        world_on_login, w);
	assert_false(w->answered); /* never before it returns */
	assert_true(place_wait(&w->place, &w->answered, LONG_MS));
	if (w->err.code == HUB_OK)
		world_take_cookie(w, world_now_ms());
	return (int)w->err.code;
}

int world_login(struct world *w, const char *user, const char *password)
{
	return world_login_from(w, user, password, "10.0.0.1");
}

int world_identify(struct world *w, struct gateway_credentials credentials)
{
	memset(&w->err, 0, sizeof(w->err));
	if (!credentials.now_ms)
		credentials.now_ms = world_now_ms();
	return gateway_auth_identify(w->auth, &credentials, &w->identity, &w->err);
}

int world_by_cookie(struct world *w)
{
	return world_identify(w, (struct gateway_credentials){ .cookie = hub_str_from(w->cookie) });
}
