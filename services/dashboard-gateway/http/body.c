#include "dashboard-gateway/http/body.h"

json_t *gateway_body_json(struct gateway_exchange *exchange, struct hub_error *err)
{
	struct hub_str body = gateway_request_body(exchange);
	json_error_t syntax;
	json_t *json = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, &syntax);
	if (json && json_is_object(json))
		return json;
	/* jansson's words quote the body, which may be a patient's. */
	hub_error_set(
	        err, HUB_E_INVALID, "", "%s", json ? "expected one JSON object" : "the body is not JSON");
	json_decref(json);
	return NULL;
}
