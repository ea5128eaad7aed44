#include "dashboard-gateway/auth/header.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct hub_str trim(struct hub_str text)
{
	while (text.len && blank(text.data[0]))
		text = (struct hub_str){ text.data + 1, text.len - 1 };
	while (text.len && blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* Up to the next separator, which is taken with it. */
static struct hub_str take_until(struct hub_str *rest, char separator)
{
	const char *end = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
	struct hub_str taken = { rest->data, end ? (uint32_t)(end - rest->data) : rest->len };
	uint32_t gone = taken.len + (end != NULL);
	*rest = (struct hub_str){ rest->len ? rest->data + gone : rest->data, rest->len - gone };
	return taken;
}

int gateway_header_cookie(
        struct hub_str header, struct hub_str name, struct hub_str *ret, struct hub_error *reterr)
{
	struct hub_str found = { 0 };
	bool any = false;
	while (header.len) {
		struct hub_str value = take_until(&header, ';');
		struct hub_str key = trim(take_until(&value, '='));
		if (!hub_str_eq(key, name))
			continue;
		if (any)
			return hub_error_set(
			        reterr, HUB_E_INVALID, "Cookie", "the session cookie is there twice");
		any = true;
		found = trim(value);
	}
	if (!any)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, "Cookie", "no session");
	*ret = found;
	return HUB_OK;
}

/* Schemes are compared without regard to case (RFC 9110, 11.1). */
static bool is_bearer(struct hub_str scheme)
{
	static const char bearer[] = "bearer";
	if (scheme.len != sizeof(bearer) - 1)
		return false;
	for (uint32_t i = 0; i < scheme.len; i++) {
		if ((scheme.data[i] | 0x20) != bearer[i])
			return false;
	}
	return true;
}

int gateway_header_bearer(struct hub_str header, struct hub_str *ret, struct hub_error *reterr)
{
	struct hub_str rest = trim(header);
	struct hub_str scheme = take_until(&rest, ' ');
	struct hub_str token = trim(rest);
	if (!is_bearer(scheme))
		return hub_error_set(reterr, HUB_E_INVALID, "Authorization", "expected the scheme Bearer");
	if (hub_str_empty(token))
		return hub_error_set(reterr, HUB_E_INVALID, "Authorization", "no token");
	*ret = token;
	return HUB_OK;
}
