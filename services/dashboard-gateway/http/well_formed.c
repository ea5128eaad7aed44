#include "dashboard-gateway/http/well_formed.h"

#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

bool gateway_header_name_valid(struct hub_str name)
{
	for (uint32_t i = 0; i < name.len; i++) {
		char c = name.data[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!alnum && (!c || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return name.len > 0;
}

bool gateway_header_value_valid(struct hub_str value)
{
	for (uint32_t i = 0; i < value.len; i++)
		if (((unsigned char)value.data[i] < ' ' && value.data[i] != '\t') || value.data[i] == 0x7f)
			return false;
	return true;
}

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

static struct hub_str trimmed(struct hub_str text)
{
	while (text.len && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = (struct hub_str){ text.data + 1, text.len - 1 };
	while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
		text.len--;
	return text;
}

struct hub_str gateway_list_last(struct hub_str list)
{
	const char *comma = list.len ? memrchr(list.data, ',', list.len) : NULL;
	if (comma)
		list = (struct hub_str){ comma + 1, (uint32_t)(list.data + list.len - comma - 1) };
	return trimmed(list);
}

/* "text/plain;q=0.8", or with a star for the second word, or both. */
static bool range_takes(struct hub_str range, struct hub_str type)
{
	const char *semicolon = range.len ? memchr(range.data, ';', range.len) : NULL;
	const char *slash = memchr(type.data, '/', type.len);
	if (semicolon) {
		struct hub_str parameters = { semicolon, (uint32_t)(range.data + range.len - semicolon) };
		range.len = (uint32_t)(semicolon - range.data);
		if (parameters.len >= 4 && memmem(parameters.data, parameters.len, "q=0", 3) &&
		        !memmem(parameters.data, parameters.len, "q=0.", 4))
			return false;
	}
	range = trimmed(range);
	if (hub_str_is(range, "*/*") ||
	        (range.len == type.len && evutil_ascii_strncasecmp(range.data, type.data, type.len) == 0))
		return true;
	uint32_t main = (uint32_t)(slash - type.data) + 1;
	return range.len == main + 1 && range.data[main] == '*' &&
	       evutil_ascii_strncasecmp(range.data, type.data, main) == 0;
}

bool gateway_accepts(struct hub_str accept, struct hub_str type)
{
	accept = trimmed(accept);
	if (!accept.len)
		return true;
	while (accept.len) {
		const char *comma = memchr(accept.data, ',', accept.len);
		struct hub_str range = { accept.data, comma ? (uint32_t)(comma - accept.data) : accept.len };
		if (range_takes(range, type))
			return true;
		uint32_t taken = range.len + (comma ? 1 : 0);
		accept = (struct hub_str){ accept.data + taken, accept.len - taken };
	}
	return false;
}
