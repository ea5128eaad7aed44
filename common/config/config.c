#include "config/config.h"

#include "base/check.h"
#include "config/internal.h"
#include "wire/near.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MEMORY = 4 << 20, FILE_BYTES = 1 << 20, PROPERTIES = 256 };

struct hub_config {
	struct hub_arena *arena;
	struct hub_kafka_property properties[PROPERTIES];
	uint32_t property_count;
};

/* One loading. */
struct load {
	struct hub_config *config;
	const struct hub_config_sources *sources;
	const struct hub_config_part *parts;
	uint32_t part_count;
	struct hub_str seen[1024]; /* keys of the file, to find repeats */
	uint32_t seen_count;
	uint32_t wrong;
};

static void complain(struct load *load, const char *place, const char *text)
{
	load->wrong++;
	if (load->sources->complain)
		load->sources->complain(load->sources->user, place, text);
}

static void complain_error(
        struct load *load, const char *place, const char *key, const struct hub_error *error)
{
	char text[512];
	snprintf(text, sizeof(text), "%s: %s", key, error->text);
	complain(load, place, text);
}

static const char *copy_text(struct load *load, struct hub_str text)
{
	char *copy = hub_arena_alloc(load->config->arena, (size_t)text.len + 1);
	hub_check(copy); /* the sources are bounded */
	if (text.len)
		memcpy(copy, text.data, text.len);
	return copy;
}

static const struct hub_option *find_option(const struct load *load, struct hub_str key, void **ret_values)
{
	for (uint32_t p = 0; p < load->part_count; p++)
		for (uint32_t i = 0; i < load->parts[p].count; i++)
			if (hub_str_is(key, load->parts[p].options[i].name)) {
				*ret_values = load->parts[p].values;
				return &load->parts[p].options[i];
			}
	return NULL;
}

/* Environment names flatten "." and "_", so each option's variable is made and compared. */
static const struct hub_option *find_variable(const struct load *load, struct hub_str name, void **ret_values)
{
	for (uint32_t p = 0; p < load->part_count; p++)
		for (uint32_t i = 0; i < load->parts[p].count; i++)
			if (hub_str_eq(name, hub_config_variable(
			                             load->config->arena, load->parts[p].options[i].name))) {
				*ret_values = load->parts[p].values;
				return &load->parts[p].options[i];
			}
	return NULL;
}

static void complain_unknown(struct load *load, const char *place, struct hub_str key, bool variable)
{
	struct hub_near near = hub_near_start(key);
	for (uint32_t p = 0; p < load->part_count; p++)
		for (uint32_t i = 0; i < load->parts[p].count; i++) {
			const char *name = load->parts[p].options[i].name;
			hub_near_offer(&near,
			        variable ? copy_text(load, hub_config_variable(load->config->arena, name))
			                 : name);
		}
	char text[256];
	snprintf(text, sizeof(text),
	        near.best ? "there is no option %.*s; did you mean %s?"
	                  : "there is no option %.*s%s (--help lists them)",
	        (int)(key.len < 80 ? key.len : 80), key.len ? key.data : "", near.best ? near.best : "");
	complain(load, place, text);
}

/* *in_out, the path of a secret's file, becomes what is in it. False: it was complained about. */
static bool read_secret(struct load *load, const char *place, struct hub_str key, struct hub_str *in_out)
{
	struct hub_error error;
	const char *path = copy_text(load, *in_out);
	if (hub_config_read_secret(load->config->arena, path, in_out, &error) == HUB_OK)
		return true;
	complain_error(load, place, copy_text(load, key), &error);
	return false;
}

/* name without ".file" when that is a secret of librdkafka's; otherwise empty. */
static struct hub_str secret_property(struct hub_str name)
{
	char text[128];
	struct hub_str secret = hub_config_secret_of(name);
	snprintf(text, sizeof(text), "%.*s", HUB_STR_ARG(secret));
	return hub_kafka_property_is_secret(text) ? secret : (struct hub_str){ NULL, 0 };
}

