/* One reader of the stream. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_CLIENT_H
#define DASHBOARD_GATEWAY_HTTP_CLIENT_H

#include "dashboard-gateway/http/classes.h"
#include "dashboard-gateway/http/exchange.h"
#include "dashboard-gateway/http/pace.h"

struct bufferevent;
struct evbuffer;
struct evhttp_connection;

/* A user's streams are counted. */
struct gateway_stream_user {
	char name[100];
	uint32_t streams;
};

/* Small on purpose: there are thousands, for weeks. */
struct gateway_client {
	struct gateway *gateway;
	struct gateway_class *class;
	struct gateway_stream_user *user;
	struct evhttp_request *request; /* what evhttp holds of the connection */
	struct evhttp_connection *evcon;
	struct bufferevent *bufev;
	uint64_t seq, answers; /* where it stands */
	uint64_t versions[GATEWAY_STATE_TOPICS];
	struct gateway_reading reading;
	int64_t until_ms; /* then it comes again, and is looked at again: who it is, and whether he may */
	unsigned char session_id[GATEWAY_IDENTITY_ID_LEN];
	uint8_t topics;
	bool chunked;
	TAILQ_ENTRY(gateway_client) link; /* in its class */
};

/* The exchange's request becomes a stream; the exchange is left to the caller. closed is called with the client when the
 * connection has ended, whoever ended it. */
struct gateway_client *gateway_client_new(struct gateway_exchange *exchange, void (*closed)(void *client));
/* The memory, and what evhttp has left to us. */
void gateway_client_free(struct gateway_client *client);

struct evbuffer *gateway_client_output(struct gateway_client *client);
enum gateway_pace gateway_client_pace(struct gateway_client *client, int64_t now_ms);
/* It got all that it gets now. */
void gateway_client_note_unread(struct gateway_client *client);

static inline bool gateway_client_wants(const struct gateway_client *client, enum gateway_topic topic)
{
	return client->topics & (1U << topic);
}

/* Whether a frame of that position may go to it: the browser takes a frame's id for the place to resume from, which must not be
 * ahead of what it has. */
static inline bool gateway_client_has_reached(const struct gateway_client *client, uint64_t seq)
{
	return !gateway_client_wants(client, GATEWAY_TOPIC_REFERRALS) || client->seq >= seq;
}

/* Gives it up: closed is called. */
void gateway_client_cut(struct gateway_client *client);
/* Ends the stream in order behind what it still has to read; closed is not called. */
void gateway_client_finish(struct gateway_client *client);

#endif
