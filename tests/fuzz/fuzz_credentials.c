/* What a stranger's request says of who it is: the first byte says which header it is, or which file. */
#include "take.h"

#include "base/check.h"
#include "dashboard-gateway/auth/bearer.h"
#include "dashboard-gateway/auth/cookie.h"
#include "dashboard-gateway/auth/ended_file.h"
#include "dashboard-gateway/auth/header.h"
#include "dashboard-gateway/auth/users.h"

#include <sodium.h>

enum { TEXT_MAX = 1 << 14 };

static const unsigned char key[GATEWAY_COOKIE_KEY_LEN] = { 1 };
static const int64_t now_ms = INT64_C(1800000000000);

/* Nobody but us seals a session; what we seal comes back. */
static void cookie(struct hub_str header)
{
	struct hub_str text;
	struct gateway_cookie got, again;
	struct hub_buf sealed;
	if (gateway_header_cookie(header, HUB_STR("hub_session"), &text, NULL) ||
	        gateway_cookie_parse(text, &got, NULL))
		return;
	hub_check(!gateway_cookie_genuine(key, &got, HUB_STR("hash")));
	hub_buf_init(&sealed, GATEWAY_COOKIE_TEXT_MAX);
	gateway_cookie_seal(key, &got, HUB_STR("hash"), &sealed);
	hub_check(gateway_cookie_parse(hub_buf_slice(&sealed), &again, NULL) == HUB_OK);
	hub_check(gateway_cookie_genuine(key, &again, HUB_STR("hash")));
	hub_check(gateway_cookie_end(&again, 1000) <= again.issued_ms + 1000);
	hub_check(strcmp(got.user, again.user) == 0);
	hub_buf_done(&sealed);
}

/* Of RFC 7515, A.3; its private half is in there, too, but no fuzzer signs. */
static const char keys[] = "{\"keys\": [{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\","
                           "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                           "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

static const struct gateway_claims_rules rules = { "issuer", "hub", "hub_role", "hub_org_id",
	"hub_consortium_id" };

static void bearer(struct hub_str header)
{
	struct gateway_jwks *jwks;
	struct gateway_identity identity;
	struct hub_str token;
	if (gateway_header_bearer(header, &token, NULL))
		return;
	hub_check(gateway_jwks_parse("jwks", HUB_STR(keys), &jwks, NULL) == HUB_OK);
	hub_check(gateway_bearer_read(&rules, jwks, token, now_ms, &identity, NULL) != HUB_OK);
	gateway_jwks_free(jwks);
}

static void claims(struct hub_str payload)
{
	struct gateway_identity identity;
	if (gateway_claims_read(&rules, payload, now_ms, &identity, NULL) == HUB_OK) {
		hub_check(
		        identity.viewer.role != GATEWAY_ROLE_NONE && identity.user[0] && identity.org_id[0]);
		hub_check(identity.expires_at_ms > now_ms - GATEWAY_CLAIMS_LEEWAY_MS);
	}
}

static void users(struct hub_str text)
{
	struct gateway_users *list;
	struct hub_error err = { 0 };
	if (gateway_users_parse("users.json", text, &list, &err)) {
		hub_check(err.text[0]);
		return;
	}
	for (uint32_t i = 0; i < gateway_users_count(list); i++) {
		const struct gateway_user *user = gateway_users_at(list, i);
		hub_check(gateway_users_find(list, user->user) == user && user->role != GATEWAY_ROLE_NONE);
	}
	gateway_users_free(list);
}

static void key_set(struct hub_str text)
{
	struct gateway_jwks *jwks;
	if (gateway_jwks_parse("jwks", text, &jwks, NULL))
		return;
	hub_check(gateway_jwks_count(jwks) > 0);
	gateway_jwks_free(jwks);
}

static void logouts(struct hub_str text)
{
	static struct gateway_ended ended;
	gateway_ended_read(text, now_ms, &ended);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (sodium_init() < 0 || size < 1 || size > TEXT_MAX)
		return 0;
	const struct hub_str text = { (const char *)data + 1, (uint32_t)size - 1 };
	switch (data[0]) {
	case 'c':
		cookie(text);
		break;
	case 'b':
		bearer(text);
		break;
	case 'p':
		claims(text);
		break;
	case 'e':
		logouts(text);
		break;
	case 'u':
		users(text);
		break;
	default:
		key_set(text);
	}
	return 0;
}
