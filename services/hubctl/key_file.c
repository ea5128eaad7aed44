#include "hubctl/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4096, PATH_ROOM = 4096 };
enum { BASE64 = sodium_base64_VARIANT_ORIGINAL };

void hubctl_key_id(const uint8_t public_key[HUBCTL_BOX_KEY_LEN], char ret_key_id[HUBCTL_KEY_ID_LEN + 1])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(hash, public_key, HUBCTL_BOX_KEY_LEN);
	sodium_bin2hex(ret_key_id, HUBCTL_KEY_ID_LEN + 1, hash, HUBCTL_KEY_ID_LEN / 2);
}

/* jansson's own messages quote what they stumble over. */
json_t *hubctl_secret_json(struct hub_str text, const char *place, struct hub_error *reterr)
{
	json_error_t error;
	json_t *json = json_loadb(text.data ? text.data : "", text.len, JSON_REJECT_DUPLICATES, &error);
	if (json && json_is_object(json))
		return json;
	if (json)
		hub_error_set(reterr, HUB_E_INVALID, place, "not a JSON object");
	else
		hub_error_set(reterr, HUB_E_INVALID, place, "not JSON, at line %d, column %d", error.line,
		        error.column);
	json_decref(json);
	return NULL;
}

static int write_all(int file, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(file, text, len);
		if (n < 0 && errno != EINTR)
			return -1;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int create(const char *name, mode_t mode, const char *text, struct hub_error *reterr)
{
	int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (file < 0 && errno == EEXIST)
		return hub_error_set(
		        reterr, HUB_E_INVALID, name, "is there already; a key is never overwritten");
	if (file < 0)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, name, "%s", strerror(errno));
	bool whole = write_all(file, text, strlen(text)) == 0 && fsync(file) == 0;
	whole = close(file) == 0 && whole;
	if (whole)
		return HUB_OK;
	hub_error_set(reterr, HUB_E_NOT_FOUND, name, "%s", strerror(errno));
	unlink(name);
	return HUB_E_NOT_FOUND;
}

/* One object of one key; steals json. */
static int create_json(const char *name, mode_t mode, json_t *json, struct hub_error *reterr)
{
	char text[FILE_MAX];
	size_t len = json_dumpb(json, text, sizeof(text) - 2, JSON_INDENT(2));
	json_decref(json);
	if (len == 0 || len > sizeof(text) - 2)
		return hub_error_set(reterr, HUB_E_FATAL, name, "out of memory");
	memcpy(text + len, "\n", 2);
	int result = create(name, mode, text, reterr);
	sodium_memzero(text, sizeof(text));
	return result;
}

static json_t *key_json(const uint8_t *bytes, size_t len)
{
	char text[sodium_base64_ENCODED_LEN(HUBCTL_BOX_KEY_LEN, BASE64)];
	json_t *json = json_string(sodium_bin2base64(text, sizeof(text), bytes, len, BASE64));
	sodium_memzero(text, sizeof(text));
	return json;
}

int hubctl_box_keygen(const char *name, char ret_key_id[HUBCTL_KEY_ID_LEN + 1], struct hub_error *reterr)
{
	uint8_t public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];
	char public_name[PATH_ROOM];
	if ((size_t)snprintf(public_name, sizeof(public_name), "%s.pub", name) >= sizeof(public_name))
		return hub_error_set(reterr, HUB_E_INVALID, "", "the file's name is too long");
	crypto_box_keypair(public_key, secret_key);
	hubctl_key_id(public_key, ret_key_id);
	int result = create_json(name, S_IRUSR | S_IWUSR,
	        json_pack("{s:s, s:s, s:o}", "key_id", ret_key_id, "cipher", HUBCTL_SEALED_CIPHER,
	                "secret_key", key_json(secret_key, sizeof(secret_key))),
	        reterr);
	sodium_memzero(secret_key, sizeof(secret_key));
	if (result)
		return result;
	result = create_json(public_name, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH,
	        json_pack("{s:s, s:s, s:o}", "key_id", ret_key_id, "cipher", HUBCTL_SEALED_CIPHER,
	                "public_key", key_json(public_key, sizeof(public_key))),
	        reterr);
	if (result)
		unlink(name); /* half a pair is of no use to anybody */
	return result;
}

