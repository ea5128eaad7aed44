/* An identity provider in the test: two keys and the tokens that it signs with them, also such as no provider would make. */
#ifndef TESTS_UNIT_GATEWAY_AUTH_TOKENS_H
#define TESTS_UNIT_GATEWAY_AUTH_TOKENS_H

#include "base/str.h"

#include <cjose/jwk.h>

struct issuer {
	cjose_jwk_t *rsa, *ec; /* kid "rsa-1", "ec-1" */
	char jwks[4096];       /* their public halves */
};

void issuer_make(struct issuer *issuer);
void issuer_done(struct issuer *issuer);

/* The public half of a key, as a member of a key set; freed by the caller. */
char *issuer_public(const cjose_jwk_t *key, const char *kid);

/* A token that the library signs; kid NULL: none. Freed by the caller. */
char *token_sign(const cjose_jwk_t *key, const char *alg, const char *kid, const char *payload);

/* Any header, any payload, and for a signature: "", text of ours, or (key given) the HMAC-SHA-256 by it. */
char *token_forge(const char *header, const char *payload, const char *signature, struct hub_str hmac_key);

#endif
