/* Keys in files: JSON, readable by their owner only where they are secret, never overwritten. Whoever reads a secret key wipes
 * it (sodium_memzero) when it is done. No error text quotes a file's content. */
#ifndef HUBCTL_KEY_FILE_H
#define HUBCTL_KEY_FILE_H

#include "hubctl/pseudonym.h"

#include <jansson.h>

#define HUBCTL_SEALED_CIPHER "X25519-SEALED-BOX"

enum { HUBCTL_BOX_KEY_LEN = 32, HUBCTL_KEY_ID_LEN = 16 };

/* One half of a receiver's pair. */
struct hubctl_box_key {
	uint8_t bytes[HUBCTL_BOX_KEY_LEN];
	char key_id[HUBCTL_KEY_ID_LEN +
	            1]; /* the first 8 bytes of SHA-256 of the public key, in hexadecimal */
};

/* A JSON object of text; NULL with HUB_E_INVALID, place and line in *reterr, otherwise. New reference. */
json_t *hubctl_secret_json(struct hub_str text, const char *place, struct hub_error *reterr);

/* Creates `name` (secret, 0600) and `name`.pub. HUB_E_INVALID: one of them is there already. HUB_E_NOT_FOUND: it cannot be
 * written. */
int hubctl_box_keygen(const char *name, char ret_key_id[HUBCTL_KEY_ID_LEN + 1], struct hub_error *reterr);

/* HUB_E_NOT_FOUND; HUB_E_INVALID: no such key, or a secret one that others may read. */
int hubctl_box_secret_read(const char *name, struct hubctl_box_key *ret, struct hub_error *reterr);
int hubctl_box_public_read(const char *name, struct hubctl_box_key *ret, struct hub_error *reterr);

/* The same for a province's key of pseudonyms. */
int hubctl_pseudonym_keygen(const char *name, uint32_t generation, struct hub_error *reterr);
int hubctl_pseudonym_key_read(const char *name, struct hubctl_pseudonym_key *ret, struct hub_error *reterr);

/* The id that belongs to a public key. */
void hubctl_key_id(const uint8_t public_key[HUBCTL_BOX_KEY_LEN], char ret_key_id[HUBCTL_KEY_ID_LEN + 1]);

#endif
