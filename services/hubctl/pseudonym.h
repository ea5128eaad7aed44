/* A patient's pseudonym, as schemas/IDENTITY.md defines it: HMAC-SHA-256 of the kind and number of a document, by the
 * province's key. */
#ifndef HUBCTL_PSEUDONYM_H
#define HUBCTL_PSEUDONYM_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

enum { HUBCTL_PSEUDONYM_KEY_LEN = 32 };

struct hubctl_pseudonym_key {
	uint8_t bytes[HUBCTL_PSEUDONYM_KEY_LEN];
	uint32_t generation; /* from 1; a province's next key has the next number */
};

/* Appends KIND:NUMBER in its one spelling. HUB_E_INVALID says what is wrong, without the number. */
int hubctl_document_normalise(
        struct hub_str kind, struct hub_str number, struct hub_buf *out, struct hub_error *reterr);

/* Appends the pseudonym. Errors as above. */
int hubctl_pseudonym(const struct hubctl_pseudonym_key *key, struct hub_str kind, struct hub_str number,
        struct hub_buf *out, struct hub_error *reterr);

#endif
