/* One GET of a small document by libcurl: http or https as the URL says and nothing else, also after redirects; certificates are
 * checked; size and time are limited. Blocks: not on the loop. */
#ifndef DASHBOARD_GATEWAY_AUTH_FETCH_H
#define DASHBOARD_GATEWAY_AUTH_FETCH_H

#include "base/buf.h"
#include "base/error.h"

#include <stdatomic.h>

/* Fills out, to its limit. stop: another thread may end it early. HUB_E_RETRY: it did not come; text says why, without what the
 * URL has of a password or a query. */
int gateway_fetch(const char *url, int timeout_ms, const atomic_bool *stop, struct hub_buf *out,
        struct hub_error *reterr);

/* http:// or https:// */
bool gateway_fetch_is_url(const char *text);

/* For the table of options; "" and a path are right. HUB_E_INVALID: plain http to another machine. Whoever stands between could put
 * something of his own in place of what is fetched. */
int gateway_fetch_check(const char *text, struct hub_error *reterr);

#endif
