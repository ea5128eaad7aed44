#include "dashboard-gateway/auth/auth.h"

#include "dashboard-gateway/auth/bearer.h"
#include "dashboard-gateway/auth/ended_file.h"
#include "dashboard-gateway/auth/header.h"
#include "dashboard-gateway/auth/inside.h"
#include "dashboard-gateway/auth/session_key.h"
#include "log/log.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define COOKIE_NAME "hub_session"

_Static_assert((int)GATEWAY_IDENTITY_ID_LEN == (int)GATEWAY_COOKIE_ID_LEN, "one id");

/* The rules borrow texts that the options may not keep. */
static int copy_rules(
        struct gateway_auth *auth, const struct gateway_auth_options *options, struct hub_error *err)
{
	const char *const texts[] = { options->oidc_issuer, options->oidc_audience, options->claim_role,
		options->claim_org, options->claim_consortium };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		auth->texts[i] = strdup(texts[i] ? texts[i] : "");
		if (!auth->texts[i])
			return hub_error_set(err, HUB_E_FATAL, "auth", "out of memory");
	}
	auth->rules = (struct gateway_claims_rules){ auth->texts[0], auth->texts[1], auth->texts[2],
		auth->texts[3], auth->texts[4] };
	return HUB_OK;
}

static int start_bearer(
        struct gateway_auth *auth, const struct gateway_auth_options *options, struct hub_error *err)
{
	const struct gateway_jwks_options jwks = {
		.base = options->base, .where = options->oidc_jwks, .log = options->log
	};
	if (!options->oidc_issuer || !*options->oidc_issuer)
		return HUB_OK;
	if (!options->oidc_audience || !*options->oidc_audience)
		return hub_error_set(err, HUB_E_INVALID, "oidc_audience",
		        "is missing: a token for another service must not pass here");
	if (!options->oidc_jwks || !*options->oidc_jwks)
		return hub_error_set(
		        err, HUB_E_INVALID, "oidc_jwks", "is missing: the issuer's keys, a file or a URL");
	int result = copy_rules(auth, options, err);
	return result ? result : gateway_jwks_source_new(&jwks, &auth->jwks, err);
}

static int64_t wall_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whoever cannot keep logouts still serves: a key that is mounted read-only has no room beside it. */
static void open_ended(struct gateway_auth *auth, const char *key_file)
{
	struct hub_error err = { 0 };
	char path[4096];
	snprintf(path, sizeof(path), "%s.ended", key_file);
	if (gateway_ended_file_open(path, wall_ms(), &auth->ended, &auth->ended_fd, &err))
		hub_log(auth->log, HUB_LOG_LOGOUTS_FORGOTTEN, hub_log_text("place", err.place),
		        hub_log_text("text", err.text));
}

static int start_sessions(
        struct gateway_auth *auth, const struct gateway_auth_options *options, struct hub_error *err)
{
	bool local = options->users_file && *options->users_file;
	int result = gateway_users_file_new(
	        options->base, local ? options->users_file : "", options->log, &auth->users, err);
	if (!result && local)
		result = gateway_session_key(options->session_key_file, auth->session_key, err);
	else if (!result)
		randombytes_buf(auth->session_key, sizeof(auth->session_key)); /* no cookie is ever ours */
	if (!result && local)
		open_ended(auth, options->session_key_file);
	return result ? result : gateway_login_start(auth, options->base, err);
}

