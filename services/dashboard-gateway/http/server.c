#include "dashboard-gateway/http/server.h"

#include "admin/admin.h"
#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/well_formed.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <sys/random.h>

/* What is within the first pair is answered with a problem; evhttp itself answers (tersely) what is beyond the second. */
enum {
	HEADER_BYTES = 16 << 10,
	BODY_BYTES = 64 << 10,
	HARD_HEADER_BYTES = 80 << 10,
	HARD_BODY_BYTES = 128 << 10,
	READ_AHEAD_BYTES = HARD_HEADER_BYTES + HARD_BODY_BYTES + (16 << 10),
	ARRIVING_BYTES = 64 << 20, /* of all requests that are still arriving */
	IDLE_SECONDS = 60,
	STREAM_READ_BYTES = 1 << 10,
};

struct connection {
	struct gateway_server *server;
	struct bufferevent *bufev;
	struct evhttp_connection *evcon; /* NULL at first: evhttp makes it after bufev; the key in the map */
	int64_t begun_ms;                /* a request is arriving since then; 0: none is */
	size_t received;                 /* of it */
	bool busy;                       /* its request is being answered */
	void (*closed)(void *user);      /* of a stream */
	void *closed_user;
	struct connection *fresh; /* next in the list of those without evcon */
};

struct gateway_server {
	struct gateway *gateway;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct event *take_fresh, *sweep;
	struct connection *fresh;
	struct hub_map *connections;
	struct gateway_exchange *exchanges;
	size_t arriving; /* bytes */
	uint32_t busy;
};

static struct hub_str key_of(struct evhttp_connection *const *evcon)
{
	return (struct hub_str){ (const char *)evcon, sizeof(*evcon) };
}

/* ---- connections ---- */

static void nothing_arrives(struct connection *connection)
{
	connection->server->arriving -= connection->received;
	connection->received = 0;
	connection->begun_ms = 0;
}

static void on_bytes(struct evbuffer *input, const struct evbuffer_cb_info *info, void *user)
{
	struct connection *connection = user;
	(void)input;
	if (info->n_added == 0 || connection->busy || connection->closed)
		return;
	if (!connection->begun_ms)
		connection->begun_ms = gateway_now_us() / 1000;
	connection->received += info->n_added;
	connection->server->arriving += info->n_added;
}

static void on_closed(struct evhttp_connection *evcon, void *user)
{
	struct connection *connection = user;
	struct gateway_server *server = connection->server;
	(void)evcon;
	nothing_arrives(connection);
	if (connection->busy)
		server->busy--;
	if (connection->closed)
		connection->closed(connection->closed_user);
	hub_map_remove(server->connections, key_of(&connection->evcon));
	free(connection);
}

/* Called for each accepted socket, before evhttp makes its own object of it; take_fresh runs before anything is read. */
static struct bufferevent *on_accept(struct event_base *base, void *user)
{
	struct gateway_server *server = user;
	struct connection *connection = calloc(1, sizeof(*connection));
	struct bufferevent *bufev = bufferevent_socket_new(base, -1, 0);
	hub_check(connection && bufev);
	connection->server = server;
	connection->bufev = bufev;
	connection->fresh = server->fresh;
	server->fresh = connection;
	bufferevent_setwatermark(bufev, EV_READ, 0, READ_AHEAD_BYTES);
	evbuffer_add_cb(bufferevent_get_input(bufev), on_bytes, connection);
	event_active(server->take_fresh, EV_TIMEOUT, 0);
	return bufev;
}

static void take_in(struct gateway_server *server, struct connection *connection)
{
	void *evcon = NULL;
	bufferevent_getcb(connection->bufev, NULL, NULL, NULL, &evcon);
	connection->evcon = evcon;
	hub_map_put(server->connections, key_of(&connection->evcon), connection);
	evhttp_connection_set_closecb(evcon, on_closed, connection);
	if (hub_map_count(server->connections) > (size_t)server->gateway->options->connections)
		evhttp_connection_free(evcon);
}

static void on_fresh(evutil_socket_t fd, short what, void *user)
{
	struct gateway_server *server = user;
	(void)fd;
	(void)what;
	while (server->fresh) {
		struct connection *connection = server->fresh;
		server->fresh = connection->fresh;
		take_in(server, connection);
	}
}

static struct connection *connection_of(struct gateway_server *server, struct evhttp_request *request)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(request);
	struct connection *connection = hub_map_get(server->connections, key_of(&evcon));
	hub_check(connection);
	return connection;
}

/* One connection that has to go; the map changes by it. */
static struct connection *too_slow(struct gateway_server *server, int64_t now_ms)
{
	int64_t arrival_ms = server->gateway->options->arrival_seconds * 1000;
	struct connection *largest = NULL;
	struct hub_str key;
	size_t at = 0;
	void *value;
	while (hub_map_next(server->connections, &at, &key, &value)) {
		struct connection *connection = value;
		if (!connection->begun_ms)
			continue;
		if (now_ms - connection->begun_ms > arrival_ms)
			return connection;
		if (!largest || connection->received > largest->received)
			largest = connection;
	}
	return server->arriving > ARRIVING_BYTES ? largest : NULL;
}

static void on_sweep(evutil_socket_t fd, short what, void *user)
{
	struct gateway_server *server = user;
	struct connection *connection;
	(void)fd;
	(void)what;
	while ((connection = too_slow(server, gateway_now_us() / 1000))) {
		gateway_count_cut(server->gateway, "slow_request");
		evhttp_connection_free(connection->evcon);
	}
}

