#include "dashboard-gateway/http/server.h"

#include "admin/admin.h"
#include "base/check.h"
#include "dashboard-gateway/http/connections.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/headers.h"
#include "dashboard-gateway/http/proxies.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/tracing.h"
#include "dashboard-gateway/http/well_formed.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>

/* What is within these is answered with a problem. What is beyond connections.h's, or no HTTP at all, evhttp itself answers, in HTML, and
 * ends the connection: it has no callback for that before libevent 2.2 (evhttp_set_errorcb). */
enum { HEADER_BYTES = 16 << 10, BODY_BYTES = 64 << 10, IDLE_SECONDS = 60 };

struct gateway_server {
	struct gateway *gateway;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct gateway_connections *connections;
	struct gateway_exchange *exchanges;
};

/* The last value of a list that several lines may make: what the proxy itself wrote, whether it lengthens the reader's line (nginx) or
 * adds one of its own (HAProxy). */
static struct hub_str told_by_proxy(struct evhttp_request *request, const char *name)
{
	const struct evkeyval *header = evhttp_request_get_input_headers(request)->tqh_first;
	struct hub_str last = { NULL, 0 };
	for (; header; header = header->next.tqe_next)
		if (evutil_ascii_strcasecmp(header->key, name) == 0)
			last = hub_str_from(header->value);
	return gateway_list_last(last);
}

/* From anybody but a proxy of ours these headers count for nothing: anybody can write them. */
static void take_address(struct gateway_exchange *exchange)
{
	char *peer = NULL;
	ev_uint16_t port;
	evhttp_connection_get_peer(evhttp_request_get_connection(exchange->request), &peer, &port);
	struct hub_str address = hub_str_from(peer);
	if (gateway_proxies_have(exchange->gateway->options->proxy, peer)) {
		struct hub_str told = told_by_proxy(exchange->request, "X-Forwarded-For");
		if (told.len)
			address = told;
		exchange->secure = hub_str_is(told_by_proxy(exchange->request, "X-Forwarded-Proto"), "https");
	}
	uint32_t len = address.len < sizeof(exchange->address) - 1 ? address.len
	                                                           : (uint32_t)sizeof(exchange->address) - 1;
	memcpy(exchange->address, address.len ? address.data : "", len);
}

static enum gateway_method method_of(struct evhttp_request *request)
{
	switch (evhttp_request_get_command(request)) {
	case EVHTTP_REQ_GET:
	case EVHTTP_REQ_HEAD:
		return GATEWAY_METHOD_GET;
	case EVHTTP_REQ_POST:
		return GATEWAY_METHOD_POST;
	case EVHTTP_REQ_DELETE:
		return GATEWAY_METHOD_DELETE;
	default:
		return GATEWAY_METHOD_OTHER;
	}
}

static struct gateway_exchange *exchange_of(struct gateway_server *server, struct evhttp_request *request)
{
	struct gateway_exchange *exchange = calloc(1, sizeof(*exchange));
	hub_check(exchange);
	exchange->gateway = server->gateway;
	exchange->request = request;
	exchange->started_us = gateway_now_us();
	exchange->method = method_of(request);
	exchange->head = evhttp_request_get_command(request) == EVHTTP_REQ_HEAD;
	exchange->next = server->exchanges;
	exchange->place = &server->exchanges;
	if (exchange->next)
		exchange->next->place = &exchange->next;
	server->exchanges = exchange;
	take_address(exchange);
	gateway_trace_begin(exchange);
	return exchange;
}

/* What is behind such a request on the connection cannot be told from it. */
static void refuse_and_close(
        struct gateway_exchange *exchange, enum gateway_problem_id id, const char *detail)
{
	gateway_header(exchange, "Connection", "close");
	gateway_refuse_plainly(exchange, id, detail);
}

static bool well_formed(struct gateway_exchange *exchange, struct evhttp_request *request)
{
	struct hub_error error = { 0 };
	size_t body = evbuffer_get_length(evhttp_request_get_input_buffer(request));
	if (request->headers_size > HEADER_BYTES) {
		refuse_and_close(exchange, GATEWAY_PROBLEM_HEADERS_TOO_LARGE, "at most 16 kB");
		return false;
	}
	if (body > BODY_BYTES) {
		refuse_and_close(exchange, GATEWAY_PROBLEM_TOO_LARGE, "at most 64 kB");
		return false;
	}
	if (gateway_well_formed(request, exchange->method == GATEWAY_METHOD_POST, &error)) {
		refuse_and_close(exchange, GATEWAY_PROBLEM_MALFORMED, error.text);
		return false;
	}
	if (gateway_target_parse(hub_str_from(evhttp_request_get_uri(request)), &exchange->target, &error)) {
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID_QUERY, &error);
		return false;
	}
	return true;
}

