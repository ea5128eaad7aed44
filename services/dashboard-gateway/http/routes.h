/* The table of routes (routes.def) and how a request finds its row. Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_ROUTES_H
#define DASHBOARD_GATEWAY_HTTP_ROUTES_H

#include "dashboard-gateway/http/target.h"

enum gateway_method {
	GATEWAY_METHOD_GET = 1 << 0,
	GATEWAY_METHOD_POST = 1 << 1,
	GATEWAY_METHOD_DELETE = 1 << 2,
	GATEWAY_METHOD_OTHER = 1 << 3,
};

enum gateway_who {
	GATEWAY_WHO_ANYBODY,
	GATEWAY_WHO_SIGNED_IN,
	GATEWAY_WHO_OPERATIONS,
	GATEWAY_WHO_SENDER,
	GATEWAY_WHO_CONTROL,
};

enum gateway_action {
	GATEWAY_ACTION_NONE,
	GATEWAY_ACTION_READ,
	GATEWAY_ACTION_CHANGE,
	GATEWAY_ACTION_LOGIN,
	GATEWAY_ACTION_LOGOUT,
	GATEWAY_ACTION_STREAM,
};

enum gateway_route_id {
#define ROUTE(handler, method, path, who, action) GATEWAY_ROUTE_##handler,
#include "dashboard-gateway/http/routes.def"
#undef ROUTE
	GATEWAY_ROUTES,
};

struct gateway_route {
	enum gateway_route_id id;
	const char *name;
	enum gateway_method method;
	const char *path;
	enum gateway_who who;
	enum gateway_action action;
};

/* The rows in the table's order. */
const struct gateway_route *gateway_route_row(enum gateway_route_id id);

/* The row of a method and path; NULL: none. *ret_subject: what stands in the place of "{...}". *ret_methods: those that the path
 * has; 0: there is no such path. */
const struct gateway_route *gateway_route_find(enum gateway_method method,
        const struct gateway_target *target, struct hub_str *ret_subject, unsigned *ret_methods);

/* "GET, HEAD, POST", for Allow. */
void gateway_methods_write(unsigned methods, struct hub_buf *out);

#endif
