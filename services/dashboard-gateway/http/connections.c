#include "dashboard-gateway/http/connections.h"

#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/http/gateway.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	READ_AHEAD_BYTES = GATEWAY_HARD_HEADER_BYTES + GATEWAY_HARD_BODY_BYTES + (16 << 10),
	ARRIVING_BYTES = 64 << 20, /* of all requests that are still arriving */
	BUSY_READ_BYTES = 1 << 10, /* while an answer is being written, or a stream */
	FAREWELL_MS = 10 * 1000,   /* for what a stream that has ended still has to write */
	WRITE_BYTES = 64 << 10,    /* at a time */
};

struct gateway_connection {
	struct gateway_connections *all;
	struct bufferevent *bufev;
	struct evhttp_connection *evcon; /* NULL at first: evhttp makes it after bufev; the key in the map */
	int64_t begun_ms;                /* a request is arriving since then; 0: none is */
	size_t received;                 /* of it */
	bool busy;                       /* its request is being answered */
	int64_t ends_by_ms;              /* of a stream that has ended; 0: nothing ends */
	void (*closed)(void *user);      /* of a stream */
	void *closed_user;
	struct gateway_connection *fresh; /* next in the list of those without evcon */
};

struct gateway_connections {
	struct gateway *gateway;
	struct event *take_fresh, *sweep;
	struct gateway_connection *fresh, **fresh_end; /* in the order in which they came */
	struct hub_map *by_evcon;
	size_t arriving; /* bytes */
	uint32_t busy;
};

static struct hub_str key_of(struct evhttp_connection *const *evcon)
{
	return (struct hub_str){ (const char *)evcon, sizeof(*evcon) };
}

static void nothing_arrives(struct gateway_connection *connection)
{
	connection->all->arriving -= connection->received;
	connection->received = 0;
	connection->begun_ms = 0;
}

static void on_bytes(struct evbuffer *input, const struct evbuffer_cb_info *info, void *user)
{
	struct gateway_connection *connection = user;
	(void)input;
	if (info->n_added == 0 || connection->busy || connection->closed)
		return;
	if (!connection->begun_ms)
		connection->begun_ms = gateway_now_us() / 1000;
	connection->received += info->n_added;
	connection->all->arriving += info->n_added;
}

static void on_closed(struct evhttp_connection *evcon, void *user)
{
	struct gateway_connection *connection = user;
	struct gateway_connections *all = connection->all;
	(void)evcon;
	nothing_arrives(connection);
	if (connection->busy)
		all->busy--;
	if (connection->closed)
		connection->closed(connection->closed_user);
	hub_map_remove(all->by_evcon, key_of(&connection->evcon));
	free(connection);
}

/* Called for each accepted socket, before evhttp makes its own object of it; take_fresh runs before anything is read. */
static struct bufferevent *on_accept(struct event_base *base, void *user)
{
	struct gateway_connections *all = user;
	struct gateway_connection *connection = calloc(1, sizeof(*connection));
	struct bufferevent *bufev = bufferevent_socket_new(base, -1, 0);
	hub_check(connection && bufev);
	connection->all = all;
	connection->bufev = bufev;
	*all->fresh_end = connection;
	all->fresh_end = &connection->fresh;
	bufferevent_setwatermark(bufev, EV_READ, 0, READ_AHEAD_BYTES);
	evbuffer_add_cb(bufferevent_get_input(bufev), on_bytes, connection);
	event_active(all->take_fresh, EV_TIMEOUT, 0);
	return bufev;
}

/* What is answered leaves at once: an answer in two pieces would wait up to 40 ms for the reader's delayed acknowledgement of
 * the first. A socket that refuses is only slower. */
static void send_at_once(struct bufferevent *bufev)
{
	int yes = 1;
	(void)setsockopt(bufferevent_getfd(bufev), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	(void)bufferevent_set_max_single_write(bufev, WRITE_BYTES);
}

static void take_in(struct gateway_connections *all, struct gateway_connection *connection)
{
	void *evcon = NULL;
	send_at_once(connection->bufev);
	bufferevent_getcb(connection->bufev, NULL, NULL, NULL, &evcon);
	connection->evcon = evcon;
	hub_map_put(all->by_evcon, key_of(&connection->evcon), connection);
	evhttp_connection_set_closecb(evcon, on_closed, connection);
	if (hub_map_count(all->by_evcon) > (size_t)all->gateway->options->connections)
		evhttp_connection_free(evcon);
}

static void on_fresh(evutil_socket_t fd, short what, void *user)
{
	struct gateway_connections *all = user;
	(void)fd;
	(void)what;
	struct gateway_connection *connection = all->fresh;
	all->fresh = NULL;
	all->fresh_end = &all->fresh;
	while (connection) {
		struct gateway_connection *next = connection->fresh;
		take_in(all, connection);
		connection = next;
	}
}

static struct gateway_connection *connection_of(
        struct gateway_connections *all, struct evhttp_request *request)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(request);
	struct gateway_connection *connection = hub_map_get(all->by_evcon, key_of(&evcon));
	hub_check(connection);
	return connection;
}

