#include "dashboard-gateway/auth/jwt.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>

static int refuse(struct hub_error *err, const char *text)
{
	return hub_error_set(err, HUB_E_INVALID, "Authorization", "the token %s", text);
}

bool gateway_is_base64url(struct hub_str text)
{
	for (uint32_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		            c == '-' || c == '_'))
			return false;
	}
	return text.len > 0 && text.len % 4 != 1;
}

static struct hub_str take_part(struct hub_str *rest)
{
	const char *dot = rest->len ? memchr(rest->data, '.', rest->len) : NULL;
	struct hub_str part = { rest->data, dot ? (uint32_t)(dot - rest->data) : rest->len };
	*rest = dot ? (struct hub_str){ dot + 1, rest->len - part.len - 1 } : (struct hub_str){ 0 };
	return part;
}

/* RFC 7515, 3.1: three parts of base64url, none empty (an unsigned token has no third one). */
static bool three_parts(struct hub_str token, struct hub_str *ret_header)
{
	*ret_header = take_part(&token);
	struct hub_str payload = take_part(&token);
	return gateway_is_base64url(*ret_header) && gateway_is_base64url(payload) &&
	       gateway_is_base64url(token);
}

/* What the token is (RFC 8725, 3.11): a token for something else, as one that tells of a logout, is none. */
static bool good_type(const json_t *header)
{
	static const char *const types[] = { "JWT", "jwt", "at+jwt", "application/at+jwt" };
	const json_t *type = json_object_get(header, "typ");
	bool good = !type;
	for (size_t i = 0; json_is_string(type) && i < sizeof(types) / sizeof(types[0]); i++)
		good = good || strcmp(json_string_value(type), types[i]) == 0;
	return good;
}

static int read_header(const json_t *header, struct gateway_jwt *ret, struct hub_error *err)
{
	const char *alg = json_string_value(json_object_get(header, "alg"));
	const json_t *kid = json_object_get(header, "kid");
	if (!json_is_object(header))
		return refuse(err, "has no header");
	if (alg && strcmp(alg, "RS256") == 0)
		ret->alg = GATEWAY_JWT_RS256;
	else if (alg && strcmp(alg, "ES256") == 0)
		ret->alg = GATEWAY_JWT_ES256;
	else
		return refuse(err, "is not signed by RS256 or ES256");
	if (json_object_get(header, "crit"))
		return refuse(err, "has critical extensions (crit)");
	if (!good_type(header))
		return refuse(err, "is of another type (typ) than JWT or at+jwt");
	if (kid && (!json_is_string(kid) || json_string_length(kid) > GATEWAY_KID_MAX))
		return refuse(err, "names a key (kid) that is none");
	snprintf(ret->kid, sizeof(ret->kid), "%s", kid ? json_string_value(kid) : "");
	return HUB_OK;
}

int gateway_jwt_parse(struct hub_str token, struct gateway_jwt *ret, struct hub_error *reterr)
{
	char bytes[GATEWAY_JWT_HEADER_MAX];
	size_t len = 0;
	struct hub_str header = { 0 };
	if (token.len > GATEWAY_JWT_MAX)
		return refuse(reterr, "is longer than 8192 bytes");
	if (!three_parts(token, &header))
		return refuse(reterr, "is not of three parts in base64url, header.payload.signature");
	if (sodium_base642bin((unsigned char *)bytes, sizeof(bytes), header.data, header.len, NULL, &len,
	            NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return refuse(reterr, "has a header that is not base64url, or too long");
	json_t *json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	int result = read_header(json, ret, reterr);
	json_decref(json);
	return result;
}
