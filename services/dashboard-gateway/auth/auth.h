/* Who is asking: a session cookie of a local user, or a bearer token of an identity provider. On the loop; passwords are
 * checked on a thread of their own, since a good hash takes a tenth of a second.
 *
 * Local users: a JSON file {"users": [{"user", "name", "password": crypt(3) hash ($y$ yescrypt; made by
 * `hub-dashboard-gateway --hash-password`), "role", "org_id", "consortium_id"?}]}, read again when it changes.
 * Sessions: the cookie itself says who, until when, and carries a MAC by a key of this hub (file `session.key`, made at the
 * first start, 0600) over the user's password hash too: a restarted gateway knows its readers, a changed password ends them.
 * Bearer: OIDC ID or access token, JWS RS256 or ES256 (cjose), keys from a JWKS file or URL; iss, aud, exp, nbf checked; role and
 * organisation from configured claims. */
#ifndef DASHBOARD_GATEWAY_AUTH_AUTH_H
#define DASHBOARD_GATEWAY_AUTH_AUTH_H

#include "base/buf.h"
#include "base/error.h"
#include "dashboard-gateway/view/viewer.h"

struct event_base;
struct gateway_auth;
struct hub_log;

struct gateway_auth_options {
	struct event_base *base;
	const char *users_file;       /* "": no local users */
	const char *session_key_file; /* "" when there are no local users */
	int64_t session_ms;           /* sliding: a session ends so long after its last renewal */
	const char *oidc_issuer;      /* "": no bearer tokens */
	const char *oidc_audience;
	const char *oidc_jwks; /* path or http(s) URL */
	const char *claim_role, *claim_org,
	        *claim_consortium; /* names of claims: hub_role, hub_org_id, hub_consortium_id */
	struct hub_log *log;
};

/* HUB_E_INVALID: a file that cannot be read or is wrong, with its place; HUB_E_FATAL: memory, threads. A JWKS URL is not waited for.
 * Copies options; the log is borrowed. */
int gateway_auth_new(
        const struct gateway_auth_options *options, struct gateway_auth **ret, struct hub_error *reterr);
/* Logins that are under way are dropped: their done is not called. Accepts NULL. */
void gateway_auth_free(struct gateway_auth *auth);

/* What a request says of its sender. */
struct gateway_credentials {
	struct hub_str authorization; /* header, or empty */
	struct hub_str cookie;        /* header, or empty */
	struct hub_str csrf_token;    /* X-CSRF-Token, or empty */
	bool changes;                 /* the method is not GET or HEAD */
	int64_t now_ms;
};

enum { GATEWAY_TOKEN_MAX = 512, GATEWAY_IDENTITY_ID_LEN = 16 };

/* Who it is. Strings live in the struct: after a copy call gateway_identity_bind on the copy. */
struct gateway_identity {
	struct gateway_viewer viewer; /* county_id is left empty: it follows from reference data */
	char user[100], name[200], org_id[100], consortium_id[100];
	char csrf_token[GATEWAY_TOKEN_MAX]; /* "" of a bearer */
	int64_t expires_at_ms;
	unsigned char session_id[GATEWAY_IDENTITY_ID_LEN]; /* stays when the session is renewed */
	bool bearer;
	bool renew; /* a session past its first quarter: answer with a new cookie (gateway_auth_cookie) */
};

/* Points viewer's user, org_id and consortium_id at the struct's own (county_id is left as it is). */
void gateway_identity_bind(struct gateway_identity *identity);

/* HUB_E_NOT_FOUND: nobody (401); HUB_E_REFUSED: a cookie that changes something without its CSRF token (403; *ret says whose, for the audit); HUB_E_INVALID: a
 * cookie or token that is malformed, foreign, ended (401); text says which, without it. An Authorization header goes before a cookie. */
int gateway_auth_identify(struct gateway_auth *auth, const struct gateway_credentials *credentials,
        struct gateway_identity *ret, struct hub_error *reterr);

/* Checks a password on the thread. done once, on the loop and not before this returns: HUB_E_REFUSED (the same text whether user
 * or password is wrong, and the same time), HUB_E_RETRY (too many wait, or this user or address has to wait after wrong ones;
 * place is the number of seconds, for Retry-After). identity is NULL unless err->code is HUB_OK. address: the client's own, also
 * behind a proxy; one address that stands for everybody makes everybody wait. */
typedef void gateway_login_fn(
        void *user, const struct gateway_identity *identity, const struct hub_error *err);
void gateway_auth_login(struct gateway_auth *auth, struct hub_str user, struct hub_str password,
        struct hub_str address, gateway_login_fn *done, void *arg);

/* changed is called with each local user whose sessions have ended by a change of the users' file, or who is somebody else now:
 * another role, organisation or consortium. On the loop. */
void gateway_auth_watch(
        struct gateway_auth *auth, void (*changed)(void *arg, struct hub_str user), void *arg);

/* Is there such a local user? For the audit of a login that failed. */
bool gateway_auth_knows(const struct gateway_auth *auth, struct hub_str user);

/* The Set-Cookie value of a session (HttpOnly; SameSite=Strict; Path=/; Secure when told); expired: one that ends it. */
void gateway_auth_cookie(struct gateway_auth *auth, const struct gateway_identity *identity, bool secure,
        int64_t now_ms, struct hub_buf *out);
void gateway_auth_cookie_end(bool secure, struct hub_buf *out);

/* Logs out: the session's cookie, and copies of it, are taken no more, also after a restart (session.key.ended). */
void gateway_auth_end(struct gateway_auth *auth, const struct gateway_identity *identity);

/* --hash-password: reads one line from fd, writes the hash. */
int gateway_auth_hash_password(int in, int out, struct hub_error *reterr);

#endif
