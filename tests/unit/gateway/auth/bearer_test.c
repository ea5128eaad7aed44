/* Bearer tokens: those of our issuer are taken, and each of the known ways to get another one in is refused. */
#include "dashboard-gateway/auth/bearer.h"
#include "tokens.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PAYLOAD_ROOM = 1024 };

static const int64_t now_s = 1800000000;
static const struct gateway_claims_rules rules = { "https://id.example/realm", "hub", "hub_role",
	"hub_org_id", "hub_consortium_id" };

struct fixture {
	struct issuer issuer, stranger;
	struct gateway_jwks *jwks;
	struct gateway_identity identity;
	struct hub_error err;
	char payload[PAYLOAD_ROOM];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	issuer_make(&f->issuer);
	issuer_make(&f->stranger);
	*state = f;
	return gateway_jwks_parse("jwks", hub_str_from(f->issuer.jwks), &f->jwks, NULL);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	gateway_jwks_free(f->jwks);
	issuer_done(&f->issuer);
	issuer_done(&f->stranger);
	free(f);
	return 0;
}

#define WHO "\"sub\": \"u-17\", \"name\": \"Li\", \"hub_role\": \"HOSPITAL\", \"hub_org_id\": \"990121-H01\""

/* What a good token says, with other claims behind (JSON members, each with a comma before). */
static const char *payload(struct fixture *f, int64_t exp_s, const char *more)
{
	snprintf(f->payload, sizeof(f->payload),
	        "{\"iss\": \"https://id.example/realm\", \"aud\": \"hub\", \"exp\": %lld, " WHO "%s}",
	        (long long)exp_s, more);
	return f->payload;
}

static const char *good(struct fixture *f)
{
	return payload(f, now_s + 300, "");
}

/* Frees the token. */
static int read_token(struct fixture *f, char *token)
{
	memset(&f->identity, 0, sizeof(f->identity));
	memset(&f->err, 0, sizeof(f->err));
	int code = gateway_bearer_read(
	        &rules, f->jwks, hub_str_from(token), now_s * 1000, &f->identity, &f->err);
	/* Whatever is said of it, it is not repeated. */
	if (strlen(token) > 20)
		assert_null(strstr(f->err.text, token + strlen(token) - 20));
	free(token);
	return code;
}

static void assert_refused(struct fixture *f, char *token, const char *said)
{
	int code = read_token(f, token);
	assert_true(code == HUB_E_INVALID || code == HUB_E_NOT_FOUND);
	assert_int_equal(f->identity.viewer.role, GATEWAY_ROLE_NONE);
	if (!strstr(f->err.text, said))
		fail_msg("\"%s\" is not in \"%s\"", said, f->err.text);
}

/* Signed by the right key. */
static char *right(struct fixture *f, const char *text)
{
	return token_sign(f->issuer.ec, "ES256", "ec-1", text);
}

static void takes_both_algorithms(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(read_token(f, token_sign(f->issuer.rsa, "RS256", "rsa-1", good(f))), HUB_OK);
	assert_int_equal(read_token(f, token_sign(f->issuer.ec, "ES256", "ec-1", good(f))), HUB_OK);
	assert_string_equal(f->identity.user, "u-17");
	assert_string_equal(f->identity.name, "Li");
	assert_string_equal(f->identity.org_id, "990121-H01");
	assert_string_equal(f->identity.csrf_token, "");
	assert_true(f->identity.bearer && !f->identity.renew);
	assert_int_equal(f->identity.viewer.role, GATEWAY_ROLE_HOSPITAL);
	assert_ptr_equal(f->identity.viewer.org_id.data, f->identity.org_id);
	assert_int_equal(f->identity.expires_at_ms, (now_s + 300) * 1000);
	/* No kid: the only key of its kind. */
	assert_int_equal(read_token(f, token_sign(f->issuer.ec, "ES256", NULL, good(f))), HUB_OK);
}

