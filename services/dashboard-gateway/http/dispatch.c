/* From a request that is well-formed to the handler of its route: who asks, how often, whether he may. */
#include "dashboard-gateway/http/server.h"

#include "dashboard-gateway/http/files.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/headers.h"
#include "dashboard-gateway/http/limits.h"
#include "dashboard-gateway/http/reply.h"

static gateway_handler_fn *const handlers[] = {
#define ROUTE(handler, method, path, who, action) gateway_handle_##handler,
#include "dashboard-gateway/http/routes.def"
#undef ROUTE
};

static bool refuse_method(struct gateway_exchange *exchange, unsigned methods)
{
	struct hub_buf allow;
	hub_buf_init(&allow, 64);
	gateway_methods_write(methods, &allow);
	hub_buf_byte(&allow, '\0');
	gateway_header(exchange, "Allow", hub_buf_failed(&allow) ? "GET" : allow.data);
	hub_buf_done(&allow);
	gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_METHOD_NOT_ALLOWED, NULL);
	return false;
}

static bool find_route(struct gateway_exchange *exchange, enum gateway_method method)
{
	unsigned methods;
	exchange->route = gateway_route_find(method, &exchange->target, &exchange->subject, &methods);
	if (exchange->route)
		return true;
	if (methods)
		return refuse_method(exchange, methods);
	gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NOT_FOUND, "there is no such resource");
	return false;
}

static bool acceptable(struct gateway_exchange *exchange)
{
	bool stream = exchange->route->action == GATEWAY_ACTION_STREAM;
	struct hub_str accept = gateway_request_header(exchange, "Accept");
	if (gateway_accepts(accept, stream ? HUB_STR("text/event-stream") : HUB_STR("application/json")))
		return true;
	gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NOT_ACCEPTABLE,
	        stream ? "this is text/event-stream" : "this is application/json");
	return false;
}

/* Another site's page may send a form with our reader's cookie, but neither this content type nor our Origin. */
static bool from_here(struct gateway_exchange *exchange)
{
	struct hub_str origin = gateway_request_header(exchange, "Origin");
	struct hub_str type = gateway_request_header(exchange, "Content-Type");
	if (exchange->route->method == GATEWAY_METHOD_GET)
		return true;
	if (origin.len && !gateway_origin_is(origin, gateway_request_header(exchange, "Host"))) {
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_CSRF, "Origin is another site's");
		return false;
	}
	if (exchange->route->method == GATEWAY_METHOD_POST &&
	        !gateway_content_is(type, HUB_STR("application/json"))) {
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_UNSUPPORTED_MEDIA_TYPE, NULL);
		return false;
	}
	return true;
}

static int identify(struct gateway_exchange *exchange, struct hub_error *err)
{
	const struct gateway_credentials credentials = {
		.authorization = gateway_request_header(exchange, "Authorization"),
		.cookie = gateway_request_header(exchange, "Cookie"),
		.csrf_token = gateway_request_header(exchange, "X-CSRF-Token"),
		.changes = exchange->route->method != GATEWAY_METHOD_GET,
		.now_ms = gateway_now_ms(),
	};
	int code = gateway_auth_identify(exchange->gateway->auth, &credentials, &exchange->identity, err);
	exchange->known = code == HUB_OK || code == HUB_E_REFUSED;
	return code;
}

/* Those who are nobody share what their address has. */
static bool within_limits(struct gateway_exchange *exchange)
{
	struct hub_str user = hub_str_from(exchange->known ? exchange->identity.user : "");
	uint32_t wait_ms = gateway_limits_take(
	        exchange->gateway->limits, hub_str_from(exchange->address), user, gateway_now_us() / 1000);
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_TOO_MANY_REQUESTS,
		.detail = "more requests than one reader may send in ten seconds",
		.retry_s = (wait_ms + 999) / 1000,
	};
	if (wait_ms)
		gateway_refuse(exchange, &problem);
	return wait_ms == 0;
}

static void refuse_identity(struct gateway_exchange *exchange, int code, const struct hub_error *err)
{
	gateway_refuse_plainly(exchange,
	        code == HUB_E_REFUSED ? GATEWAY_PROBLEM_CSRF : GATEWAY_PROBLEM_UNAUTHENTICATED, err->text);
}

static bool may(const struct gateway_exchange *exchange)
{
	const struct gateway_viewer *viewer = &exchange->identity.viewer;
	switch (exchange->route->who) {
	case GATEWAY_WHO_OPERATIONS:
		return gateway_sees_operations(viewer);
	case GATEWAY_WHO_SENDER:
		return gateway_may_send(viewer);
	case GATEWAY_WHO_CONTROL:
		return gateway_may_control(viewer);
	case GATEWAY_WHO_SIGNED_IN:
	case GATEWAY_WHO_ANYBODY:
		break;
	}
	return true;
}

/* Whose county it is follows from reference data; a reader whose organisation these do not know sees nothing. */
static bool place_viewer(struct gateway_exchange *exchange)
{
	if (!exchange->gateway->policy) {
		const struct gateway_problem problem = {
			.id = GATEWAY_PROBLEM_NOT_READY,
			.detail = "reference data has not been read yet",
			.retry_s = 2,
		};
		gateway_refuse(exchange, &problem);
		return false;
	}
	if (gateway_exchange_place(exchange))
		return true;
	gateway_refuse_plainly(
	        exchange, GATEWAY_PROBLEM_FORBIDDEN, "reference data does not know your organisation");
	return false;
}

static void renew(struct gateway_exchange *exchange)
{
	struct hub_buf cookie;
	hub_buf_init(&cookie, 4096);
	gateway_auth_cookie(
	        exchange->gateway->auth, &exchange->identity, exchange->secure, gateway_now_ms(), &cookie);
	hub_buf_byte(&cookie, '\0');
	if (!hub_buf_failed(&cookie))
		gateway_header(exchange, "Set-Cookie", cookie.data);
	hub_buf_done(&cookie);
}

/* False: refused. */
static bool admitted(struct gateway_exchange *exchange)
{
	struct hub_error err = { 0 };
	bool anybody = exchange->route->who == GATEWAY_WHO_ANYBODY;
	int code = anybody ? HUB_OK : identify(exchange, &err);
	if (!within_limits(exchange))
		return false;
	if (code) {
		refuse_identity(exchange, code, &err);
		return false;
	}
	if (!from_here(exchange))
		return false;
	if (anybody)
		return true;
	if (!may(exchange)) {
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_FORBIDDEN, "your role may not do this");
		return false;
	}
	bool ends = exchange->route->action == GATEWAY_ACTION_LOGOUT;
	if (exchange->identity.renew && !ends)
		renew(exchange);
	return ends || place_viewer(exchange);
}

void gateway_dispatch(struct gateway_exchange *exchange, enum gateway_method method)
{
	const struct gateway_target *target = &exchange->target;
	if (target->segment_count == 0 || !hub_str_is(target->segments[0], "api")) {
		if (method == GATEWAY_METHOD_GET)
			gateway_files_serve(exchange);
		else
			refuse_method(exchange, GATEWAY_METHOD_GET);
		return;
	}
	if (find_route(exchange, method) && acceptable(exchange) && admitted(exchange))
		handlers[exchange->route->id](exchange);
}
