#include "dashboard-gateway/http/client.h"

#include "base/calendar.h"
#include "base/check.h"
#include "daemon/clock.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { SEND_BYTES = 64 << 10, LIFE_MS = 30 * HUB_MINUTE_MS };

/* What evhttp keeps of a request is of no use while the stream lasts. */
static void shed(struct evhttp_request *request)
{
	evhttp_clear_headers(evhttp_request_get_input_headers(request));
	evhttp_clear_headers(evhttp_request_get_output_headers(request));
}

/* Well before its session ends, so that it is renewed: a wall is not to fall asleep. A bearer's token is not ours to renew.
 * Not all at the same time. */
static int64_t until(const struct gateway_identity *identity, int64_t now_ms)
{
	int64_t left = identity->expires_at_ms - now_ms;
	int64_t most = LIFE_MS + hub_system_clock()->random(NULL) % (LIFE_MS / 4);
	if (!identity->bearer)
		left = left / 4 * 3;
	return now_ms + (left < most ? left : most);
}

struct gateway_client *gateway_client_new(struct gateway_exchange *exchange, void (*closed)(void *client))
{
	/* The kernel, too, keeps no more for it; by itself it would grow to megabytes. */
	const int send_bytes = SEND_BYTES;
	struct gateway_client *client = calloc(1, sizeof(*client));
	hub_check(client);
	client->gateway = exchange->gateway;
	client->request = exchange->request;
	client->evcon = evhttp_request_get_connection(client->request);
	client->bufev = evhttp_connection_get_bufferevent(client->evcon);
	client->until_ms = until(&exchange->identity, gateway_now_ms());
	memcpy(client->session_id, exchange->identity.session_id, sizeof(client->session_id));
	gateway_security_headers(exchange);
	gateway_header(exchange, "Content-Type", "text/event-stream; charset=utf-8");
	gateway_header(exchange, "Cache-Control", "no-store");
	gateway_header(exchange, "X-Accel-Buffering", "no");
	gateway_header(
	        exchange, "Connection", "close"); /* what a stream's connection is set to fits no request */
	evhttp_send_reply_start(client->request, HTTP_OK, "OK");
	client->chunked = client->request->chunked;
	gateway_server_watch(exchange->gateway, client->request, closed, client);
	bufferevent_set_timeouts(client->bufev, NULL, NULL); /* pace.h says when it is given up */
	setsockopt(bufferevent_getfd(client->bufev), SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof(send_bytes));
	shed(client->request);
	return client;
}

void gateway_client_free(struct gateway_client *client)
{
	/* A request whose connection broke is not evhttp's any more. */
	if (client->request && !evhttp_request_get_connection(client->request))
		evhttp_request_free(client->request);
	free(client);
}

struct evbuffer *gateway_client_output(struct gateway_client *client)
{
	return bufferevent_get_output(client->bufev);
}

enum gateway_pace gateway_client_pace(struct gateway_client *client, int64_t now_ms)
{
	return gateway_pace_of(&client->reading, evbuffer_get_length(gateway_client_output(client)), now_ms);
}

void gateway_client_note_unread(struct gateway_client *client)
{
	client->reading.unread = evbuffer_get_length(gateway_client_output(client));
}

void gateway_client_cut(struct gateway_client *client)
{
	evhttp_connection_free(client->evcon);
}

void gateway_client_finish(struct gateway_client *client)
{
	struct evhttp_request *request = client->request;
	gateway_server_watch(client->gateway, request, NULL, NULL);
	client->request = NULL;
	/* Said at the start, and shed since; evhttp looks for it here. */
	evhttp_add_header(evhttp_request_get_output_headers(request), "Connection", "close");
	evhttp_send_reply_end(request);
}