int hubctl_pseudonym_keygen(const char *name, uint32_t generation, struct hub_error *reterr)
{
	uint8_t key[HUBCTL_PSEUDONYM_KEY_LEN];
	randombytes_buf(key, sizeof(key));
	int result = create_json(name, S_IRUSR | S_IWUSR,
	        json_pack("{s:i, s:o}", "generation", (int)generation, "pseudonym_key",
	                key_json(key, sizeof(key))),
	        reterr);
	sodium_memzero(key, sizeof(key));
	return result;
}

/* A key's file as JSON; a secret one must be its owner's alone. New reference. */
static json_t *read_json(const char *name, bool secret, struct hub_error *reterr)
{
	char text[FILE_MAX];
	struct stat about;
	FILE *file = fopen(name, "re");
	if (!file || fstat(fileno(file), &about) < 0) {
		hub_error_set(reterr, HUB_E_NOT_FOUND, name, "%s", strerror(errno));
		if (file)
			fclose(file);
		return NULL;
	}
	json_t *json = NULL;
	if (secret && (about.st_mode & (S_IRWXG | S_IRWXO))) {
		hub_error_set(reterr, HUB_E_INVALID, name,
		        "others may read this secret key; chmod 600 it, and ask who has");
	} else {
		setvbuf(file, NULL, _IONBF, 0); /* no copy of a secret in a buffer of the library's */
		size_t len = fread(text, 1, sizeof(text), file);
		json = hubctl_secret_json((struct hub_str){ text, (uint32_t)len }, name, reterr);
		sodium_memzero(text, sizeof(text));
	}
	fclose(file);
	return json;
}

static int key_bytes(const json_t *json, const char *member, uint8_t *ret, size_t len, const char *name,
        struct hub_error *reterr)
{
	const char *text = json_string_value(json_object_get(json, member));
	size_t n = 0;
	const char *end;
	if (!text)
		return hub_error_set(
		        reterr, HUB_E_INVALID, name, "no key of this kind: %s is missing", member);
	if (sodium_base642bin(ret, len, text, strlen(text), NULL, &n, &end, BASE64) != 0 || *end || n != len)
		return hub_error_set(
		        reterr, HUB_E_INVALID, name, "%s is not %zu bytes in base64", member, len);
	return HUB_OK;
}

int hubctl_box_secret_read(const char *name, struct hubctl_box_key *ret, struct hub_error *reterr)
{
	uint8_t public_key[crypto_box_PUBLICKEYBYTES];
	json_t *json = read_json(name, true, reterr);
	if (!json)
		return reterr ? (int)reterr->code : HUB_E_INVALID;
	int result = key_bytes(json, "secret_key", ret->bytes, sizeof(ret->bytes), name, reterr);
	if (!result) {
		crypto_scalarmult_base(public_key, ret->bytes);
		hubctl_key_id(public_key, ret->key_id);
	}
	json_decref(json);
	return result;
}

int hubctl_box_public_read(const char *name, struct hubctl_box_key *ret, struct hub_error *reterr)
{
	json_t *json = read_json(name, false, reterr);
	if (!json)
		return reterr ? (int)reterr->code : HUB_E_INVALID;
	int result = key_bytes(json, "public_key", ret->bytes, sizeof(ret->bytes), name, reterr);
	if (!result)
		hubctl_key_id(ret->bytes, ret->key_id);
	json_decref(json);
	return result;
}

int hubctl_pseudonym_key_read(const char *name, struct hubctl_pseudonym_key *ret, struct hub_error *reterr)
{
	json_t *json = read_json(name, true, reterr);
	if (!json)
		return reterr ? (int)reterr->code : HUB_E_INVALID;
	json_int_t generation = json_integer_value(json_object_get(json, "generation"));
	int result = key_bytes(json, "pseudonym_key", ret->bytes, sizeof(ret->bytes), name, reterr);
	if (!result && (generation < 1 || generation > INT32_MAX))
		result = hub_error_set(reterr, HUB_E_INVALID, name, "generation is not a number from 1 on");
	ret->generation = (uint32_t)generation;
	json_decref(json);
	return result;
}
