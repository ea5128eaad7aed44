#include "dashboard-gateway/auth/claims.h"

#include "wire/moment.h"

#include <jansson.h>
#include <stdio.h>

static int refuse(struct hub_error *err, const char *claim, const char *text)
{
	return hub_error_set(err, HUB_E_INVALID, "Authorization", "the token's %.60s %s", claim, text);
}

/* Of 1 to room - 1 bytes, without control characters. */
static bool copy_text(const json_t *value, char *ret, size_t room)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	if (!text || len == 0 || len >= room)
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	}
	memcpy(ret, text, len + 1);
	return true;
}

/* RFC 7519, 4.1.3: one text, or several of which one is meant for us. */
static bool has_audience(const json_t *value, const char *audience)
{
	if (json_is_string(value))
		return strcmp(json_string_value(value), audience) == 0;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *each = json_string_value(json_array_get(value, i));
		if (each && strcmp(each, audience) == 0)
			return true;
	}
	return false;
}

/* A NumericDate: seconds since 1970, perhaps with a fraction. */
static bool take_time(const json_t *value, int64_t *ret_ms)
{
	if (!json_is_number(value))
		return false;
	double ms = json_number_value(value) * HUB_SECOND_MS;
	if (!(ms >= (double)HUB_TIME_FIRST_MS && ms <= (double)HUB_TIME_LAST_MS))
		return false;
	*ret_ms = (int64_t)ms;
	return true;
}

static int check_times(
        const json_t *claims, int64_t now_ms, struct gateway_identity *ret, struct hub_error *err)
{
	int64_t from_ms = 0;
	const json_t *from = json_object_get(claims, "nbf");
	if (!take_time(json_object_get(claims, "exp"), &ret->expires_at_ms))
		return refuse(err, "exp", "is missing or not a time");
	if (now_ms >= ret->expires_at_ms + GATEWAY_CLAIMS_LEEWAY_MS)
		return refuse(err, "exp", "has passed: it has ended");
	if (from && !take_time(from, &from_ms))
		return refuse(err, "nbf", "is not a time");
	if (from && now_ms < from_ms - GATEWAY_CLAIMS_LEEWAY_MS)
		return refuse(err, "nbf", "is still to come: it is not valid yet");
	return HUB_OK;
}

static int check_sender(const struct gateway_claims_rules *rules, const json_t *claims, struct hub_error *err)
{
	const char *issuer = json_string_value(json_object_get(claims, "iss"));
	if (!issuer || strcmp(issuer, rules->issuer) != 0)
		return refuse(err, "iss", "is not the issuer that this hub trusts");
	if (!has_audience(json_object_get(claims, "aud"), rules->audience))
		return refuse(err, "aud", "does not name this hub");
	return HUB_OK;
}

/* A claim of one value; some issuers write it as an array of one. */
static const json_t *single(const json_t *claims, const char *name)
{
	const json_t *value = json_object_get(claims, name);
	return json_array_size(value) == 1 ? json_array_get(value, 0) : value;
}

static int take_viewer(const struct gateway_claims_rules *rules, const json_t *claims,
        struct gateway_identity *ret, struct hub_error *err)
{
	enum { ROLE_MAX = 32 };
	char role[ROLE_MAX] = "";
	const json_t *consortium = single(claims, rules->claim_consortium);
	if (!copy_text(json_object_get(claims, "sub"), ret->user, sizeof(ret->user)))
		return refuse(err, "sub", "is missing or too long");
	if (!copy_text(json_object_get(claims, "name"), ret->name, sizeof(ret->name)))
		snprintf(ret->name, sizeof(ret->name), "%s", ret->user);
	ret->viewer.role = copy_text(single(claims, rules->claim_role), role, sizeof(role))
	                           ? gateway_role_of(hub_str_from(role))
	                           : GATEWAY_ROLE_NONE;
	if (ret->viewer.role == GATEWAY_ROLE_NONE)
		return refuse(err, rules->claim_role, "names no role of this hub");
	if (!copy_text(single(claims, rules->claim_org), ret->org_id, sizeof(ret->org_id)))
		return refuse(err, rules->claim_org, "names no organisation");
	if (consortium && !copy_text(consortium, ret->consortium_id, sizeof(ret->consortium_id)))
		return refuse(err, rules->claim_consortium, "is not a text");
	if (!ret->consortium_id[0] && ret->viewer.role == GATEWAY_ROLE_CONSORTIUM)
		return refuse(err, rules->claim_consortium, "names no consortium");
	return HUB_OK;
}

static int read_claims(const struct gateway_claims_rules *rules, const json_t *claims, int64_t now_ms,
        struct gateway_identity *ret, struct hub_error *err)
{
	*ret = (struct gateway_identity){ .bearer = true };
	if (!json_is_object(claims))
		return refuse(err, "payload", "is not a JSON object");
	int result = check_sender(rules, claims, err);
	if (!result)
		result = check_times(claims, now_ms, ret, err);
	return result ? result : take_viewer(rules, claims, ret, err);
}

int gateway_claims_read(const struct gateway_claims_rules *rules, struct hub_str payload, int64_t now_ms,
        struct gateway_identity *ret, struct hub_error *reterr)
{
	json_t *claims =
	        json_loadb(payload.data ? payload.data : "", payload.len, JSON_REJECT_DUPLICATES, NULL);
	struct gateway_identity identity;
	int result = read_claims(rules, claims, now_ms, &identity, reterr);
	json_decref(claims);
	if (result)
		return result;
	*ret = identity;
	gateway_identity_bind(ret);
	return HUB_OK;
}
