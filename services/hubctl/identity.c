/* hubctl identity keygen|seal|open|pseudonym: who a patient is, for those who need it. Keys lie in files; what is sealed,
 * opened or hashed comes by standard input or a file, never by the command line. */
#include "hubctl/commands.h"
#include "hubctl/hubctl.h"
#include "hubctl/sealed.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 20, LINE_OUT_MAX = 256, GENERATION_MAX = 1000000 };

static int ready(struct hub_error *err)
{
	return sodium_init() < 0 ? hub_error_set(err, HUB_E_FATAL, "", "libsodium cannot be used here")
	                         : HUB_OK;
}

/* The file that an option must name. */
static int named(struct hubctl *hubctl, const char *option, const char **ret, struct hub_error *err)
{
	*ret = hubctl_arg(hubctl->args, option);
	return *ret ? HUB_OK : hub_error_set(err, HUB_E_INVALID, "", "--%s FILE is missing", option);
}

static int read_input(struct hubctl *hubctl, struct hub_str *ret, struct hub_error *err)
{
	const char *name = hubctl->args->operand_count ? hubctl->args->operands[0] : "-";
	return hubctl_read_file(hubctl, name, INPUT_MAX, ret, err);
}

int hubctl_identity_keygen(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	const char *name = hubctl->args->operands[0];
	char key_id[HUBCTL_KEY_ID_LEN + 1] = "";
	bool pseudonym = hubctl_arg(hubctl->args, "pseudonym") != NULL;
	int64_t generation;
	if (hubctl_arg_number(hubctl->args, "generation", 1, GENERATION_MAX, 1, &generation, &err))
		return hubctl_usage(hubctl, &err);
	int result = ready(&err);
	if (!result && pseudonym)
		result = hubctl_pseudonym_keygen(name, (uint32_t)generation, &err);
	else if (!result)
		result = hubctl_box_keygen(name, key_id, &err);
	if (result)
		return hubctl_fail(hubctl, &err);
	if (hubctl->json)
		hubctl_put_json(hubctl,
		        pseudonym ? json_pack("{s:s, s:i}", "secret", name, "generation", (int)generation)
		                  : json_pack("{s:s, s:s+, s:s}", "secret", name, "public", name, ".pub",
		                            "key_id", key_id));
	else if (pseudonym)
		hub_buf_printf(
		        &hubctl->out, "%s: key %lld of pseudonyms, secret\n", name, (long long)generation);
	else
		hub_buf_printf(&hubctl->out, "%s: secret\n%s.pub: for those who seal; its key_id is %s\n",
		        name, name, key_id);
	return HUBCTL_DONE;
}

int hubctl_identity_seal(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	const char *name;
	struct hubctl_box_key to;
	struct hub_str input;
	json_t *sealed = NULL;
	if (named(hubctl, "to", &name, &err))
		return hubctl_usage(hubctl, &err);
	int result = ready(&err);
	if (!result)
		result = hubctl_box_public_read(name, &to, &err);
	if (!result)
		result = read_input(hubctl, &input, &err);
	if (!result)
		result = hubctl_seal(&to, input, &sealed, &err);
	if (result)
		return hubctl_fail(hubctl, &err);
	hubctl_put_json(hubctl, sealed);
	return HUBCTL_DONE;
}

int hubctl_identity_open(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	const char *name;
	struct hubctl_box_key key;
	struct hub_str input;
	json_t *identity = NULL;
	if (named(hubctl, "key", &name, &err))
		return hubctl_usage(hubctl, &err);
	int result = ready(&err);
	if (!result)
		result = hubctl_box_secret_read(name, &key, &err);
	if (!result)
		result = read_input(hubctl, &input, &err);
	if (!result)
		result = hubctl_open_sealed(&key, input, &identity, &err);
	sodium_memzero(&key, sizeof(key));
	if (result)
		return hubctl_fail(hubctl, &err);
	hubctl_put_json(hubctl, identity);
	return HUBCTL_DONE;
}

static struct hub_str text_of(const json_t *json, const char *member)
{
	const json_t *value = json_object_get(json, member);
	return (struct hub_str){ json_string_value(value), (uint32_t)json_string_length(value) };
}

/* {"id_kind": ..., "id_number": ...} in one line. */
static int put_pseudonym(struct hubctl *hubctl, const struct hubctl_pseudonym_key *key, struct hub_str line,
        struct hub_error *err)
{
	struct hub_buf pseudonym;
	json_t *json = hubctl_secret_json(line, "", err);
	if (!json)
		return HUB_E_INVALID;
	hub_buf_init(&pseudonym, LINE_OUT_MAX);
	int result =
	        hubctl_pseudonym(key, text_of(json, "id_kind"), text_of(json, "id_number"), &pseudonym, err);
	if (!result && hubctl->json)
		hubctl_put_json_line(
		        hubctl, json_pack("{s:s#}", "patient_id", pseudonym.data, (int)pseudonym.len));
	else if (!result)
		hub_buf_printf(&hubctl->out, "%.*s\n", (int)pseudonym.len, pseudonym.data);
	hub_buf_done(&pseudonym);
	json_decref(json);
	return result;
}

static int put_pseudonyms(struct hubctl *hubctl, const struct hubctl_pseudonym_key *key, struct hub_str input,
        struct hub_error *err)
{
	int result = HUB_OK;
	for (uint32_t number = 1; !result && input.len; number++) {
		const char *end = memchr(input.data, '\n', input.len);
		uint32_t len = end ? (uint32_t)(end - input.data) : input.len;
		if (len)
			result = put_pseudonym(hubctl, key, (struct hub_str){ input.data, len }, err);
		if (result)
			hub_error_wrap(err, "line %u", number);
		uint32_t taken = len + (end != NULL);
		input = (struct hub_str){ input.data + taken, input.len - taken };
	}
	return result;
}

int hubctl_identity_pseudonym(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	const char *name;
	struct hubctl_pseudonym_key key;
	struct hub_str input;
	if (named(hubctl, "key", &name, &err))
		return hubctl_usage(hubctl, &err);
	int result = ready(&err);
	if (!result)
		result = hubctl_pseudonym_key_read(name, &key, &err);
	if (!result)
		result = read_input(hubctl, &input, &err);
	if (!result)
		result = put_pseudonyms(hubctl, &key, input, &err);
	sodium_memzero(&key, sizeof(key));
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
