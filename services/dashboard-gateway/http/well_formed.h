/* What evhttp lets pass and HTTP does not allow (RFC 9110, 9112): whatever a proxy in front could understand in another way. */
#ifndef DASHBOARD_GATEWAY_HTTP_WELL_FORMED_H
#define DASHBOARD_GATEWAY_HTTP_WELL_FORMED_H

#include "base/error.h"

#include <stdbool.h>

struct evhttp_request;

/* HUB_E_INVALID: no Host or two, a transfer coding, two lengths, a body where the method has none, a header's name or value
 * with bytes that have no place there, or one twice that may stand once. */
int gateway_well_formed(const struct evhttp_request *request, bool may_have_body, struct hub_error *reterr);

#endif
