/* One GET of a small document from a daemon's admin address. */
#ifndef HUBCTL_HTTP_GET_H
#define HUBCTL_HTTP_GET_H

#include "base/buf.h"
#include "base/error.h"

/* address: HOST:PORT or [HOST]:PORT; path: "/readyz". Asks for JSON. *ret_status: 200, 503, ...; the body is
 * appended to body (whose limit holds for the whole answer). HUB_E_RETRY: no connection, or no whole answer,
 * within timeout_ms for each step; HUB_E_INVALID: no such address, or an answer that is not HTTP. */
int hubctl_http_get(const char *address, const char *path, int timeout_ms, int *ret_status,
        struct hub_buf *body, struct hub_error *reterr);

#endif