int gateway_auth_new(
        const struct gateway_auth_options *options, struct gateway_auth **ret, struct hub_error *reterr)
{
	struct hub_error err = { 0 };
	struct gateway_auth *auth = calloc(1, sizeof(*auth));
	int result = HUB_OK;
	if (!auth || sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		result = hub_error_set(&err, HUB_E_FATAL, "auth", "libsodium or libcurl cannot be used here");
	if (!result) {
		auth->log = options->log;
		auth->ended_fd = -1;
		auth->session_ms = options->session_ms;
		result = start_sessions(auth, options, &err);
	}
	if (!result)
		result = start_bearer(auth, options, &err);
	if (result) {
		gateway_auth_free(auth);
		return hub_error_set(reterr, result == HUB_E_FATAL ? HUB_E_FATAL : HUB_E_INVALID, err.place,
		        "%s", err.text);
	}
	*ret = auth;
	return HUB_OK;
}

void gateway_auth_free(struct gateway_auth *auth)
{
	if (!auth)
		return;
	gateway_login_stop(auth);
	gateway_jwks_source_free(auth->jwks);
	gateway_users_file_free(auth->users);
	for (size_t i = 0; i < sizeof(auth->texts) / sizeof(auth->texts[0]); i++)
		free(auth->texts[i]);
	if (auth->ended_fd >= 0)
		close(auth->ended_fd);
	sodium_memzero(auth->session_key, sizeof(auth->session_key));
	free(auth);
	curl_global_cleanup();
}

void gateway_auth_fill(const struct gateway_auth *auth, const struct gateway_user *user,
        const struct gateway_cookie *session, struct gateway_identity *ret)
{
	*ret = (struct gateway_identity){ .viewer.role = user->role,
		.expires_at_ms = gateway_cookie_end(session, auth->session_ms) };
	snprintf(ret->user, sizeof(ret->user), "%.*s", HUB_STR_ARG(user->user));
	snprintf(ret->name, sizeof(ret->name), "%.*s", HUB_STR_ARG(user->name));
	snprintf(ret->org_id, sizeof(ret->org_id), "%.*s", HUB_STR_ARG(user->org_id));
	snprintf(ret->consortium_id, sizeof(ret->consortium_id), "%.*s", HUB_STR_ARG(user->consortium_id));
	memcpy(ret->session_id, session->id, sizeof(ret->session_id));
	gateway_cookie_csrf(auth->session_key, session, user->password_hash, ret->csrf_token);
	gateway_identity_bind(ret);
}

static int identify_cookie(struct gateway_auth *auth, const struct gateway_credentials *credentials,
        struct gateway_identity *ret, struct hub_error *err)
{
	struct hub_str text;
	struct gateway_cookie session;
	int result = gateway_header_cookie(credentials->cookie, HUB_STR(COOKIE_NAME), &text, err);
	if (!result)
		result = gateway_cookie_parse(text, &session, err);
	if (result)
		return result;
	const struct gateway_user *user =
	        gateway_users_find(gateway_users_file_users(auth->users), hub_str_from(session.user));
	bool genuine = gateway_cookie_genuine(
	        auth->session_key, &session, user ? user->password_hash : (struct hub_str){ 0 });
	if (!user || !genuine)
		return hub_error_set(
		        err, HUB_E_INVALID, "Cookie", "the session is not valid (any more): log in again");
	if (credentials->now_ms >= gateway_cookie_end(&session, auth->session_ms) ||
	        gateway_ended_has(&auth->ended, session.id))
		return hub_error_set(err, HUB_E_INVALID, "Cookie", "the session has ended: log in again");
	gateway_auth_fill(auth, user, &session, ret);
	ret->renew = gateway_cookie_stale(&session, auth->session_ms, credentials->now_ms);
	if (credentials->changes && !gateway_cookie_csrf_is(ret->csrf_token, credentials->csrf_token))
		return hub_error_set(err, HUB_E_REFUSED, "X-CSRF-Token",
		        "is not this session's token (csrf_token of /api/v1/me)");
	return HUB_OK;
}

static int identify_bearer(struct gateway_auth *auth, const struct gateway_credentials *credentials,
        struct gateway_identity *ret, struct hub_error *err)
{
	struct hub_str token;
	int result = gateway_header_bearer(credentials->authorization, &token, err);
	if (result)
		return result;
	if (!auth->jwks)
		return hub_error_set(
		        err, HUB_E_INVALID, "Authorization", "this hub takes no bearer tokens: log in");
	const struct gateway_jwks *keys = gateway_jwks_source_keys(auth->jwks);
	result = keys ? gateway_bearer_read(&auth->rules, keys, token, credentials->now_ms, ret, err)
	              : hub_error_set(err, HUB_E_NOT_FOUND, "Authorization",
	                        "the issuer's keys have not come yet: try again soon");
	if (result != HUB_E_NOT_FOUND)
		return result;
	/* A key that has just been made: asked for, and there at the next try. */
	gateway_jwks_source_unknown(auth->jwks);
	if (err)
		err->code = HUB_E_INVALID;
	return HUB_E_INVALID;
}

int gateway_auth_identify(struct gateway_auth *auth, const struct gateway_credentials *credentials,
        struct gateway_identity *ret, struct hub_error *reterr)
{
	struct gateway_identity identity;
	int result = hub_str_empty(credentials->authorization)
	                     ? identify_cookie(auth, credentials, &identity, reterr)
	                     : identify_bearer(auth, credentials, &identity, reterr);
	if (result && result != HUB_E_REFUSED)
		return result;
	*ret = identity;
	gateway_identity_bind(ret);
	return result;
}

void gateway_auth_watch(struct gateway_auth *auth, void (*changed)(void *arg, struct hub_str user), void *arg)
{
	gateway_users_file_watch(auth->users, changed, arg);
}

bool gateway_auth_knows(const struct gateway_auth *auth, struct hub_str user)
{
	return gateway_users_find(gateway_users_file_users(auth->users), user) != NULL;
}

static void put_attributes(bool secure, int64_t max_age_s, struct hub_buf *out)
{
	hub_buf_printf(out, "; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s", (long long)max_age_s,
	        secure ? "; Secure" : "");
}

void gateway_auth_cookie(struct gateway_auth *auth, const struct gateway_identity *identity, bool secure,
        int64_t now_ms, struct hub_buf *out)
{
	enum { SECOND_MS = 1000 };
	const struct gateway_user *user =
	        gateway_users_find(gateway_users_file_users(auth->users), hub_str_from(identity->user));
	struct gateway_cookie session = { .issued_ms = now_ms, .expires_ms = now_ms + auth->session_ms };
	if (!user || identity->bearer) {
		gateway_auth_cookie_end(secure, out);
		return;
	}
	memcpy(session.id, identity->session_id, sizeof(session.id));
	snprintf(session.user, sizeof(session.user), "%.*s", HUB_STR_ARG(user->user));
	hub_buf_text(out, COOKIE_NAME "=");
	gateway_cookie_seal(auth->session_key, &session, user->password_hash, out);
	put_attributes(secure, auth->session_ms / SECOND_MS, out);
}

void gateway_auth_cookie_end(bool secure, struct hub_buf *out)
{
	hub_buf_text(out, COOKIE_NAME "=");
	put_attributes(secure, 0, out);
}

void gateway_auth_end(struct gateway_auth *auth, const struct gateway_identity *identity)
{
	/* A copy may have been renewed since. */
	int64_t until_ms = identity->expires_at_ms + auth->session_ms;
	if (identity->bearer)
		return;
	gateway_ended_add(&auth->ended, identity->session_id, until_ms);
	if (auth->ended_fd >= 0 && !gateway_ended_file_add(auth->ended_fd, identity->session_id, until_ms))
		hub_log(auth->log, HUB_LOG_LOGOUTS_FORGOTTEN, hub_log_text("text", strerror(errno)));
}
