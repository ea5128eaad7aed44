/* Keys by URL, from a real server that answers well, badly, slowly and not at all. */
#include "dashboard-gateway/auth/fetch.h"
#include "dashboard-gateway/auth/jwks_source.h"
#include "place.h"
#include "tokens.h"

#include "base/check.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { LONG_MS = 10000, QUICK_MS = 50 };
enum manner {
	MANNER_GOOD,
	MANNER_BAD_STATUS,
	MANNER_NO_JSON,
	MANNER_TOO_LARGE,
	MANNER_NEVER,
	MANNER_REDIRECT
};

struct world {
	struct place place;
	struct issuer issuer;
	struct evhttp *server;
	struct gateway_jwks_source *source;
	enum manner manner;
	char target[200]; /* of a redirect */
	char url[100];
	int asked;
};

static void reply(struct evhttp_request *request, int status, const char *text)
{
	struct evbuffer *body = evbuffer_new();
	evbuffer_add(body, text, strlen(text));
	evhttp_send_reply(request, status, "x", body);
	evbuffer_free(body);
}

static void reply_much(struct evhttp_request *request)
{
	char *much = calloc(1, GATEWAY_JWKS_TEXT_MAX + 2);
	memset(much, ' ', GATEWAY_JWKS_TEXT_MAX + 1);
	reply(request, 200, much);
	free(much);
}

static void on_request(struct evhttp_request *request, void *user)
{
	struct world *w = user;
	w->asked++;
	switch (w->manner) {
	case MANNER_GOOD:
		reply(request, 200, w->issuer.jwks);
		break;
	case MANNER_BAD_STATUS:
		reply(request, 503, w->issuer.jwks);
		break;
	case MANNER_NO_JSON:
		reply(request, 200, "<html>");
		break;
	case MANNER_TOO_LARGE:
		reply_much(request);
		break;
	case MANNER_NEVER:
		break;
	case MANNER_REDIRECT:
		evhttp_add_header(evhttp_request_get_output_headers(request), "Location", w->target);
		reply(request, 302, "");
		break;
	}
}

/* The place that a redirect may lead to. */
static void on_moved(struct evhttp_request *request, void *user)
{
	struct world *w = user;
	reply(request, 200, w->issuer.jwks);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	place_make(&w->place);
	issuer_make(&w->issuer);
	w->server = evhttp_new(w->place.base);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(w->server, "127.0.0.1", 0);
	hub_check(bound);
	struct sockaddr_in address;
	socklen_t len = sizeof(address);
	hub_check(getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &len) == 0);
	snprintf(w->url, sizeof(w->url), "http://127.0.0.1:%d/keys", ntohs(address.sin_port));
	evhttp_set_cb(w->server, "/keys", on_request, w);
	evhttp_set_cb(w->server, "/moved", on_moved, w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	gateway_jwks_source_free(w->source);
	evhttp_free(w->server);
	issuer_done(&w->issuer);
	place_done(&w->place);
	free(w);
	return 0;
}

static void start(struct world *w, int every_ms, int retry_ms, int timeout_ms)
{
	const struct gateway_jwks_options options = { .base = w->place.base,
		.where = w->url,
		.every_ms = every_ms,
		.retry_ms = retry_ms,
		.unknown_ms = LONG_MS,
		.timeout_ms = timeout_ms,
		.log = w->place.log };
	assert_int_equal(gateway_jwks_source_new(&options, &w->source, NULL), HUB_OK);
	assert_null(gateway_jwks_source_keys(w->source)); /* it is not waited for */
}

static void pass(struct world *w, int ms)
{
	static const bool never = false;
	place_wait(&w->place, &never, ms);
}

static void wait_for_log(struct world *w, const char *text)
{
	for (int i = 0; i < LONG_MS / 20 && !place_logged(&w->place, text); i++)
		pass(w, 20);
	if (!place_logged(&w->place, text))
		fail_msg("\"%s\" was not logged", text);
}

static void keys_come_and_are_asked_for_again(void **state)
{
	struct world *w = *state;
	start(w, QUICK_MS, QUICK_MS, LONG_MS);
	wait_for_log(w, "code=KEYS_READ");
	assert_int_equal(gateway_jwks_count(gateway_jwks_source_keys(w->source)), 2);
	for (int i = 0; i < 200 && w->asked < 4; i++)
		pass(w, 20);
	assert_true(w->asked >= 4);
}

static void an_unknown_key_asks_once_a_while(void **state)
{
	struct world *w = *state;
	start(w, LONG_MS, LONG_MS, LONG_MS);
	wait_for_log(w, "code=KEYS_READ");
	for (int i = 0; i < 100; i++)
		gateway_jwks_source_unknown(w->source);
	pass(w, 200);
	assert_int_equal(w->asked, 1); /* it has just been asked */
	gateway_jwks_source_free(w->source);
	const struct gateway_jwks_options options = { .base = w->place.base,
		.where = w->url,
		.every_ms = LONG_MS,
		.retry_ms = LONG_MS,
		.unknown_ms = 300,
		.log = w->place.log };
	assert_int_equal(gateway_jwks_source_new(&options, &w->source, NULL), HUB_OK);
	for (int i = 0; i < LONG_MS / 20 && !gateway_jwks_source_keys(w->source); i++)
		pass(w, 20);
	pass(w, 400);
	for (int more = 1; more <= 2; more++) {
		w->asked = 0;
		for (int i = 0; i < 100; i++)
			gateway_jwks_source_unknown(w->source);
		for (int i = 0; i < LONG_MS / 20 && !w->asked; i++)
			pass(w, 20);
		pass(w, 400);
		assert_int_equal(w->asked, 1);
	}
}