static void refuses_what_the_issuer_did_not_sign(void **state)
{
	struct fixture *f = *state;
	const struct hub_str none = { 0 };
	assert_refused(f, token_sign(f->stranger.rsa, "RS256", "rsa-1", good(f)), "signature does not hold");
	assert_refused(f, token_sign(f->stranger.ec, "ES256", "ec-1", good(f)), "signature does not hold");
	assert_refused(f, token_sign(f->stranger.ec, "ES256", NULL, good(f)), "signature does not hold");
	assert_refused(f, token_sign(f->stranger.ec, "ES256", "ec-2", good(f)), "kid");
	assert_refused(f, token_sign(f->issuer.ec, "ES256", "ec-2", good(f)), "kid");
	assert_refused(
	        f, token_sign(f->issuer.ec, "ES256", "rsa-1", good(f)), "kid"); /* a key of another kind */
	assert_refused(f, token_forge("{\"alg\":\"none\"}", good(f), "", none), "three parts");
	assert_refused(f, token_forge("{\"alg\":\"none\"}", good(f), "sig", none), "RS256 or ES256");
	assert_refused(f, token_forge("{\"alg\":\"None\",\"kid\":\"ec-1\"}", good(f), "sig", none),
	        "RS256 or ES256");
	assert_refused(f, token_forge("{\"alg\":\"ES256\",\"kid\":\"ec-1\"}", good(f), "sig", none),
	        "signature does not hold");
	char nothing[64] = "";
	memset(nothing, 1, sizeof(nothing) - 1);
	assert_refused(f, token_forge("{\"alg\":\"ES256\",\"kid\":\"ec-1\"}", good(f), nothing, none),
	        "signature does not hold");
	/* Another algorithm of the same key. */
	assert_refused(f, token_sign(f->issuer.rsa, "RS512", "rsa-1", good(f)), "RS256 or ES256");
	assert_refused(f, token_sign(f->issuer.rsa, "PS256", "rsa-1", good(f)), "RS256 or ES256");
}

/* The public key, which everybody has, taken for the secret of an HMAC. */
static void refuses_hmac_by_the_public_key(void **state)
{
	struct fixture *f = *state;
	char *key = issuer_public(f->issuer.rsa, "rsa-1");
	static const char *const headers[] = { "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}",
		"{\"alg\":\"HS256\"}" };
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		assert_refused(
		        f, token_forge(headers[i], good(f), NULL, hub_str_from(key)), "RS256 or ES256");
	free(key);
}

/* A key, or where to find one, that comes with the token itself. */
static void refuses_keys_that_a_token_brings(void **state)
{
	struct fixture *f = *state;
	char header[2048];
	const struct hub_str none = { 0 };
	char *key = issuer_public(f->stranger.ec, "mine");
	snprintf(header, sizeof(header), "{\"alg\":\"ES256\",\"kid\":\"mine\",\"jwk\":%.900s}", key);
	assert_refused(f, token_forge(header, good(f), "sig", none), "kid");
	assert_refused(f,
	        token_forge(
	                "{\"alg\":\"ES256\",\"kid\":\"mine\",\"jku\":\"http://mine\"}", good(f), "sig", none),
	        "kid");
	free(key);
}

