#include "hubctl/settings.h"

#include "redis/redis.h"

#include <ctype.h>
#include <stdio.h>

enum { ENVIRONMENT_MAX = 512 };

static const char servers_name[] = "bootstrap.servers";

static int check_prefix(const char *text, struct hub_error *reterr)
{
	for (const char *at = text; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
			return hub_error_set(reterr, HUB_E_INVALID, "",
			        "expected letters, digits, \".\", \"_\" and \"-\"");
	return HUB_OK;
}

static const struct hub_option options[] = {
/* clang-format off */
#define HUB_OPTIONS_STRUCT struct hubctl_settings
#include "config/as_options.h"
#include "hubctl/settings.def"
#undef HUB_OPTIONS_STRUCT
	/* clang-format on */
};

/* Options of the command line that are settings, as the keys that they stand for. */
static const struct {
	const char *option;
	const char *key;
} flags[] = {
	{ "kafka", "kafka.bootstrap.servers" },
	{ "redis", "redis.address" },
	{ "prefix", "topic.prefix" },
	{ "daemons", "daemons" },
	{ "timeout", "timeout.ms" },
};

/* The environment that the configuration is to see, with what wins put in. */
struct environment {
	struct hub_arena *arena;
	const char *entries[ENVIRONMENT_MAX + 1];
	uint32_t count;
};

static bool same_variable(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");
	return strncmp(a, b, n) == 0 && b[n] == '=';
}

static void put(struct environment *env, const char *entry)
{
	for (uint32_t i = 0; i < env->count; i++)
		if (same_variable(entry, env->entries[i])) {
			env->entries[i] = entry;
			return;
		}
	if (env->count < ENVIRONMENT_MAX)
		env->entries[env->count++] = entry;
}

/* "topic.prefix", "yy.": HUB_TOPIC_PREFIX=yy. */
static const char *entry_of(struct environment *env, const char *key, const char *value)
{
	char name[128];
	snprintf(name, sizeof(name), "HUB_%s", key);
	for (char *at = name; *at; at++)
		*at = *at == '.' ? '_' : (char)toupper((unsigned char)*at);
	struct hub_str entry = hub_arena_printf(env->arena, "%s=%s", name, value);
	return entry.len ? entry.data : "";
}

/* "HUB_REDIS_PASSWORD=..." for redis.password, and HUB_REDIS_PASSWORD_FILE since that is a secret. */
static bool is_variable_of(struct environment *env, const struct hub_option *option, const char *variable)
{
	char in_file[128];
	snprintf(in_file, sizeof(in_file), "%s.file", option->name);
	return same_variable(entry_of(env, option->name, ""), variable) ||
	       (option->secret && same_variable(entry_of(env, in_file, ""), variable));
}

/* Daemons have settings of their own in the same environment, and refuse what they do not know: only ours are
 * taken, and HUBCTL_X is HUB_X for hubctl alone. */
static void take_environment(struct environment *env, const char *const *environment)
{
	for (const char *const *at = environment; *at; at++) {
		bool known = strncmp(*at, "HUB_KAFKA_", 10) == 0;
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
			known = known || is_variable_of(env, &options[i], *at);
		if (known)
			put(env, *at);
	}
	for (const char *const *at = environment; *at; at++)
		if (strncmp(*at, "HUBCTL_", 7) == 0 && !same_variable("HUBCTL_CONFIG=", *at)) {
			struct hub_str entry = hub_arena_printf(env->arena, "HUB_%s", *at + 7);
			put(env, entry.len ? entry.data : "");
		}
}

static const char *file_of(const struct hubctl_args *args, const char *const *environment)
{
	const char *file = hubctl_arg(args, "config");
	for (; !file && *environment; environment++)
		if (same_variable("HUBCTL_CONFIG=", *environment))
			file = *environment + strlen("HUBCTL_CONFIG=");
	return file && *file ? file : NULL;
}

/* Property names and values are the configuration's; bootstrap.servers is added when nobody set it. */
static void set_kafka(struct hubctl_settings *settings, struct hub_arena *arena)
{
	settings->kafka = hub_config_kafka(settings->config);
	if (hub_kafka_property_get(&settings->kafka, servers_name))
		return;
	struct hub_kafka_property *items =
	        hub_arena_alloc(arena, (settings->kafka.count + 1) * sizeof(*items));
	if (!items)
		return;
	for (uint32_t i = 0; i < settings->kafka.count; i++)
		items[i] = settings->kafka.items[i];
	items[settings->kafka.count] = (struct hub_kafka_property){ servers_name, "127.0.0.1:9092" };
	settings->kafka = (struct hub_kafka_properties){ .items = items, .count = settings->kafka.count + 1 };
}

int hubctl_settings_load(const struct hubctl_args *args, const char *const *environment,
        struct hub_arena *arena, hub_config_complaint_fn *complain, struct hubctl_settings *ret,
        struct hub_error *reterr)
{
	*ret = (struct hubctl_settings){ 0 };
	struct environment *env = hub_arena_alloc(arena, sizeof(*env));
	if (!env)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	env->arena = arena;
	take_environment(env, environment);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (hubctl_arg(args, flags[i].option))
			put(env, entry_of(env, flags[i].key, hubctl_arg(args, flags[i].option)));
	struct hub_config_sources sources = {
		.path = file_of(args, environment), .environment = env->entries, .complain = complain
	};
	struct hub_config_part part = { options, sizeof(options) / sizeof(options[0]), ret };
	int result = hub_config_load(&sources, &part, 1, &ret->config, reterr);
	if (!result)
		set_kafka(ret, arena);
	return result;
}

void hubctl_settings_done(struct hubctl_settings *settings)
{
	hub_config_free(settings->config);
}

int hubctl_redis_open(
        const struct hubctl_settings *settings, struct hub_redis **ret, struct hub_error *reterr)
{
	const struct hub_redis_options redis = {
		.address = settings->redis_address,
		.username = settings->redis_username,
		.password = settings->redis_password,
		.tls = settings->redis_tls,
		.tls_ca = settings->redis_tls_ca,
		.database = (int)settings->redis_database,
		.timeout_ms = (int)settings->timeout_ms,
	};
	return hub_redis_open(&redis, ret, reterr);
}

void hubctl_settings_help(struct hub_buf *out)
{
	struct hub_config_part part = { options, sizeof(options) / sizeof(options[0]), NULL };
	hub_buf_text(out, "Settings come from --config FILE (or HUBCTL_CONFIG), lines of `key = value`;\n"
	                  "over it the environment, where key a.b is HUB_A_B, or HUBCTL_A_B for hubctl\n"
	                  "alone; over it the options of the command line. Variables that only daemons\n"
	                  "know are left alone.\n"
	                  "\n"
	                  "The broker is kafka.bootstrap.servers (HUB_KAFKA_BOOTSTRAP_SERVERS, --kafka;\n"
	                  "default 127.0.0.1:9092); SASL and TLS are kafka.security.protocol and so on.\n"
	                  "\n");
	hub_config_help(&part, 1, out);
}
