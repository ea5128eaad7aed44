/* GET of what describes this surface. */
#include "dashboard-gateway/http/documents.h"

#include "base/hash.h"
#include "dashboard-gateway/http/etag.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"

#include <inttypes.h>
#include <stdio.h>

static void serve(struct gateway_exchange *exchange, const unsigned char *bytes, unsigned len)
{
	struct hub_str text = { (const char *)bytes, len };
	char etag[24];
	snprintf(etag, sizeof(etag), "\"%016" PRIx64 "\"", hub_hash(HUB_HASH_START, text));
	gateway_header(exchange, "ETag", etag);
	gateway_header(exchange, "Cache-Control", "no-cache");
	if (gateway_etag_listed(gateway_request_header(exchange, "If-None-Match"), hub_str_from(etag), true))
		gateway_reply_empty(exchange, 304);
	else
		gateway_reply_borrowed(exchange, "application/json; charset=utf-8", text);
}

void gateway_handle_openapi(struct gateway_exchange *exchange)
{
	serve(exchange, gateway_openapi, gateway_openapi_len);
}

void gateway_handle_asyncapi(struct gateway_exchange *exchange)
{
	serve(exchange, gateway_asyncapi, gateway_asyncapi_len);
}
