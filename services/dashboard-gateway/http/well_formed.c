#include "dashboard-gateway/http/well_formed.h"

#include "dashboard-gateway/http/headers.h"

#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

/* Those of which a second one would be anybody's guess. */
static const char *const single[] = { "Host", "Content-Length", "Content-Type", "Authorization", "Cookie",
	"Origin", "Idempotency-Key", "If-Match", "X-CSRF-Token", "Last-Event-ID" };

enum { SINGLES = sizeof(single) / sizeof(single[0]) };

static int check_headers(const struct evkeyvalq *headers, struct hub_error *reterr)
{
	unsigned seen = 0;
	const struct evkeyval *header;
	for (header = headers->tqh_first; header; header = header->next.tqe_next) {
		if (!gateway_header_name_valid(hub_str_from(header->key)) ||
		        !gateway_header_value_valid(hub_str_from(header->value)))
			return hub_error_set(
			        reterr, HUB_E_INVALID, "", "a header holds bytes that have no place there");
		for (unsigned i = 0; i < SINGLES; i++) {
			if (evutil_ascii_strcasecmp(header->key, single[i]) != 0)
				continue;
			if (seen & (1U << i))
				return hub_error_set(
				        reterr, HUB_E_INVALID, "", "%s stands there twice", single[i]);
			seen |= 1U << i;
		}
	}
	return HUB_OK;
}

int gateway_well_formed(const struct evhttp_request *request, bool may_have_body, struct hub_error *reterr)
{
	const char *length = evhttp_find_header(request->input_headers, "Content-Length");
	int code = check_headers(request->input_headers, reterr);
	if (code)
		return code;
	if (evhttp_find_header(request->input_headers, "Transfer-Encoding"))
		return hub_error_set(reterr, HUB_E_INVALID, "",
		        "a body comes with Content-Length here, not with a transfer coding");
	if (length && strspn(length, "0123456789") != strlen(length))
		return hub_error_set(reterr, HUB_E_INVALID, "", "Content-Length is not a number");
	if (length && !may_have_body && strcmp(length, "0") != 0)
		return hub_error_set(reterr, HUB_E_INVALID, "", "this method has no body");
	if (request->major == 1 && request->minor >= 1 && !evhttp_find_header(request->input_headers, "Host"))
		return hub_error_set(reterr, HUB_E_INVALID, "", "Host is missing");
	return HUB_OK;
}
