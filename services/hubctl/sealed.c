#include "hubctl/sealed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* SealedIdentity.bytes' hub.limit. */
enum { SEALED_MAX = 4096, PLAIN_MAX = SEALED_MAX - crypto_box_SEALBYTES };
enum { BASE64 = sodium_base64_VARIANT_ORIGINAL };

static bool is_member(const char *name)
{
	return strcmp(name, "name") == 0 || strcmp(name, "id_kind") == 0 || strcmp(name, "id_number") == 0 ||
	       strcmp(name, "phone") == 0;
}

/* A mistyped member would reach nobody, and nobody would notice. */
static int check_identity(json_t *identity, struct hub_error *reterr)
{
	const char *name;
	json_t *value;
	if (json_object_size(identity) == 0)
		return hub_error_set(reterr, HUB_E_INVALID, "identity", "empty");
	json_object_foreach(identity, name, value)
	{
		if (!is_member(name))
			return hub_error_set(reterr, HUB_E_INVALID, "identity",
			        "its members are name, id_kind, id_number and phone, no others");
		if (!json_is_string(value))
			return hub_error_set(reterr, HUB_E_INVALID, name, "not a string");
	}
	return HUB_OK;
}

static json_t *sealed_json(const struct hubctl_box_key *to, const unsigned char *bytes, size_t len)
{
	char text[sodium_base64_ENCODED_LEN(SEALED_MAX, BASE64)];
	sodium_bin2base64(text, sizeof(text), bytes, len, BASE64);
	return json_pack(
	        "{s:s, s:s, s:s}", "key_id", to->key_id, "cipher", HUBCTL_SEALED_CIPHER, "bytes", text);
}

int hubctl_seal(const struct hubctl_box_key *to, struct hub_str identity, json_t **ret_sealed,
        struct hub_error *reterr)
{
	unsigned char sealed[SEALED_MAX];
	char plain[PLAIN_MAX];
	json_t *json = hubctl_secret_json(identity, "identity", reterr);
	if (!json)
		return HUB_E_INVALID;
	int result = check_identity(json, reterr);
	size_t len = result ? 0 : json_dumpb(json, plain, sizeof(plain), JSON_COMPACT);
	json_decref(json);
	if (!result && (len == 0 || len > sizeof(plain)))
		result = hub_error_set(
		        reterr, HUB_E_TOO_LARGE, "identity", "more than %d bytes", (int)PLAIN_MAX);
	if (!result && crypto_box_seal(sealed, (const unsigned char *)plain, len, to->bytes) != 0)
		result = hub_error_set(reterr, HUB_E_INVALID, "", "this public key cannot be used");
	if (!result)
		*ret_sealed = sealed_json(to, sealed, len + crypto_box_SEALBYTES);
	sodium_memzero(plain, sizeof(plain));
	return result;
}

static int sealed_bytes(const struct hubctl_box_key *key, const json_t *json, unsigned char *ret,
        size_t *ret_len, struct hub_error *reterr)
{
	const char *key_id = json_string_value(json_object_get(json, "key_id"));
	const char *cipher = json_string_value(json_object_get(json, "cipher"));
	const char *bytes = json_string_value(json_object_get(json, "bytes"));
	const char *end;
	if (!key_id || !cipher || !bytes)
		return hub_error_set(reterr, HUB_E_INVALID, "",
		        "a sealed identity has the members key_id, cipher and bytes");
	if (strcmp(cipher, HUBCTL_SEALED_CIPHER) != 0)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "cipher", "only %s can be opened here", HUBCTL_SEALED_CIPHER);
	if (strcmp(key_id, key->key_id) != 0)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "key_id", "it is sealed for another key than %s", key->key_id);
	if (sodium_base642bin(ret, SEALED_MAX, bytes, strlen(bytes), NULL, ret_len, &end, BASE64) != 0 ||
	        *end || *ret_len < crypto_box_SEALBYTES)
		return hub_error_set(reterr, HUB_E_INVALID, "bytes", "not a sealed box in base64");
	return HUB_OK;
}

static int open_bytes(const struct hubctl_box_key *key, const unsigned char *bytes, size_t len,
        json_t **ret_identity, struct hub_error *reterr)
{
	uint8_t public_key[crypto_box_PUBLICKEYBYTES];
	unsigned char plain[SEALED_MAX];
	crypto_scalarmult_base(public_key, key->bytes);
	if (crypto_box_seal_open(plain, bytes, len, public_key, key->bytes) != 0)
		return hub_error_set(reterr, HUB_E_INVALID, "bytes",
		        "it was changed on its way, or sealed for another key");
	struct hub_str text = { (const char *)plain, (uint32_t)(len - crypto_box_SEALBYTES) };
	*ret_identity = hubctl_secret_json(text, "what was sealed", reterr);
	sodium_memzero(plain, sizeof(plain));
	return *ret_identity ? HUB_OK : HUB_E_INVALID;
}

int hubctl_open_sealed(const struct hubctl_box_key *key, struct hub_str sealed, json_t **ret_identity,
        struct hub_error *reterr)
{
	unsigned char bytes[SEALED_MAX];
	size_t len = 0;
	json_t *json = hubctl_secret_json(sealed, "", reterr);
	if (!json)
		return HUB_E_INVALID;
	int result = sealed_bytes(key, json, bytes, &len, reterr);
	json_decref(json);
	return result ? result : open_bytes(key, bytes, len, ret_identity, reterr);
}
