/* The table of routes finds what it should, and is what openapi.json tells. */
#include "dashboard-gateway/http/routes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct gateway_route *find(
        enum gateway_method method, const char *path, struct hub_str *subject, unsigned *methods)
{
	static struct gateway_target target;
	assert_int_equal(gateway_target_parse(hub_str_from(path), &target, NULL), HUB_OK);
	return gateway_route_find(method, &target, subject, methods);
}

static void paths_find_their_rows(void **state)
{
	(void)state;
	struct hub_str subject;
	unsigned methods;
	assert_int_equal(find(GATEWAY_METHOD_GET, "/api/v1/referrals", &subject, &methods)->id,
	        GATEWAY_ROUTE_referrals);
	assert_true(hub_str_empty(subject));
	assert_int_equal(find(GATEWAY_METHOD_GET, "/api/v1/referrals/R1", &subject, &methods)->id,
	        GATEWAY_ROUTE_referral);
	assert_true(hub_str_is(subject, "R1"));
	assert_int_equal(find(GATEWAY_METHOD_POST, "/api/v1/referrals/R%201/events", &subject, &methods)->id,
	        GATEWAY_ROUTE_send_event);
	assert_true(hub_str_is(subject, "R 1"));
	assert_int_equal(find(GATEWAY_METHOD_GET, "/api/v1/events?topics=x", &subject, &methods)->id,
	        GATEWAY_ROUTE_events);
}

static void what_is_not_there_is_told_from_a_wrong_method(void **state)
{
	(void)state;
	struct hub_str subject;
	unsigned methods;
	struct hub_buf out;
	assert_null(find(GATEWAY_METHOD_GET, "/api/v1/referral", &subject, &methods));
	assert_int_equal(methods, 0);
	assert_null(find(GATEWAY_METHOD_GET, "/api/v1/referrals/R1/events/more", &subject, &methods));
	assert_int_equal(methods, 0);
	assert_null(find(GATEWAY_METHOD_GET, "/api/v1", &subject, &methods));
	assert_int_equal(methods, 0);
	assert_null(find(GATEWAY_METHOD_GET, "/api/v1/session", &subject, &methods));
	hub_buf_init(&out, 100);
	gateway_methods_write(methods, &out);
	assert_true(hub_str_is(hub_buf_slice(&out), "POST, DELETE"));
	hub_buf_reset(&out);
	assert_null(find(GATEWAY_METHOD_OTHER, "/api/v1/me", &subject, &methods));
	gateway_methods_write(methods, &out);
	assert_true(hub_str_is(hub_buf_slice(&out), "GET, HEAD"));
	hub_buf_done(&out);
}

static const char *method_name(enum gateway_method method)
{
	return method == GATEWAY_METHOD_GET ? "get" : method == GATEWAY_METHOD_POST ? "post" : "delete";
}

static bool is_method(const char *name)
{
	static const char *const names[] = { "get", "put", "post", "delete", "options", "head", "patch",
		"trace" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void openapi_tells_the_same_routes(void **state)
{
	(void)state;
	json_t *document = json_load_file(OPENAPI, 0, NULL);
	json_t *paths = json_object_get(document, "paths"), *path, *operation;
	const char *name, *method;
	int operations = 0;
	assert_non_null(paths);
	json_object_foreach(paths, name, path) json_object_foreach(path, method, operation) operations +=
	        is_method(method);
	assert_int_equal(operations, GATEWAY_ROUTES);
	for (int i = 0; i < GATEWAY_ROUTES; i++) {
		const struct gateway_route *row = gateway_route_row((enum gateway_route_id)i);
		operation = json_object_get(json_object_get(paths, row->path), method_name(row->method));
		if (!operation)
			fail_msg("not in openapi.json: %s %s", method_name(row->method), row->path);
		json_t *security = json_object_get(operation, "security");
		bool open = security && json_array_size(security) == 0;
		if (open != (row->who == GATEWAY_WHO_ANYBODY))
			fail_msg("who may ask differs: %s %s", method_name(row->method), row->path);
	}
	json_decref(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_rows),
		cmocka_unit_test(what_is_not_there_is_told_from_a_wrong_method),
		cmocka_unit_test(openapi_tells_the_same_routes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