/* One connection that has to go; the map changes by it. */
static struct gateway_connection *too_slow(struct gateway_connections *all, int64_t now_ms)
{
	int64_t arrival_ms = all->gateway->options->arrival_seconds * 1000;
	struct gateway_connection *largest = NULL;
	struct hub_str key;
	size_t at = 0;
	void *value;
	while (hub_map_next(all->by_evcon, &at, &key, &value)) {
		struct gateway_connection *connection = value;
		if (connection->ends_by_ms && now_ms > connection->ends_by_ms)
			return connection;
		if (!connection->begun_ms)
			continue;
		if (now_ms - connection->begun_ms > arrival_ms)
			return connection;
		if (!largest || connection->received > largest->received)
			largest = connection;
	}
	return all->arriving > ARRIVING_BYTES ? largest : NULL;
}

static void on_sweep(evutil_socket_t fd, short what, void *user)
{
	struct gateway_connections *all = user;
	struct gateway_connection *connection;
	(void)fd;
	(void)what;
	while ((connection = too_slow(all, gateway_now_us() / 1000))) {
		gateway_count_cut(all->gateway, connection->ends_by_ms ? "slow_reader" : "slow_request");
		evhttp_connection_free(connection->evcon);
	}
}

/* The answer is written out. */
static void on_complete(struct evhttp_request *request, void *user)
{
	struct gateway_connection *connection = user;
	(void)request;
	connection->busy = false;
	connection->all->busy--;
	bufferevent_setwatermark(connection->bufev, EV_READ, 0, READ_AHEAD_BYTES);
	size_t ahead = evbuffer_get_length(bufferevent_get_input(connection->bufev));
	connection->begun_ms = ahead ? gateway_now_us() / 1000 : 0;
	connection->received = ahead;
	connection->all->arriving += ahead;
}

void gateway_connections_begin(struct gateway_connections *all, struct evhttp_request *request)
{
	struct gateway_connection *connection = connection_of(all, request);
	nothing_arrives(connection);
	connection->busy = true;
	all->busy++;
	/* Who sends on without reading his answers makes the kernel keep it. */
	bufferevent_setwatermark(connection->bufev, EV_READ, 0, BUSY_READ_BYTES);
	evhttp_request_set_on_complete_cb(request, on_complete, connection);
}

void gateway_connections_watch(struct gateway_connections *all, struct evhttp_request *request,
        void (*closed)(void *user), void *user)
{
	struct gateway_connection *connection = connection_of(all, request);
	connection->closed = closed;
	connection->closed_user = user;
	if (!closed) {
		gateway_connections_begin(all, request);
		connection->ends_by_ms = gateway_now_us() / 1000 + FAREWELL_MS;
		return;
	}
	if (connection->busy)
		all->busy--;
	connection->busy = false;
	evhttp_request_set_on_complete_cb(request, NULL, NULL);
}

int gateway_connections_new(struct gateway *gateway, struct evhttp *http, struct gateway_connections **ret,
        struct hub_error *reterr)
{
	const struct timeval second = { 1, 0 };
	struct gateway_connections *all = calloc(1, sizeof(*all));
	hub_check(all);
	all->gateway = gateway;
	all->by_evcon = hub_map_new();
	all->fresh_end = &all->fresh;
	all->take_fresh = event_new(gateway->base, -1, 0, on_fresh, all);
	all->sweep = event_new(gateway->base, -1, EV_PERSIST, on_sweep, all);
	if (!all->take_fresh || !all->sweep || event_add(all->sweep, &second) != 0) {
		gateway_connections_free(all);
		return hub_error_set(reterr, HUB_E_FATAL, "http", "out of memory");
	}
	evhttp_set_bevcb(http, on_accept, all);
	*ret = all;
	return HUB_OK;
}

void gateway_connections_free(struct gateway_connections *all)
{
	if (!all)
		return;
	if (all->take_fresh)
		event_free(all->take_fresh);
	if (all->sweep)
		event_free(all->sweep);
	hub_map_free(all->by_evcon);
	free(all);
}

uint32_t gateway_connections_count(const struct gateway_connections *all)
{
	return (uint32_t)hub_map_count(all->by_evcon);
}

uint32_t gateway_connections_busy(const struct gateway_connections *all)
{
	return all->busy;
}