static void set_property(struct load *load, const char *place, struct hub_str name, struct hub_str value)
{
	struct hub_config *config = load->config;
	struct hub_error error;
	struct hub_str secret = secret_property(name);
	if (secret.len) {
		if (!read_secret(load, place, name, &value))
			return;
		name = secret;
	}
	const struct hub_kafka_property property = { copy_text(load, name), copy_text(load, value) };
	if (hub_kafka_property_check(property.name, property.value, &error) != HUB_OK) {
		char key[128];
		snprintf(key, sizeof(key), "kafka.%.100s", property.name);
		complain_error(load, place, key, &error);
		return;
	}
	for (uint32_t i = 0; i < config->property_count; i++)
		if (strcmp(config->properties[i].name, property.name) == 0) {
			config->properties[i] = property;
			return;
		}
	if (config->property_count == PROPERTIES)
		complain(load, place, "too many kafka.* properties");
	else
		config->properties[config->property_count++] = property;
}

static void set_option(struct load *load, const char *place, const struct hub_option *option, void *values,
        struct hub_str text)
{
	struct hub_error error;
	if (hub_option_store(option, copy_text(load, text), values, &error) != HUB_OK)
		complain_error(load, place, option->name, &error);
}

/* key is NAME.file of the secret option NAME. */
static void set_secret(struct load *load, const char *place, struct hub_str key,
        const struct hub_option *option, void *values, struct hub_str path)
{
	if (read_secret(load, place, key, &path))
		set_option(load, place, option, values, path);
}

static struct hub_str trim(struct hub_str text)
{
	while (text.len && isspace((unsigned char)text.data[0]))
		text = (struct hub_str){ text.data + 1, text.len - 1 };
	while (text.len && isspace((unsigned char)text.data[text.len - 1]))
		text.len--;
	return text;
}

/* A secret's value and the file of it are one key. */
static bool is_repeat(struct load *load, struct hub_str key)
{
	if (hub_config_secret_of(key).len)
		key = hub_config_secret_of(key);
	for (uint32_t i = 0; i < load->seen_count; i++)
		if (hub_str_eq(load->seen[i], key))
			return true;
	if (load->seen_count < sizeof(load->seen) / sizeof(load->seen[0]))
		load->seen[load->seen_count++] = key;
	return false;
}

static void take_line(struct load *load, const char *place, struct hub_str line)
{
	line = trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return;
	const char *equals = memchr(line.data, '=', line.len);
	if (!equals) {
		complain(load, place, "expected key = value");
		return;
	}
	uint32_t at = (uint32_t)(equals - line.data);
	struct hub_str key = trim((struct hub_str){ line.data, at });
	struct hub_str value = trim((struct hub_str){ equals + 1, line.len - at - 1 });
	void *values;
	const struct hub_option *option = find_option(load, key, &values);
	const struct hub_option *secret = find_option(load, hub_config_secret_of(key), &values);
	if (memchr(value.data, '\0', value.len))
		complain(load, place, "the value holds a NUL byte");
	else if (is_repeat(load, key))
		complain(load, place, "this key was set before in this file");
	else if (hub_str_starts_with(key, HUB_STR("kafka.")))
		set_property(load, place, (struct hub_str){ key.data + 6, key.len - 6 }, value);
	else if (option)
		set_option(load, place, option, values, value);
	else if (secret && secret->secret)
		set_secret(load, place, key, secret, values, value);
	else
		complain_unknown(load, place, key, false);
}

static void take_file(struct load *load)
{
	const char *path = load->sources->path;
	FILE *file = fopen(path, "re");
	if (!file) {
		complain(load, path, strerror(errno));
		return;
	}
	char *text = hub_arena_alloc(load->config->arena, FILE_BYTES + 1);
	hub_check(text);
	size_t len = fread(text, 1, FILE_BYTES + 1, file);
	if (ferror(file))
		complain(load, path, strerror(errno));
	else if (len > FILE_BYTES)
		complain(load, path, "is larger than 1 MiB");
	fclose(file);
	size_t number = 1;
	for (size_t at = 0; len <= FILE_BYTES && at < len; number++) {
		char place[512];
		const char *end = memchr(text + at, '\n', len - at);
		size_t line = end ? (size_t)(end - (text + at)) : len - at;
		snprintf(place, sizeof(place), "%s:%zu", path, number);
		take_line(load, place, (struct hub_str){ text + at, (uint32_t)line });
		at += line + 1;
	}
}

