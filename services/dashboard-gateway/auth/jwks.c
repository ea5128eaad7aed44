#include "dashboard-gateway/auth/jwks.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { RSA_LEAST_BITS = 2048, RSA_MOST_BITS = 8192 };

struct key {
	enum gateway_jwt_alg alg;
	char kid[GATEWAY_KID_MAX + 1];
	cjose_jwk_t *jwk;
};

struct gateway_jwks {
	uint32_t count;
	struct key items[GATEWAY_JWKS_KEYS_MAX];
};

static const char *text_of(const json_t *key, const char *member)
{
	const char *text = json_string_value(json_object_get(key, member));
	return text ? text : "";
}

/* RFC 7518, 6.2.2, 6.3.2, 6.4. */
static bool is_secret(const json_t *key)
{
	static const char *const members[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };
	bool secret = false;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		secret = secret || json_object_get(key, members[i]);
	return secret;
}

static bool has_operation(const json_t *operations, const char *name)
{
	for (size_t i = 0; i < json_array_size(operations); i++) {
		const char *each = json_string_value(json_array_get(operations, i));
		if (each && strcmp(each, name) == 0)
			return true;
	}
	return false;
}

/* Whether we verify anything with such a key, and by which algorithm. */
static bool is_of_use(const json_t *key, enum gateway_jwt_alg *ret_alg)
{
	const char *use = text_of(key, "use"), *alg = text_of(key, "alg"), *type = text_of(key, "kty");
	const json_t *operations = json_object_get(key, "key_ops");
	if (*use && strcmp(use, "sig") != 0)
		return false;
	if (operations && !has_operation(operations, "verify"))
		return false;
	if (strcmp(type, "RSA") == 0 && (!*alg || strcmp(alg, "RS256") == 0)) {
		*ret_alg = GATEWAY_JWT_RS256;
		return true;
	}
	*ret_alg = GATEWAY_JWT_ES256;
	return strcmp(type, "EC") == 0 && strcmp(text_of(key, "crv"), "P-256") == 0 &&
	       (!*alg || strcmp(alg, "ES256") == 0);
}

/* The numbers that it is made of. */
static bool has_numbers(const json_t *key, enum gateway_jwt_alg alg)
{
	const char *first = text_of(key, alg == GATEWAY_JWT_RS256 ? "n" : "x");
	const char *second = text_of(key, alg == GATEWAY_JWT_RS256 ? "e" : "y");
	return gateway_is_base64url(hub_str_from(first)) && gateway_is_base64url(hub_str_from(second));
}

static cjose_jwk_t *import(const json_t *key, enum gateway_jwt_alg alg)
{
	cjose_err err;
	if (!has_numbers(key, alg))
		return NULL;
	char *text = json_dumps(key, JSON_COMPACT);
	cjose_jwk_t *jwk = text ? cjose_jwk_import(text, strlen(text), &err) : NULL;
	free(text);
	return jwk;
}

static int add_key(
        struct gateway_jwks *jwks, const char *place, const json_t *json, size_t index, struct hub_error *err)
{
	struct key key = { 0 };
	cjose_err ignored;
	const json_t *kid = json_object_get(json, "kid");
	if (!json_is_object(json) || (kid && !json_is_string(kid)) ||
	        json_string_length(kid) > GATEWAY_KID_MAX)
		return hub_error_set(err, HUB_E_INVALID, place, "keys[%zu] is no key with a kid", index);
	if (is_secret(json))
		return hub_error_set(err, HUB_E_INVALID, place,
		        "keys[%zu] is a secret key; only public ones belong here, and whoever could read it "
		        "can sign",
		        index);
	if (!is_of_use(json, &key.alg))
		return HUB_OK;
	snprintf(key.kid, sizeof(key.kid), "%s", kid ? json_string_value(kid) : "");
	for (uint32_t i = 0; i < jwks->count; i++) {
		if (jwks->items[i].alg == key.alg && strcmp(jwks->items[i].kid, key.kid) == 0)
			return hub_error_set(
			        err, HUB_E_INVALID, place, "keys[%zu] has the kid of an earlier key", index);
	}
	key.jwk = import(json, key.alg);
	if (!key.jwk)
		return hub_error_set(err, HUB_E_INVALID, place, "keys[%zu] is no whole key", index);
	size_t bits = cjose_jwk_get_keysize(key.jwk, &ignored);
	if (key.alg == GATEWAY_JWT_RS256 && (bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS)) {
		cjose_jwk_release(key.jwk);
		return hub_error_set(err, HUB_E_INVALID, place,
		        "keys[%zu] has %zu bits, expected 2048 to 8192", index, bits);
	}
	jwks->items[jwks->count++] = key;
	return HUB_OK;
}

static int add_keys(struct gateway_jwks *jwks, const char *place, const json_t *root, struct hub_error *err)
{
	const json_t *keys = json_object_get(root, "keys");
	int result = HUB_OK;
	if (!json_is_array(keys))
		return hub_error_set(err, HUB_E_INVALID, place, "not a key set, {\"keys\": [...]}");
	if (json_array_size(keys) > GATEWAY_JWKS_KEYS_MAX)
		return hub_error_set(err, HUB_E_INVALID, place, "more than %d keys", GATEWAY_JWKS_KEYS_MAX);
	for (size_t i = 0; !result && i < json_array_size(keys); i++)
		result = add_key(jwks, place, json_array_get(keys, i), i, err);
	if (!result && jwks->count == 0)
		return hub_error_set(err, HUB_E_INVALID, place, "no key for RS256 or ES256 is in it");
	return result;
}

int gateway_jwks_parse(
        const char *place, struct hub_str text, struct gateway_jwks **ret, struct hub_error *reterr)
{
	json_error_t syntax;
	struct gateway_jwks *jwks = calloc(1, sizeof(*jwks));
	if (!jwks)
		return hub_error_set(reterr, HUB_E_FATAL, place, "out of memory");
	json_t *root = json_loadb(text.data ? text.data : "", text.len, JSON_REJECT_DUPLICATES, &syntax);
	int result = root ? add_keys(jwks, place, root, reterr)
	                  : hub_error_set(reterr, HUB_E_INVALID, place, "not JSON, at line %d, column %d",
	                            syntax.line, syntax.column);
	json_decref(root);
	if (result) {
		gateway_jwks_free(jwks);
		return result;
	}
	*ret = jwks;
	return HUB_OK;
}

void gateway_jwks_free(struct gateway_jwks *jwks)
{
	for (uint32_t i = 0; jwks && i < jwks->count; i++)
		cjose_jwk_release(jwks->items[i].jwk);
	free(jwks);
}

uint32_t gateway_jwks_count(const struct gateway_jwks *jwks)
{
	return jwks->count;
}

const cjose_jwk_t *gateway_jwks_find(const struct gateway_jwks *jwks, const struct gateway_jwt *jwt)
{
	const cjose_jwk_t *found = NULL;
	uint32_t count = 0;
	for (uint32_t i = 0; i < jwks->count; i++) {
		const struct key *key = &jwks->items[i];
		if (key->alg != jwt->alg || (jwt->kid[0] && strcmp(key->kid, jwt->kid) != 0))
			continue;
		found = key->jwk;
		count++;
	}
	return count == 1 ? found : NULL;
}
