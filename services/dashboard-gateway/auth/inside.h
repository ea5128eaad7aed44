/* Shared by the files of gateway_auth. */
#ifndef DASHBOARD_GATEWAY_AUTH_INSIDE_H
#define DASHBOARD_GATEWAY_AUTH_INSIDE_H

#include "dashboard-gateway/auth/auth.h"
#include "dashboard-gateway/auth/backoff.h"
#include "dashboard-gateway/auth/claims.h"
#include "dashboard-gateway/auth/ended.h"
#include "dashboard-gateway/auth/jwks_source.h"
#include "dashboard-gateway/auth/users_file.h"
#include "dashboard-gateway/auth/worker.h"

struct event;
struct gateway_login;

struct gateway_auth {
	struct hub_log *log;
	int64_t session_ms;
	unsigned char session_key[GATEWAY_COOKIE_KEY_LEN];
	struct gateway_users_file *users;
	struct gateway_ended ended;
	int ended_fd; /* their file; -1: memory only */
	/* bearer tokens; jwks NULL: none are taken */
	struct gateway_claims_rules rules;
	char *texts[6]; /* what rules borrows */
	struct gateway_jwks_source *jwks;
	/* logins */
	struct gateway_worker *worker;
	struct gateway_backoff backoff;
	char spare_hash[GATEWAY_PASSWORD_HASH_MAX +
	                1];            /* what a password is tried against when there are no users at all */
	struct gateway_login *refused; /* told on the next turn of the loop */
	struct event *refusals;
};

/* What a session of user says; csrf_token included. */
void gateway_auth_fill(const struct gateway_auth *auth, const struct gateway_user *user,
        const struct gateway_cookie *session, struct gateway_identity *ret);

/* Of gateway_auth_new and _free. */
int gateway_login_start(struct gateway_auth *auth, struct event_base *base, struct hub_error *reterr);
void gateway_login_stop(struct gateway_auth *auth);

#endif
