/* One request from its last byte to its answer. A handler answers at once, or keeps the exchange until something comes back;
 * answering ends it (reply.h). */
#ifndef DASHBOARD_GATEWAY_HTTP_EXCHANGE_H
#define DASHBOARD_GATEWAY_HTTP_EXCHANGE_H

#include "dashboard-gateway/auth/auth.h"
#include "dashboard-gateway/http/routes.h"
#include "wire/traceparent.h"

struct evhttp_request;
struct gateway;

enum { GATEWAY_ADDRESS_MAX = 64, GATEWAY_REF_MAX = 80, GATEWAY_COUNTY_MAX = 32 };

struct gateway_exchange {
	struct gateway *gateway;
	struct evhttp_request *request;    /* NULL: the server has gone; the answer is for nobody */
	const struct gateway_route *route; /* NULL: no route of the API */
	enum gateway_method method;
	bool head;              /* HEAD: as GET, without the body */
	struct hub_str subject; /* what stands in the path's "{id}" */
	struct gateway_identity identity;
	bool known; /* identity says who it is */
	char county_id
	        [GATEWAY_COUNTY_MAX]; /* the viewer's: reference data may change while an answer is awaited */
	char address[GATEWAY_ADDRESS_MAX];
	bool secure;            /* the reader came by TLS */
	struct hub_trace trace; /* the request's own span */
	bool has_caller;        /* the request named the span that it comes from: */
	uint8_t caller_id[HUB_SPAN_ID_LEN];
	int64_t started_us;
	int64_t sent_us;                        /* when its event was handed to Kafka */
	char login_user[GATEWAY_ADDRESS_MAX];   /* of a failed login: a user that exists */
	char event_ref[GATEWAY_REF_MAX];        /* the event that was sent, also for the audit */
	const struct hub_schema *schema;        /* of it */
	uint64_t content;                       /* of it, hashed */
	struct gateway_exchange *next, **place; /* in the server's list */
	struct gateway_target target;
};

/* The value of a header; the empty slice: not there. */
struct hub_str gateway_request_header(const struct gateway_exchange *exchange, const char *name);
/* The body, pulled up; borrowed. */
struct hub_str gateway_request_body(struct gateway_exchange *exchange);

/* Whose session it has become. */
void gateway_exchange_is(struct gateway_exchange *exchange, const struct gateway_identity *identity);
/* Tells the viewer's county, which follows from reference data; false: these do not know the organisation (yet). */
bool gateway_exchange_place(struct gateway_exchange *exchange);

/* Counts it, writes the audit, frees it. Called by reply.c and stream.c once the answer is on its way. */
void gateway_exchange_end(struct gateway_exchange *exchange, int status);

#endif