/* ---- requests ---- */

/* The answer is written out. */
static void on_complete(struct evhttp_request *request, void *user)
{
	struct connection *connection = user;
	(void)request;
	connection->busy = false;
	connection->server->busy--;
	size_t ahead = evbuffer_get_length(bufferevent_get_input(connection->bufev));
	connection->begun_ms = ahead ? gateway_now_us() / 1000 : 0;
	connection->received = ahead;
	connection->server->arriving += ahead;
}

/* The last of X-Forwarded-For is what the proxy itself saw. */
static void take_address(struct gateway_exchange *exchange)
{
	char *peer = NULL;
	ev_uint16_t port;
	evhttp_connection_get_peer(evhttp_request_get_connection(exchange->request), &peer, &port);
	struct hub_str address = hub_str_from(peer);
	if (exchange->gateway->options->proxy) {
		struct hub_str list = gateway_request_header(exchange, "X-Forwarded-For");
		if (list.len)
			address = gateway_list_last(list);
		exchange->secure = hub_str_is(gateway_request_header(exchange, "X-Forwarded-Proto"), "https");
	}
	uint32_t len = address.len < sizeof(exchange->address) - 1 ? address.len
	                                                           : (uint32_t)sizeof(exchange->address) - 1;
	memcpy(exchange->address, address.len ? address.data : "", len);
}

static void take_trace(struct gateway_exchange *exchange)
{
	if (hub_traceparent_parse(gateway_request_header(exchange, "traceparent"), &exchange->trace))
		return;
	hub_check(
	        getrandom(exchange->trace.trace_id, sizeof(exchange->trace.trace_id), 0) == HUB_TRACE_ID_LEN);
	memcpy(exchange->trace.span_id, exchange->trace.trace_id, HUB_SPAN_ID_LEN);
}

static struct gateway_exchange *exchange_of(struct gateway_server *server, struct evhttp_request *request)
{
	struct gateway_exchange *exchange = calloc(1, sizeof(*exchange));
	hub_check(exchange);
	exchange->gateway = server->gateway;
	exchange->request = request;
	exchange->started_us = gateway_now_us();
	exchange->head = evhttp_request_get_command(request) == EVHTTP_REQ_HEAD;
	exchange->next = server->exchanges;
	exchange->place = &server->exchanges;
	if (exchange->next)
		exchange->next->place = &exchange->next;
	server->exchanges = exchange;
	take_address(exchange);
	take_trace(exchange);
	return exchange;
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
	enum gateway_method method = method_of(request);
	size_t body = evbuffer_get_length(evhttp_request_get_input_buffer(request));
	if (request->headers_size > HEADER_BYTES) {
		refuse_and_close(exchange, GATEWAY_PROBLEM_HEADERS_TOO_LARGE, "at most 16 kB");
		return false;
	}
	if (body > BODY_BYTES) {
		refuse_and_close(exchange, GATEWAY_PROBLEM_TOO_LARGE, "at most 64 kB");
		return false;
	}
	if (gateway_well_formed(request, method == GATEWAY_METHOD_POST, &error)) {
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
	struct connection *connection = connection_of(server, request);
	nothing_arrives(connection);
	connection->busy = true;
	server->busy++;
	evhttp_request_set_on_complete_cb(request, on_complete, connection);
	struct gateway_exchange *exchange = exchange_of(server, request);
	if (server->gateway->stopping)
		gateway_header(exchange, "Connection", "close");
	if (well_formed(exchange, request))
		gateway_dispatch(exchange, method_of(request));
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
	struct connection *connection = connection_of(gateway->server, request);
	connection->closed = closed;
	connection->closed_user = user;
	if (!closed)
		return;
	/* What a reader still says is nobody's concern; a stream keeps nobody from stopping: it is told "bye". */
	bufferevent_setwatermark(connection->bufev, EV_READ, 0, STREAM_READ_BYTES);
	if (connection->busy) {
		connection->busy = false;
		gateway->server->busy--;
		evhttp_request_set_on_complete_cb(request, NULL, NULL);
	}
}

/* ---- life ---- */

static int set_up(struct gateway_server *server, struct hub_error *reterr)
{
	const struct timeval second = { 1, 0 };
	struct event_base *base = server->gateway->base;
	server->http = evhttp_new(base);
	server->take_fresh = event_new(base, -1, 0, on_fresh, server);
	server->sweep = event_new(base, -1, EV_PERSIST, on_sweep, server);
	if (!server->http || !server->take_fresh || !server->sweep || event_add(server->sweep, &second) != 0)
		return hub_error_set(reterr, HUB_E_FATAL, "http", "out of memory");
	evhttp_set_allowed_methods(server->http, 0xffff);
	evhttp_set_max_headers_size(server->http, HARD_HEADER_BYTES);
	evhttp_set_max_body_size(server->http, HARD_BODY_BYTES);
	evhttp_set_timeout(server->http, IDLE_SECONDS);
	evhttp_set_default_content_type(server->http, NULL);
	evhttp_set_bevcb(server->http, on_accept, server);
	evhttp_set_gencb(server->http, on_request, server);
	return HUB_OK;
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
	server->connections = hub_map_new();
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
	return server->busy > 0;
}

uint32_t gateway_server_connections(const struct gateway_server *server)
{
	return (uint32_t)hub_map_count(server->connections);
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
	if (server->take_fresh)
		event_free(server->take_fresh);
	if (server->sweep)
		event_free(server->sweep);
	hub_map_free(server->connections);
	free(server);
}
