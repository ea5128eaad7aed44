/* The connections of the server: counted, limited, cut when a request takes too long to arrive. evhttp tells neither how many there
 * are nor since when one arrives. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_CONNECTIONS_H
#define DASHBOARD_GATEWAY_HTTP_CONNECTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct evhttp;
struct evhttp_request;
struct gateway;
struct gateway_connections;

enum { GATEWAY_HARD_HEADER_BYTES = 80 << 10, GATEWAY_HARD_BODY_BYTES = 128 << 10 };

/* HUB_E_FATAL: memory. */
int gateway_connections_new(struct gateway *gateway, struct evhttp *http, struct gateway_connections **ret,
        struct hub_error *reterr);
/* After the evhttp, whose end closes them all. Accepts NULL. */
void gateway_connections_free(struct gateway_connections *all);

/* A whole request has come: its connection is busy until the answer is written out. */
void gateway_connections_begin(struct gateway_connections *all, struct evhttp_request *request);

/* The connection of an answer that does not end: closed is called when it has ended, whoever ended it. It does not count as
 * busy. closed NULL: the answer ends now, and its connection with it, within a bounded time also when nobody reads. */
void gateway_connections_watch(struct gateway_connections *all, struct evhttp_request *request,
        void (*closed)(void *user), void *user);

uint32_t gateway_connections_count(const struct gateway_connections *all);
uint32_t gateway_connections_busy(const struct gateway_connections *all);

#endif
