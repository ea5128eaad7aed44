#include "tokens.h"

#include "base/check.h"

#include <cjose/jws.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOKEN_ROOM = 16384 };

void issuer_make(struct issuer *issuer)
{
	static const uint8_t exponent[] = { 1, 0, 1 };
	cjose_err err;
	issuer->rsa = cjose_jwk_create_RSA_random(2048, exponent, sizeof(exponent), &err);
	issuer->ec = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &err);
	hub_check(issuer->rsa && issuer->ec);
	char *rsa = issuer_public(issuer->rsa, "rsa-1"), *ec = issuer_public(issuer->ec, "ec-1");
	hub_check((size_t)snprintf(issuer->jwks, sizeof(issuer->jwks), "{\"keys\": [%s, %s]}", rsa, ec) <
	          sizeof(issuer->jwks));
	free(rsa);
	free(ec);
}

void issuer_done(struct issuer *issuer)
{
	cjose_jwk_release(issuer->rsa);
	cjose_jwk_release(issuer->ec);
}

char *issuer_public(const cjose_jwk_t *key, const char *kid)
{
	cjose_err err;
	char *json = cjose_jwk_to_json(key, false, &err);
	char *text = malloc(TOKEN_ROOM);
	hub_check(json && text && json[0] == '{');
	snprintf(text, TOKEN_ROOM, "{\"kid\": \"%s\", \"use\": \"sig\", %s", kid, json + 1);
	free(json);
	return text;
}

char *token_sign(const cjose_jwk_t *key, const char *alg, const char *kid, const char *payload)
{
	cjose_err err;
	const char *text;
	cjose_header_t *header = cjose_header_new(&err);
	hub_check(header && cjose_header_set(header, CJOSE_HDR_ALG, alg, &err));
	hub_check(!kid || cjose_header_set(header, CJOSE_HDR_KID, kid, &err));
	cjose_jws_t *jws = cjose_jws_sign(key, header, (const uint8_t *)payload, strlen(payload), &err);
	hub_check(jws && cjose_jws_export(jws, &text, &err));
	char *token = strdup(text);
	cjose_jws_release(jws);
	cjose_header_release(header);
	return token;
}

static void put_part(char *token, const void *bytes, size_t len)
{
	size_t at = strlen(token);
	sodium_bin2base64(token + at, TOKEN_ROOM - at, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void put_dot(char *token)
{
	size_t at = strlen(token);
	hub_check(at + 1 < TOKEN_ROOM);
	memcpy(token + at, ".", 2);
}

char *token_forge(const char *header, const char *payload, const char *signature, struct hub_str hmac_key)
{
	char *token = calloc(1, TOKEN_ROOM);
	hub_check(token);
	put_part(token, header, strlen(header));
	put_dot(token);
	put_part(token, payload, strlen(payload));
	if (hmac_key.len) {
		unsigned char mac[crypto_auth_hmacsha256_BYTES];
		crypto_auth_hmacsha256_state hmac;
		crypto_auth_hmacsha256_init(&hmac, (const unsigned char *)hmac_key.data, hmac_key.len);
		crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)token, strlen(token));
		crypto_auth_hmacsha256_final(&hmac, mac);
		put_dot(token);
		put_part(token, mac, sizeof(mac));
	} else {
		put_dot(token);
		put_part(token, signature, strlen(signature));
	}
	return token;
}
