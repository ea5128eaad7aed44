/* Bodies: one JSON object. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_BODY_H
#define DASHBOARD_GATEWAY_HTTP_BODY_H

#include "dashboard-gateway/http/exchange.h"

#include <jansson.h>

/* A new reference; NULL: it is not one JSON object (err says why), or the same member stands in it twice. */
json_t *gateway_body_json(struct gateway_exchange *exchange, struct hub_error *err);

#endif