static void on_request(struct evhttp_request *request, void *user)
{
	struct gateway_server *server = user;
	gateway_connections_begin(server->connections, request);
	struct gateway_exchange *exchange = exchange_of(server, request);
	if (server->gateway->stopping)
		gateway_header(exchange, "Connection", "close");
	if (well_formed(exchange, request))
		gateway_dispatch(exchange, exchange->method);
}

struct hub_str gateway_request_header(const struct gateway_exchange *exchange, const char *name)
{
	if (!exchange->request)
		return (struct hub_str){ NULL, 0 };
	return hub_str_from(evhttp_find_header(evhttp_request_get_input_headers(exchange->request), name));
}

struct hub_str gateway_request_body(struct gateway_exchange *exchange)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(exchange->request);
	size_t len = evbuffer_get_length(input);
	return (struct hub_str){ len ? (const char *)evbuffer_pullup(input, -1) : "", (uint32_t)len };
}

void gateway_server_forget(struct gateway_exchange *exchange)
{
	*exchange->place = exchange->next;
	if (exchange->next)
		exchange->next->place = exchange->place;
}

void gateway_server_watch(
        struct gateway *gateway, struct evhttp_request *request, void (*closed)(void *user), void *user)
{
	gateway_connections_watch(gateway->server->connections, request, closed, user);
}

static int set_up(struct gateway_server *server, struct hub_error *reterr)
{
	server->http = evhttp_new(server->gateway->base);
	if (!server->http)
		return hub_error_set(reterr, HUB_E_FATAL, "http", "out of memory");
	evhttp_set_allowed_methods(server->http, 0xffff);
	evhttp_set_max_headers_size(server->http, GATEWAY_HARD_HEADER_BYTES);
	evhttp_set_max_body_size(server->http, GATEWAY_HARD_BODY_BYTES);
	evhttp_set_timeout(server->http, IDLE_SECONDS);
	evhttp_set_default_content_type(server->http, NULL);
	evhttp_set_gencb(server->http, on_request, server);
	return gateway_connections_new(server->gateway, server->http, &server->connections, reterr);
}

static int bind_to(struct gateway_server *server, struct hub_error *reterr)
{
	const char *listen = server->gateway->options->listen;
	char host[256];
	ev_uint16_t port;
	int code = hub_admin_address_parse(listen, host, &port, reterr);
	if (code)
		return code;
	server->bound = evhttp_bind_socket_with_handle(server->http, host, port);
	if (!server->bound)
		return hub_error_set(reterr, HUB_E_FATAL, "http.listen", "cannot listen on %s: %s", listen,
		        strerror(errno));
	return HUB_OK;
}

int gateway_server_new(struct gateway *gateway, struct gateway_server **ret, struct hub_error *reterr)
{
	struct gateway_server *server = calloc(1, sizeof(*server));
	hub_check(server);
	server->gateway = gateway;
	int code = set_up(server, reterr);
	if (!code)
		code = bind_to(server, reterr);
	if (code) {
		gateway_server_free(server);
		return code;
	}
	*ret = server;
	return HUB_OK;
}

void gateway_server_stop(struct gateway_server *server)
{
	if (server->bound)
		evhttp_del_accept_socket(server->http, server->bound);
	server->bound = NULL;
}

bool gateway_server_busy(const struct gateway_server *server)
{
	return gateway_connections_busy(server->connections) > 0;
}

uint32_t gateway_server_connections(const struct gateway_server *server)
{
	return gateway_connections_count(server->connections);
}

void gateway_server_free(struct gateway_server *server)
{
	if (!server)
		return;
	while (server->exchanges) {
		struct gateway_exchange *exchange = server->exchanges;
		exchange->request = NULL;
		gateway_server_forget(exchange);
		free(exchange);
	}
	if (server->http)
		evhttp_free(server->http);
	gateway_connections_free(server->connections);
	free(server);
}
