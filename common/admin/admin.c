#include "admin/admin.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>

/* evhttp limits nothing by itself. Connections live for at most IDLE_SECONDS and are taken at most so many a
 * second. */
enum {
	HEADER_BYTES = 8 << 10,
	BODY_BYTES = 1 << 10,
	IDLE_SECONDS = 5,
	CONNECTIONS_A_SECOND = 50,
	ANSWER_BYTES = 16 << 20,
};

struct hub_admin {
	struct hub_admin_options options;
	struct evhttp *http;
	struct evconnlistener *listener; /* of http */
	struct event *every_second;
	unsigned accepted; /* in this second */
};

int hub_admin_address_parse(
        const char *text, char host[HUB_ADMIN_HOST_MAX], uint16_t *ret_port, struct hub_error *reterr)
{
	const char *colon = strrchr(text, ':');
	char *end = NULL;
	long port = colon ? strtol(colon + 1, &end, 10) : 0;
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool bracketed = len > 2 && text[0] == '[' && text[len - 1] == ']';
	if (!colon || end == colon + 1 || *end || port < 1 || port > 65535 || len == 0 ||
	        len >= HUB_ADMIN_HOST_MAX || (!bracketed && memchr(text, ':', len)))
		return hub_error_set(
		        reterr, HUB_E_INVALID, "", "\"%s\" is not host:port or [address]:port", text);
	memcpy(host, bracketed ? text + 1 : text, bracketed ? len - 2 : len);
	host[bracketed ? len - 2 : len] = '\0';
	*ret_port = (uint16_t)port;
	return HUB_OK;
}

int hub_admin_address_check(const char *listen, struct hub_error *reterr)
{
	char host[HUB_ADMIN_HOST_MAX];
	uint16_t port;
	return hub_admin_address_parse(listen, host, &port, reterr);
}

static void answer(struct evhttp_request *request, int status, const char *type, const struct hub_buf *body)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct evbuffer *bytes = evbuffer_new();
	if (!bytes || hub_buf_failed(body)) {
		evhttp_send_error(request, 503, NULL);
	} else {
		evhttp_add_header(headers, "Content-Type", type);
		evhttp_add_header(headers, "Cache-Control", "no-store");
		evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
		evhttp_add_header(headers, "Connection", "close");
		evbuffer_add(bytes, body->data, body->len);
		evhttp_send_reply(request, status, NULL, bytes);
	}
	if (bytes)
		evbuffer_free(bytes);
}

static void on_metrics(struct evhttp_request *request, void *user)
{
	struct hub_admin *admin = user;
	struct hub_buf body;
	hub_buf_init(&body, ANSWER_BYTES);
	admin->options.metrics(admin->options.user, &body);
	answer(request, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", &body);
	hub_buf_done(&body);
}

static bool wants_json(struct evhttp_request *request)
{
	const char *accept = evhttp_find_header(evhttp_request_get_input_headers(request), "Accept");
	return accept && strstr(accept, "application/json");
}

static void answer_probe(struct hub_admin *admin, struct evhttp_request *request,
        bool (*probe)(void *user, struct hub_buf *text, struct hub_buf *json))
{
	struct hub_buf text, json;
	hub_buf_init(&text, ANSWER_BYTES);
	hub_buf_init(&json, ANSWER_BYTES);
	int status = probe(admin->options.user, &text, &json) ? HTTP_OK : HTTP_SERVUNAVAIL;
	if (wants_json(request))
		answer(request, status, "application/json", &json);
	else
		answer(request, status, "text/plain; charset=utf-8", &text);
	hub_buf_done(&text);
	hub_buf_done(&json);
}

static void on_live(struct evhttp_request *request, void *user)
{
	struct hub_admin *admin = user;
	answer_probe(admin, request, admin->options.live);
}

static void on_ready(struct evhttp_request *request, void *user)
{
	struct hub_admin *admin = user;
	answer_probe(admin, request, admin->options.ready);
}

static void on_other(struct evhttp_request *request, void *user)
{
	(void)user;
	struct hub_buf body;
	hub_buf_init(&body, 256);
	hub_buf_text(&body, "There are /metrics, /livez and /readyz.\n");
	answer(request, HTTP_NOTFOUND, "text/plain; charset=utf-8", &body);
	hub_buf_done(&body);
}

/* Called for each accepted connection; NULL lets evhttp make its usual buffer. */
static struct bufferevent *on_accept(struct event_base *base, void *user)
{
	(void)base;
	struct hub_admin *admin = user;
	if (++admin->accepted >= CONNECTIONS_A_SECOND)
		evconnlistener_disable(admin->listener);
	return NULL;
}

static void on_second(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	struct hub_admin *admin = user;
	if (admin->accepted >= CONNECTIONS_A_SECOND)
		evconnlistener_enable(admin->listener);
	admin->accepted = 0;
}

static int serve(struct hub_admin *admin, struct event_base *base, const char *host, uint16_t port,
        struct hub_error *reterr)
{
	const struct timeval second = { 1, 0 };
	admin->http = evhttp_new(base);
	admin->every_second = event_new(base, -1, EV_PERSIST, on_second, admin);
	if (!admin->http || !admin->every_second || event_add(admin->every_second, &second) != 0)
		return hub_error_set(reterr, HUB_E_FATAL, "admin", "out of memory");
	evhttp_set_allowed_methods(admin->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(admin->http, HEADER_BYTES);
	evhttp_set_max_body_size(admin->http, BODY_BYTES);
	evhttp_set_timeout(admin->http, IDLE_SECONDS);
	evhttp_set_bevcb(admin->http, on_accept, admin);
	evhttp_set_gencb(admin->http, on_other, admin);
	evhttp_set_cb(admin->http, "/metrics", on_metrics, admin);
	evhttp_set_cb(admin->http, "/livez", on_live, admin);
	evhttp_set_cb(admin->http, "/readyz", on_ready, admin);
	evhttp_set_cb(admin->http, "/healthz", on_ready, admin);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(admin->http, host, port);
	if (!bound)
		return hub_error_set(reterr, HUB_E_FATAL, "admin.listen", "cannot listen on %s: %s",
		        admin->options.listen, strerror(errno));
	admin->listener = evhttp_bound_socket_get_listener(bound);
	return HUB_OK;
}

int hub_admin_new(struct event_base *base, const struct hub_admin_options *options, struct hub_admin **ret,
        struct hub_error *reterr)
{
	char host[HUB_ADMIN_HOST_MAX];
	uint16_t port;
	int code = hub_admin_address_parse(options->listen, host, &port, reterr);
	if (code)
		return code;
	struct hub_admin *admin = calloc(1, sizeof(*admin));
	if (!admin)
		return hub_error_set(reterr, HUB_E_FATAL, "admin", "out of memory");
	admin->options = *options;
	code = serve(admin, base, host, port, reterr);
	admin->options.listen = NULL; /* borrowed no longer than this call */
	if (code) {
		hub_admin_free(admin);
		return code;
	}
	*ret = admin;
	return HUB_OK;
}

void hub_admin_free(struct hub_admin *admin)
{
	if (!admin)
		return;
	if (admin->every_second)
		event_free(admin->every_second);
	if (admin->http)
		evhttp_free(admin->http);
	free(admin);
}
