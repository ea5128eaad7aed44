#include "dashboard-gateway/http/headers.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(const char *a, const char *b, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

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
	if (hub_str_is(range, "*/*") || (range.len == type.len && same(range.data, type.data, type.len)))
		return true;
	uint32_t main = (uint32_t)(slash - type.data) + 1;
	return range.len == main + 1 && range.data[main] == '*' && same(range.data, type.data, main);
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

bool gateway_content_is(struct hub_str content_type, struct hub_str type)
{
	const char *semicolon = content_type.len ? memchr(content_type.data, ';', content_type.len) : NULL;
	if (semicolon)
		content_type.len = (uint32_t)(semicolon - content_type.data);
	content_type = trimmed(content_type);
	return content_type.len == type.len && same(content_type.data, type.data, type.len);
}

bool gateway_origin_is(struct hub_str origin, struct hub_str host)
{
	static const struct hub_str schemes[] = { { "http://", 7 }, { "https://", 8 } };
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct hub_str scheme = schemes[i];
		if (host.len && origin.len == scheme.len + host.len &&
		        same(origin.data, scheme.data, scheme.len) &&
		        same(origin.data + scheme.len, host.data, host.len))
			return true;
	}
	return false;
}
