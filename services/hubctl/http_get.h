/* One GET of a small document from a daemon's admin address. */
#ifndef HUBCTL_HTTP_GET_H
#define HUBCTL_HTTP_GET_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct hubctl_http_answer {
	bool connected;  /* something listens there */
	int status;      /* 200, 503, ... */
	int64_t date_ms; /* header Date: the clock there, in whole seconds; -1: none */
};

/* address: HOST:PORT or [HOST]:PORT; path: "/readyz". Asks for JSON. The body is appended to body (whose limit holds for the
 * whole answer). HUB_E_RETRY: no connection, or no whole answer, within timeout_ms for each step; HUB_E_INVALID: no such
 * address, or an answer that is not HTTP. *ret is filled as far as it is known then, too. */
int hubctl_http_get(const char *address, const char *path, int timeout_ms, struct hubctl_http_answer *ret,
        struct hub_buf *body, struct hub_error *reterr);

/* Connects to HOST:PORT or [HOST]:PORT; *ret_fd, whose every read and write takes at most timeout_ms, is the caller's. */
int hubctl_connect(const char *address, int timeout_ms, int *ret_fd, struct hub_error *reterr);

#endif
