/* hub.common.SealedIdentity as JSON: an identity that only its receiver can read (libsodium's sealed box). */
#ifndef HUBCTL_SEALED_H
#define HUBCTL_SEALED_H

#include "hubctl/key_file.h"

/* identity: text of a JSON object with some of name, id_kind, id_number, phone. *ret_sealed: {key_id, cipher, bytes}, a new
 * reference. HUB_E_INVALID names the member that is wrong, never its value. */
int hubctl_seal(const struct hubctl_box_key *to, struct hub_str identity, json_t **ret_sealed,
        struct hub_error *reterr);

/* The way back, from the text of such a JSON object; *ret_identity is a new reference. HUB_E_INVALID: not sealed so,
 * for another key, or changed on its way. */
int hubctl_open_sealed(const struct hubctl_box_key *key, struct hub_str sealed, json_t **ret_identity,
        struct hub_error *reterr);

#endif