static void refuses_headers_that_it_does_not_know(void **state)
{
	struct fixture *f = *state;
	const struct hub_str none = { 0 };
	static const struct {
		const char *header, *said;
	} cases[] = {
		{ "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"crit\":[\"exp\"]}", "crit" },
		{ "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"typ\":\"logout+jwt\"}", "typ" },
		{ "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"typ\":7}", "typ" },
		{ "{\"alg\":\"ES256\",\"kid\":7}", "kid" },
		{ "{\"alg\":[\"ES256\"]}", "RS256 or ES256" },
		{ "{\"alg\":\"ES256\",\"alg\":\"none\"}", "header" },
		{ "{\"kid\":\"ec-1\"}", "RS256 or ES256" },
		{ "[]", "header" },
		{ "{", "header" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(f, token_forge(cases[i].header, good(f), "sig", none), cases[i].said);
}

static void refuses_what_is_no_token(void **state)
{
	struct fixture *f = *state;
	static const char *const texts[] = { "", ".", "..", "a", "a.b", "a.b.", ".b.c", "a..c", "a.b.c.d",
		"a.b.c.d.e", "a b.c.d", "a.b=.c", "a.b.c\n", "\xff.b.c" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_refused(f, strdup(texts[i]), "three parts");
	assert_refused(f, strdup("aa.bb.cc"), "header");
	char *much = malloc(GATEWAY_JWT_MAX + 2);
	memset(much, 'a', GATEWAY_JWT_MAX + 1);
	much[GATEWAY_JWT_MAX + 1] = 0;
	much[5] = much[10] = '.';
	assert_refused(f, much, "longer than 8192");
	much = calloc(1, 2 * GATEWAY_JWT_HEADER_MAX);
	memset(much, 'A', 2 * GATEWAY_JWT_HEADER_MAX - 8);
	memcpy(much + 2 * GATEWAY_JWT_HEADER_MAX - 8, ".bb.cc", 7);
	assert_refused(f, much, "too long");
}

#define FROM_US "\"iss\": \"https://id.example/realm\", "
#define TO_US FROM_US "\"aud\": \"hub\", "
#define OURS TO_US "\"exp\": 1800000001, "

/* The signature holds and the time is right: what else may be wrong. */
static const struct {
	const char *claims, *said; /* said NULL: taken */
} claims[] = {
	{ "{" FROM_US "\"aud\": [\"other\", \"hub\"], \"exp\": 1800000001.5, " WHO "}", NULL },
	{ "{" OURS "\"nbf\": 1799999999, " WHO "}", NULL },
	{ "{\"iss\": \"https://id.example/realm/\", \"aud\": \"hub\", \"exp\": 1800000001, " WHO "}", "iss" },
	{ "{\"aud\": \"hub\", \"exp\": 1800000001, " WHO "}", "iss" },
	{ "{\"iss\": [\"https://id.example/realm\"], \"aud\": \"hub\", \"exp\": 1800000001, " WHO "}",
	        "iss" },
	{ "{" FROM_US "\"exp\": 1800000001, " WHO "}", "aud" },
	{ "{" FROM_US "\"aud\": \"hubb\", \"exp\": 1800000001, " WHO "}", "aud" },
	{ "{" FROM_US "\"aud\": [\"other\", 7], \"exp\": 1800000001, " WHO "}", "aud" },
	{ "{" FROM_US "\"aud\": {\"hub\": 1}, \"exp\": 1800000001, " WHO "}", "aud" },
	{ "{" FROM_US "\"aud\": [], \"exp\": 1800000001, " WHO "}", "aud" },
	{ "{" TO_US WHO "}", "exp" },
	{ "{" TO_US "\"exp\": \"1800000001\", " WHO "}", "exp" },
	{ "{" TO_US "\"exp\": 1e300, " WHO "}", "exp" },
	{ "{" OURS "\"nbf\": true, " WHO "}", "nbf" },
	{ "{" OURS "\"exp\": 1900000001, " WHO "}", "payload" },
	{ "{" OURS "\"sub\": \"\", \"hub_role\": \"COUNTY\", \"hub_org_id\": \"o\"}", "sub" },
	{ "{" OURS "\"sub\": \"u\", \"hub_org_id\": \"o\"}", "hub_role" },
	{ "{" OURS "\"sub\": \"u\", \"hub_role\": \"NONE\", \"hub_org_id\": \"o\"}", "hub_role" },
	{ "{" OURS "\"sub\": \"u\", \"hub_role\": [\"COUNTY\"], \"hub_org_id\": \"o\"}", NULL },
	{ "{" OURS "\"sub\": \"u\", \"hub_role\": [\"READ_ONLY\", \"COUNTY\"], \"hub_org_id\": \"o\"}",
	        "hub_role" },
	{ "{" OURS "\"sub\": \"u\", \"hub_role\": \"COUNTY\"}", "hub_org_id" },
	{ "{" OURS "\"sub\": \"u\", \"hub_role\": \"CONSORTIUM\", \"hub_org_id\": \"o\"}",
	        "hub_consortium_id" },
	{ "{" OURS "\"sub\": \"u\", \"hub_role\": \"CONSORTIUM\", \"hub_org_id\": \"o\", "
	  "\"hub_consortium_id\": \"c\"}",
	        NULL },
	{ "[]", "payload" },
	{ "hub", "payload" },
};

static void checks_every_claim(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		if (claims[i].said)
			assert_refused(f, right(f, claims[i].claims), claims[i].said);
		else
			assert_int_equal(read_token(f, right(f, claims[i].claims)), HUB_OK);
	}
}

static void clocks_may_differ_by_a_minute(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(read_token(f, right(f, payload(f, now_s - 59, ""))), HUB_OK);
	assert_refused(f, right(f, payload(f, now_s - 60, "")), "has ended");
	assert_int_equal(read_token(f, right(f, payload(f, now_s + 600, ", \"nbf\": 1800000060"))), HUB_OK);
	assert_refused(f, right(f, payload(f, now_s + 600, ", \"nbf\": 1800000061")), "not valid yet");
}

static void assert_set(const char *text, const char *said)
{
	struct hub_error err = { 0 };
	struct gateway_jwks *jwks = NULL;
	assert_int_equal(gateway_jwks_parse("jwks", hub_str_from(text), &jwks, &err), HUB_E_INVALID);
	assert_null(jwks);
	if (!strstr(err.text, said))
		fail_msg("\"%s\" is not in \"%s\"", said, err.text);
}

static void key_sets_that_are_none(void **state)
{
	(void)state;
	assert_set("", "not JSON");
	assert_set("{}", "not a key set");
	assert_set("{\"keys\": []}", "no key for RS256 or ES256");
	assert_set("{\"keys\": [7]}", "keys[0] is no key");
	assert_set("{\"keys\": [{\"kty\": \"RSA\", \"kid\": 7}]}", "keys[0] is no key");
	assert_set("{\"keys\": [{\"kty\": \"RSA\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}", "expected 2048");
	/* At which the library would abort. */
	assert_set(
	        "{\"keys\": [{\"kty\": \"RSA\", \"n\": \"AQABA=AQABA=\", \"e\": \"AQAB\"}]}", "no whole key");
	assert_set("{\"keys\": [{\"kty\": \"RSA\", \"n\": \"!\", \"e\": \"AQAB\"}]}", "no whole key");
	assert_set("{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"AQAB\", \"y\": \"AQAB\"}]}",
	        "no whole key");
	assert_set("{\"keys\": [{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}]}", "secret key");
	/* For something else, or by another algorithm. */
	assert_set("{\"keys\": [{\"kty\": \"RSA\", \"use\": \"enc\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}",
	        "no key for");
	assert_set("{\"keys\": [{\"kty\": \"RSA\", \"alg\": \"PS256\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}",
	        "no key for");
	assert_set("{\"keys\": [{\"kty\": \"RSA\", \"key_ops\": [\"encrypt\"], \"n\": \"AQAB\", \"e\": "
	           "\"AQAB\"}]}",
	        "no key for");
	assert_set("{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-384\"}]}", "no key for");
	assert_set("{\"keys\": [{\"kty\": \"OKP\", \"crv\": \"Ed25519\"}]}", "no key for");
}

static void key_sets_hold_no_secret_and_no_kid_twice(void **state)
{
	struct fixture *f = *state;
	cjose_err err;
	char text[8192];
	char *secret = cjose_jwk_to_json(f->issuer.ec, true, &err);
	snprintf(text, sizeof(text), "{\"keys\": [%s]}", secret);
	assert_set(text, "secret key");
	char *first = issuer_public(f->issuer.ec, "k"), *second = issuer_public(f->stranger.ec, "k");
	snprintf(text, sizeof(text), "{\"keys\": [%.2000s, %.2000s]}", first, second);
	assert_set(text, "keys[1] has the kid of an earlier key");
	free(second);
	/* Two of a kind: a token has to say which. */
	struct gateway_jwks *jwks = NULL;
	second = issuer_public(f->stranger.ec, "l");
	snprintf(text, sizeof(text), "{\"keys\": [%.2000s, %.2000s]}", first, second);
	assert_int_equal(gateway_jwks_parse("jwks", hub_str_from(text), &jwks, NULL), HUB_OK);
	assert_int_equal(gateway_jwks_count(jwks), 2);
	const struct gateway_jwt unnamed = { .alg = GATEWAY_JWT_ES256 },
	                         named = { .alg = GATEWAY_JWT_ES256, .kid = "l" };
	assert_null(gateway_jwks_find(jwks, &unnamed));
	assert_non_null(gateway_jwks_find(jwks, &named));
	gateway_jwks_free(jwks);
	free(first);
	free(second);
	free(secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_both_algorithms),
		cmocka_unit_test(refuses_what_the_issuer_did_not_sign),
		cmocka_unit_test(refuses_hmac_by_the_public_key),
		cmocka_unit_test(refuses_keys_that_a_token_brings),
		cmocka_unit_test(refuses_headers_that_it_does_not_know),
		cmocka_unit_test(refuses_what_is_no_token),
		cmocka_unit_test(checks_every_claim),
		cmocka_unit_test(clocks_may_differ_by_a_minute),
		cmocka_unit_test(key_sets_that_are_none),
		cmocka_unit_test(key_sets_hold_no_secret_and_no_kid_twice),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
