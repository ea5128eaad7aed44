/* Lists of entity tags, as If-Match and If-None-Match have them (RFC 9110, 8.8.3 and 13.1). Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_ETAG_H
#define DASHBOARD_GATEWAY_HTTP_ETAG_H

#include "base/str.h"

/* Whether the list names etag, which is given with its quotes; "*" names any. weak: W/"x" counts as "x" (If-None-Match). */
bool gateway_etag_listed(struct hub_str list, struct hub_str etag, bool weak);

#endif
