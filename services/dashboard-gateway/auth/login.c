/* A login: back-off on the loop, the password on the thread, the verdict on the loop. A name that nobody has is tried like any
 * other, against somebody else's hash, so that neither text nor time tells which names exist. */
#include "dashboard-gateway/auth/inside.h"
#include "dashboard-gateway/auth/password.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A try takes up to a tenth of a second: whoever comes behind so many waits two seconds. */
enum { WAITING_MAX = 16, ADDRESS_MAX = 64, BUSY_SECONDS = 2 };

struct gateway_login {
	struct gateway_job job;
	struct gateway_auth *auth;
	char user[GATEWAY_COOKIE_USER_MAX + 1];
	char address[ADDRESS_MAX + 1];
	char password[GATEWAY_PASSWORD_MAX + 1];
	char hash[GATEWAY_PASSWORD_HASH_MAX + 1];
	bool right;
	struct hub_error err; /* of one that is refused at once */
	gateway_login_fn *done;
	void *arg;
	struct gateway_login *next;
};

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void free_login(struct gateway_job *job)
{
	struct gateway_login *login = (struct gateway_login *)job;
	sodium_memzero(login, sizeof(*login));
	free(login);
}

static void run_login(struct gateway_job *job)
{
	struct gateway_login *login = (struct gateway_login *)job;
	login->right = gateway_password_is(login->hash, login->password);
	sodium_memzero(login->password, sizeof(login->password));
}

static void welcome(struct gateway_login *login, const struct gateway_user *user)
{
	const struct hub_error none = { 0 };
	struct gateway_auth *auth = login->auth;
	struct gateway_identity identity;
	struct gateway_cookie session = { .issued_ms = clock_ms(CLOCK_REALTIME) };
	session.expires_ms = session.issued_ms + auth->session_ms;
	snprintf(session.user, sizeof(session.user), "%s", login->user);
	randombytes_buf(session.id, sizeof(session.id));
	gateway_auth_fill(auth, user, &session, &identity);
	gateway_backoff_right(&auth->backoff, hub_str_from(login->user), hub_str_from(login->address));
	login->done(login->arg, &identity, &none);
}

/* Nobody has a name that nobody has, whatever the hash was; and the user may have been changed meanwhile. */
static void on_verdict(struct gateway_job *job)
{
	struct gateway_login *login = (struct gateway_login *)job;
	struct hub_error err = { 0 };
	const struct gateway_user *user =
	        gateway_users_find(gateway_users_file_users(login->auth->users), hub_str_from(login->user));
	if (login->right && user && hub_str_is(user->password_hash, login->hash)) {
		welcome(login, user);
	} else {
		hub_error_set(&err, HUB_E_REFUSED, "", "user or password is wrong");
		login->done(login->arg, NULL, &err);
	}
	free_login(job);
}

/* The same somebody each time for one name, so that its costs do not tell either. */
static struct hub_str hash_for(const struct gateway_auth *auth, struct hub_str name)
{
	const struct gateway_users *users = gateway_users_file_users(auth->users);
	const struct gateway_user *user = gateway_users_find(users, name);
	uint64_t draw = 0;
	if (user)
		return user->password_hash;
	if (gateway_users_count(users) == 0)
		return hub_str_from(auth->spare_hash);
	crypto_shorthash((unsigned char *)&draw, (const unsigned char *)(name.len ? name.data : ""), name.len,
	        auth->backoff.key);
	return gateway_users_at(users, (uint32_t)(draw % gateway_users_count(users)))->password_hash;
}

static void refuse(struct gateway_login *login, enum hub_code code, const char *place, const char *text)
{
	struct gateway_auth *auth = login->auth;
	static const struct timeval at_once = { 0, 0 };
	hub_error_set(&login->err, code, place, "%s", text);
	login->next = auth->refused;
	auth->refused = login;
	evtimer_add(auth->refusals, &at_once);
}

static void refuse_for(struct gateway_login *login, int64_t wait_ms, const char *text)
{
	char seconds[16];
	snprintf(seconds, sizeof(seconds), "%lld", (long long)(wait_ms + 999) / 1000);
	refuse(login, HUB_E_RETRY, seconds, text);
}

static void on_refusals(int fd, short what, void *user)
{
	struct gateway_auth *auth = user;
	struct gateway_login *login = auth->refused;
	(void)fd;
	(void)what;
	auth->refused = NULL;
	while (login) {
		struct gateway_login *next = login->next;
		login->done(login->arg, NULL, &login->err);
		free_login(&login->job);
		login = next;
	}
}

static bool copy(struct hub_str text, char *ret, size_t room)
{
	bool fits = text.len < room && !(text.len && memchr(text.data, 0, text.len));
	if (fits && text.len)
		memcpy(ret, text.data, text.len);
	return fits;
}

void gateway_auth_login(struct gateway_auth *auth, struct hub_str user, struct hub_str password,
        struct hub_str address, gateway_login_fn *done, void *arg)
{
	static const struct hub_error no_memory = {
		.code = HUB_E_RETRY, .place = "2", .text = "out of memory"
	};
	struct gateway_login *login = calloc(1, sizeof(*login));
	if (!login) {
		done(arg, NULL, &no_memory);
		return;
	}
	login->job = (struct gateway_job){ run_login, on_verdict, free_login, NULL };
	login->auth = auth;
	login->done = done;
	login->arg = arg;
	copy(address, login->address, sizeof(login->address));
	/* Nobody has such a name or password. */
	if (!copy(user, login->user, sizeof(login->user)) ||
	        !copy(password, login->password, sizeof(login->password))) {
		refuse(login, HUB_E_REFUSED, "", "user or password is wrong");
		return;
	}
	struct hub_str hash = hash_for(auth, user);
	copy(hash, login->hash, sizeof(login->hash));
	int64_t wait_ms = gateway_backoff_try(
	        &auth->backoff, user, hub_str_from(login->address), clock_ms(CLOCK_MONOTONIC));
	if (wait_ms)
		refuse_for(login, wait_ms, "too many wrong passwords: wait a little");
	else if (!gateway_worker_add(auth->worker, &login->job))
		refuse_for(login, BUSY_SECONDS * 1000, "too many log in at once: try again");
}

int gateway_login_start(struct gateway_auth *auth, struct event_base *base, struct hub_error *reterr)
{
	/* Nobody's: the hash of chance, made with the costs of today. */
	char chance[GATEWAY_PASSWORD_LEAST * 2 + 1];
	unsigned char bytes[GATEWAY_PASSWORD_LEAST];
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(chance, sizeof(chance), bytes, sizeof(bytes));
	int result = gateway_password_hash(chance, auth->spare_hash, reterr);
	if (result)
		return result;
	randombytes_buf(auth->backoff.key, sizeof(auth->backoff.key));
	auth->refusals = evtimer_new(base, on_refusals, auth);
	if (!auth->refusals)
		return hub_error_set(reterr, HUB_E_FATAL, "auth", "out of memory");
	return gateway_worker_new(base, WAITING_MAX, &auth->worker, reterr);
}

void gateway_login_stop(struct gateway_auth *auth)
{
	gateway_worker_free(auth->worker);
	if (auth->refusals)
		event_free(auth->refusals);
	while (auth->refused) {
		struct gateway_login *next = auth->refused->next;
		free_login(&auth->refused->job);
		auth->refused = next;
	}
}
