/* Sealed identities and the files of their keys; against other libraries they are tried in tests/clients. */
#include "hubctl/sealed.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define IDENTITY                                                                                             \
	"{\"name\": \"\xE7\x8E\x8B\", \"id_kind\": \"PASSPORT\", \"id_number\": \"CHNE1234\", \"phone\": "   \
	"\"1\"}"

enum { PATH_ROOM = 256 };

struct keys {
	char folder[PATH_ROOM];
	char secret[PATH_ROOM], public[PATH_ROOM];
	struct hubctl_box_key ours, theirs;
};

static int setup(void **state)
{
	struct keys *keys = calloc(1, sizeof(*keys));
	char key_id[HUBCTL_KEY_ID_LEN + 1];
	snprintf(keys->folder, sizeof(keys->folder), "/tmp/sealed_test.XXXXXX");
	if (sodium_init() < 0 || !mkdtemp(keys->folder))
		return -1;
	snprintf(keys->secret, sizeof(keys->secret), "%.200s/key", keys->folder);
	snprintf(keys->public, sizeof(keys->public), "%.200s/key.pub", keys->folder);
	*state = keys;
	if (hubctl_box_keygen(keys->secret, key_id, NULL) ||
	        hubctl_box_secret_read(keys->secret, &keys->ours, NULL) ||
	        hubctl_box_public_read(keys->public, &keys->theirs, NULL))
		return -1;
	return strcmp(key_id, keys->theirs.key_id);
}

static int teardown(void **state)
{
	struct keys *keys = *state;
	unlink(keys->secret);
	unlink(keys->public);
	rmdir(keys->folder);
	free(keys);
	return 0;
}

static json_t *seal(const struct keys *keys, const char *identity)
{
	json_t *sealed = NULL;
	assert_int_equal(hubctl_seal(&keys->theirs, hub_str_from(identity), &sealed, NULL), HUB_OK);
	return sealed;
}

/* Opens and consumes sealed; what came of it, *ret is NULL when nothing. */
static int open_sealed(const struct keys *keys, json_t *sealed, json_t **ret, struct hub_error *error)
{
	char *text = json_dumps(sealed, JSON_COMPACT);
	*ret = NULL;
	json_decref(sealed);
	int result = hubctl_open_sealed(&keys->ours, hub_str_from(text), ret, error);
	free(text);
	return result;
}

static void test_what_is_sealed_can_be_opened(void **state)
{
	const struct keys *keys = *state;
	json_t *opened, *wanted = json_loads(IDENTITY, 0, NULL);
	assert_int_equal(open_sealed(keys, seal(keys, IDENTITY), &opened, NULL), HUB_OK);
	assert_true(json_equal(opened, wanted));
	json_decref(opened);
	json_decref(wanted);
}

static void test_two_seals_of_one_identity_differ(void **state)
{
	const struct keys *keys = *state;
	json_t *first = seal(keys, IDENTITY), *second = seal(keys, IDENTITY);
	assert_false(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

/* Each byte of it counts: one bit changed anywhere, and it does not open. */
static void test_a_changed_box_does_not_open(void **state)
{
	const struct keys *keys = *state;
	json_t *sealed = seal(keys, IDENTITY), *opened;
	char text[8192];
	snprintf(text, sizeof(text), "%s", json_string_value(json_object_get(sealed, "bytes")));
	for (char *at = text; *at && *at != '='; at += 4) {
		struct hub_error error = { 0 };
		char was = *at;
		*at = was == 'A' ? 'B' : 'A';
		json_t *changed = json_pack("{s:s, s:s, s:s}", "key_id", keys->ours.key_id, "cipher",
		        HUBCTL_SEALED_CIPHER, "bytes", text);
		assert_int_equal(open_sealed(keys, changed, &opened, &error), HUB_E_INVALID);
		assert_null(opened);
		assert_null(strstr(error.text, "CHNE1234"));
		*at = was;
	}
	json_decref(sealed);
}

static void refuse_with(const struct keys *keys, const char *member, const char *value, const char *place)
{
	struct hub_error error = { 0 };
	json_t *sealed = seal(keys, IDENTITY), *opened;
	json_object_set_new(sealed, member, json_string(value));
	assert_int_equal(open_sealed(keys, sealed, &opened, &error), HUB_E_INVALID);
	assert_string_equal(error.place, place);
}

static void test_what_was_not_sealed_so_is_told(void **state)
{
	const struct keys *keys = *state;
	refuse_with(keys, "key_id", "0000000000000000", "key_id");
	refuse_with(keys, "cipher", "SM2", "cipher");
	refuse_with(keys, "bytes", "AAAA", "bytes");
	refuse_with(keys, "bytes", "no base64", "bytes");
}

/* A mistyped member is told; no value is ever quoted. */
static void test_only_an_identity_is_sealed(void **state)
{
	const struct keys *keys = *state;
	static const char *const wrong[] = { "", "{", "[]", "{}", "{\"nme\": \"secret\"}", "{\"name\": 5}",
		"{\"name\": \"secret\", \"name\": \"secret\"}", "{\"name\": \"secret\xff\"}" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct hub_error error = { 0 };
		json_t *sealed = NULL;
		assert_int_equal(
		        hubctl_seal(&keys->theirs, hub_str_from(wrong[i]), &sealed, &error), HUB_E_INVALID);
		assert_null(sealed);
		assert_null(strstr(error.text, "secret"));
	}
	char *name = malloc(5000);
	memset(name, 'x', 5000);
	memcpy(name, "{\"name\":\"", 9);
	memcpy(name + 4997, "\"}", 3);
	json_t *sealed = NULL;
	assert_int_equal(hubctl_seal(&keys->theirs, hub_str_from(name), &sealed, NULL), HUB_E_TOO_LARGE);
	free(name);
}

static void test_a_secret_key_is_its_owners_alone(void **state)
{
	const struct keys *keys = *state;
	struct stat about;
	struct hubctl_box_key key;
	char key_id[HUBCTL_KEY_ID_LEN + 1];
	assert_int_equal(stat(keys->secret, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(
	        hubctl_box_keygen(keys->secret, key_id, NULL), HUB_E_INVALID); /* never overwritten */
	assert_int_equal(chmod(keys->secret, 0640), 0);
	assert_int_equal(hubctl_box_secret_read(keys->secret, &key, NULL), HUB_E_INVALID);
	assert_int_equal(chmod(keys->secret, 0600), 0);
	assert_int_equal(hubctl_box_secret_read(keys->secret, &key, NULL), HUB_OK);
	assert_int_equal(hubctl_box_public_read(keys->secret, &key, NULL), HUB_E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_sealed_can_be_opened),
		cmocka_unit_test(test_two_seals_of_one_identity_differ),
		cmocka_unit_test(test_a_changed_box_does_not_open),
		cmocka_unit_test(test_what_was_not_sealed_so_is_told),
		cmocka_unit_test(test_only_an_identity_is_sealed),
		cmocka_unit_test(test_a_secret_key_is_its_owners_alone),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
