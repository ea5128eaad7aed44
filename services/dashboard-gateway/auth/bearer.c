#include "dashboard-gateway/auth/bearer.h"

#include <cjose/jws.h>

/* The payload, if key signed it; it lives in *jws. The library goes by the header's alg, which gateway_jwt_parse has checked
 * and gateway_jwks_find has matched with the kind of the key. */
static bool verified(
        const cjose_jwk_t *key, struct hub_str token, cjose_jws_t **jws, struct hub_str *ret_payload)
{
	cjose_err err;
	uint8_t *bytes = NULL;
	size_t len = 0;
	*jws = cjose_jws_import(token.data, token.len, &err);
	if (!*jws || !cjose_jws_verify(*jws, key, &err) || !cjose_jws_get_plaintext(*jws, &bytes, &len, &err))
		return false;
	*ret_payload = (struct hub_str){ (const char *)bytes, (uint32_t)len };
	return true;
}

int gateway_bearer_read(const struct gateway_claims_rules *rules, const struct gateway_jwks *jwks,
        struct hub_str token, int64_t now_ms, struct gateway_identity *ret, struct hub_error *reterr)
{
	struct gateway_jwt jwt = { 0 };
	struct hub_str payload;
	cjose_jws_t *jws = NULL;
	int result = gateway_jwt_parse(token, &jwt, reterr);
	if (result)
		return result;
	const cjose_jwk_t *key = gateway_jwks_find(jwks, &jwt);
	if (!key)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, "Authorization",
		        "the token's key (kid) is not one of the issuer's keys");
	if (verified(key, token, &jws, &payload))
		result = gateway_claims_read(rules, payload, now_ms, ret, reterr);
	else
		result = hub_error_set(
		        reterr, HUB_E_INVALID, "Authorization", "the token's signature does not hold");
	cjose_jws_release(jws);
	return result;
}