/* HUB_KAFKA_SASL_USERNAME: sasl.username. No property of librdkafka that can be set as text has an
 * underscore, but log_level, which is not worth a rule. */
static void take_kafka_variable(
        struct load *load, const char *place, struct hub_str name, struct hub_str value)
{
	char property[128];
	uint32_t len = name.len < sizeof(property) ? name.len : sizeof(property);
	for (uint32_t i = 0; i < len; i++)
		property[i] = name.data[i] == '_' ? '.' : (char)tolower((unsigned char)name.data[i]);
	set_property(load, place, (struct hub_str){ property, len }, value);
}

static void take_variable(struct load *load, const char *place, struct hub_str name, struct hub_str value)
{
	void *values;
	const struct hub_option *option = find_variable(load, name, &values);
	const struct hub_option *secret = find_variable(load, hub_config_secret_of(name), &values);
	if (hub_str_starts_with(name, HUB_STR("HUB_KAFKA_")))
		take_kafka_variable(load, place, (struct hub_str){ name.data + 10, name.len - 10 }, value);
	else if (option)
		set_option(load, place, option, values, value);
	else if (secret && secret->secret)
		set_secret(load, place, name, secret, values, value);
	else
		complain_unknown(load, place, name, true);
}

static void take_environment(struct load *load)
{
	for (const char *const *variable = load->sources->environment; variable && *variable; variable++) {
		struct hub_str whole = hub_str_from(*variable);
		const char *equals = strchr(*variable, '=');
		if (!equals || !hub_str_starts_with(whole, HUB_STR("HUB_")) ||
		        hub_str_starts_with(whole, HUB_STR("HUB_TEST_")))
			continue;
		struct hub_str name = { *variable, (uint32_t)(equals - *variable) };
		if (hub_str_is(name, "HUB_CONFIG"))
			continue; /* the file's path: the caller has looked */
		struct hub_str value = hub_str_from(equals + 1);
		const char *place = copy_text(load, name);
		take_variable(load, place, name, value);
	}
}

static void take_defaults(struct load *load)
{
	for (uint32_t p = 0; p < load->part_count; p++)
		for (uint32_t i = 0; i < load->parts[p].count; i++) {
			const struct hub_option *option = &load->parts[p].options[i];
			int code = hub_option_store(option, option->fallback, load->parts[p].values, NULL);
			hub_check(code == HUB_OK);
		}
}

int hub_config_load(const struct hub_config_sources *sources, const struct hub_config_part *parts,
        uint32_t part_count, struct hub_config **ret, struct hub_error *reterr)
{
	struct load *load = calloc(1, sizeof(*load));
	struct hub_config *config = calloc(1, sizeof(*config));
	hub_check(load && config);
	config->arena = hub_arena_new(MEMORY);
	hub_check(config->arena);
	*load = (struct load){
		.config = config, .sources = sources, .parts = parts, .part_count = part_count
	};
	take_defaults(load);
	if (sources->path)
		take_file(load);
	take_environment(load);
	uint32_t wrong = load->wrong;
	free(load);
	if (wrong) {
		hub_config_free(config);
		return hub_error_set(reterr, HUB_E_INVALID, sources->path ? sources->path : "environment",
		        "%u mistakes in the configuration", wrong);
	}
	*ret = config;
	return HUB_OK;
}

void hub_config_free(struct hub_config *config)
{
	if (!config)
		return;
	hub_arena_free(config->arena);
	free(config);
}

struct hub_kafka_properties hub_config_kafka(const struct hub_config *config)
{
	return (struct hub_kafka_properties){ .items = config->properties, .count = config->property_count };
}
