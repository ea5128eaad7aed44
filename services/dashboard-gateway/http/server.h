/* The HTTP server: connections, and what is refused before anybody looks at it. evhttp limits nothing by itself and tells little;
 * the limits are here. TLS and HTTP/2 are a proxy's matter (nginx, HAProxy); alone it is safe, too. */
#ifndef DASHBOARD_GATEWAY_HTTP_SERVER_H
#define DASHBOARD_GATEWAY_HTTP_SERVER_H

#include "dashboard-gateway/http/exchange.h"

struct gateway_server;

/* Binds and serves. HUB_E_FATAL: the address is not to be had. */
int gateway_server_new(struct gateway *gateway, struct gateway_server **ret, struct hub_error *reterr);
/* Takes no new connections. */
void gateway_server_stop(struct gateway_server *server);
/* Requests that wait for their answer, and answers that are not written out yet. */
bool gateway_server_busy(const struct gateway_server *server);
void gateway_server_free(struct gateway_server *server); /* accepts NULL */

uint32_t gateway_server_connections(const struct gateway_server *server);

/* An exchange that was answered leaves the list. */
void gateway_server_forget(struct gateway_exchange *exchange);

/* Its connection becomes a stream: what is called when it ends, whoever ends it; NULL: nothing any more. */
void gateway_server_watch(
        struct gateway *gateway, struct evhttp_request *request, void (*closed)(void *user), void *user);

/* Called with every request that is well-formed. */
void gateway_dispatch(struct gateway_exchange *exchange, enum gateway_method method);

#endif