static void what_fails_keeps_the_keys_and_is_tried_again(void **state)
{
	struct world *w = *state;
	static const struct {
		enum manner manner;
		const char *said;
	} cases[] = { { MANNER_BAD_STATUS, "status is 503" }, { MANNER_NO_JSON, "not JSON" },
		{ MANNER_TOO_LARGE, "larger than" }, { MANNER_NEVER, "Timeout was reached" } };
	start(w, QUICK_MS, QUICK_MS, 300);
	wait_for_log(w, "code=KEYS_READ");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w->manner = cases[i].manner;
		wait_for_log(w, cases[i].said);
		assert_int_equal(gateway_jwks_count(gateway_jwks_source_keys(w->source)), 2);
	}
	assert_true(place_logged(&w->place, "keys=2") > 0);
	int before = place_logged(&w->place, "code=KEYS_READ");
	w->manner = MANNER_GOOD;
	for (int i = 0; i < 100 && place_logged(&w->place, "code=KEYS_READ") == before; i++)
		pass(w, 50);
	assert_true(place_logged(&w->place, "code=KEYS_READ") > before);
}

static void a_bad_start_is_tried_again_soon(void **state)
{
	struct world *w = *state;
	w->manner = MANNER_BAD_STATUS;
	start(w, 10 * LONG_MS, QUICK_MS, LONG_MS);
	wait_for_log(w, "code=KEYS_BAD");
	assert_null(gateway_jwks_source_keys(w->source));
	w->manner = MANNER_GOOD;
	wait_for_log(w, "code=KEYS_READ");
}

/* Redirects stay on the scheme; nobody is led to a file of this machine. */
static void redirects_stay_on_the_scheme(void **state)
{
	struct world *w = *state;
	static const char *const elsewhere[] = { "file:///etc/passwd", "https://127.0.0.1:1/",
		"ftp://127.0.0.1:1/", "gopher://127.0.0.1:1/" };
	w->manner = MANNER_REDIRECT;
	snprintf(w->target, sizeof(w->target), "%s", elsewhere[0]);
	start(w, QUICK_MS, QUICK_MS, LONG_MS);
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		snprintf(w->target, sizeof(w->target), "%s", elsewhere[i]);
		int failed = place_logged(&w->place, "Unsupported protocol");
		for (int k = 0; k < 100 && place_logged(&w->place, "Unsupported protocol") < failed + 2; k++)
			pass(w, 50);
		assert_true(place_logged(&w->place, "Unsupported protocol") >= failed + 2);
	}
	snprintf(w->target, sizeof(w->target), "/keys"); /* for ever */
	wait_for_log(w, "Number of redirects hit maximum amount");
	assert_null(gateway_jwks_source_keys(w->source));
	snprintf(w->target, sizeof(w->target), "/moved");
	wait_for_log(w, "code=KEYS_READ");
}

static void nobody_listens(void **state)
{
	struct world *w = *state;
	snprintf(w->url, sizeof(w->url), "http://127.0.0.1:1/?token=secret");
	start(w, QUICK_MS, LONG_MS, LONG_MS);
	wait_for_log(w, "code=KEYS_BAD");
	assert_int_equal(place_logged(&w->place, "secret"), 0);
	assert_null(gateway_jwks_source_keys(w->source));
}

/* A stop does not wait for a server that says nothing. */
static void a_stop_breaks_a_request_off(void **state)
{
	struct world *w = *state;
	struct timespec before, after;
	w->manner = MANNER_NEVER;
	start(w, LONG_MS, LONG_MS, 60 * 1000);
	for (int i = 0; i < 100 && !w->asked; i++)
		pass(w, 20);
	assert_int_equal(w->asked, 1);
	clock_gettime(CLOCK_MONOTONIC, &before);
	gateway_jwks_source_free(w->source);
	w->source = NULL;
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(after.tv_sec - before.tv_sec <= 3);
}

/* What the table of options takes: nobody stands between this machine and itself. */
static void plain_http_stays_on_this_machine(void **state)
{
	static const char *const good[] = { "", "/etc/hub/jwks.json", "https://id.example/jwks",
		"http://127.0.0.1/jwks", "http://127.1.2.3:8080/jwks", "http://localhost:8080/",
		"http://LOCALHOST/", "http://[::1]:8080/jwks" };
	static const char *const bad[] = { "http://id.example/jwks", "http://10.0.0.7:8080/jwks",
		"http://127.0.0.1.example/", "http://localhost.example/", "http://localhost@id.example/",
		"http://127.0.0.1:80@id.example/", "http://[::2]/", "http://[::ffff:10.0.0.7]/", "http://",
		"http://keys:secret-word@id.example/?token=secret-word" };
	struct hub_error err;
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (gateway_fetch_check(good[i], &err))
			fail_msg("%s: %s", good[i], err.text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err = (struct hub_error){ 0 };
		if (gateway_fetch_check(bad[i], &err) != HUB_E_INVALID)
			fail_msg("%s was taken", bad[i]);
		assert_non_null(strstr(err.text, "https"));
		assert_null(strstr(err.text, "secret-word"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_come_and_are_asked_for_again, setup, teardown),
		cmocka_unit_test_setup_teardown(an_unknown_key_asks_once_a_while, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        what_fails_keeps_the_keys_and_is_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_start_is_tried_again_soon, setup, teardown),
		cmocka_unit_test_setup_teardown(redirects_stay_on_the_scheme, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_listens, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stop_breaks_a_request_off, setup, teardown),
		cmocka_unit_test(plain_http_stays_on_this_machine),
	};
	setenv("no_proxy", "127.0.0.1", 1); /* whatever proxy the machine has */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
