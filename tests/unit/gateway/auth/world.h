/* A gateway's local users in a folder of the test's own: user "lead", password "correct horse". */
#ifndef TESTS_UNIT_GATEWAY_AUTH_WORLD_H
#define TESTS_UNIT_GATEWAY_AUTH_WORLD_H

#include "dashboard-gateway/auth/inside.h"
#include "dashboard-gateway/auth/password.h"
#include "place.h"

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

/* For cmocka. */
int world_setup(void **state);
int world_teardown(void **state);

int64_t world_now_ms(void);
/* The user with that hash and role. */
void world_write_users(struct world *w, const char *hash, const char *role);
int world_open(struct world *w, struct hub_error *err);
/* As a restart does. */
void world_reopen(struct world *w);

/* A login and its code; w->identity and w->cookie are its. */
int world_login_from(struct world *w, const char *user, const char *password, const char *address);
int world_login(struct world *w, const char *user, const char *password);
/* Of world_login's callback, for a login by hand. */
void world_on_login(void *user, const struct gateway_identity *identity, const struct hub_error *err);
/* The cookie of w->identity. */
void world_take_cookie(struct world *w, int64_t at_ms);

/* gateway_auth_identify, now unless credentials say when. */
int world_identify(struct world *w, struct gateway_credentials credentials);
int world_by_cookie(struct world *w);

#endif
