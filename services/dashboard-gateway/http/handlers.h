/* The handlers of routes.def, each in the file of its matter. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_HANDLERS_H
#define DASHBOARD_GATEWAY_HTTP_HANDLERS_H

#include "dashboard-gateway/http/exchange.h"

typedef void gateway_handler_fn(struct gateway_exchange *exchange);

#define ROUTE(handler, method, path, who, action) gateway_handler_fn gateway_handle_##handler;
#include "dashboard-gateway/http/routes.def"
#undef ROUTE

#endif
