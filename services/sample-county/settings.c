#include "sample-county/settings.h"

#include <stdio.h>
#include <string.h>

extern char **environ;

enum { VARIABLES = 64, VARIABLE_BYTES = 4096 };

struct ignored {
/* clang-format off */
#include "config/as_members.h"
#include "sample-county/settings.def"
	/* clang-format on */
};

static const struct hub_option options[] = {
/* clang-format off */
#define HUB_OPTIONS_STRUCT struct ignored
#include "config/as_options.h"
#include "sample-county/settings.def"
#undef HUB_OPTIONS_STRUCT
	/* clang-format on */
};

static const char servers_variable[] = "HUB_KAFKA_BOOTSTRAP_SERVERS=";

static void complain(void *user, const char *place, const char *text)
{
	(void)user;
	fprintf(stderr, "sample-county: %s: %s\n", place, text);
}

/* What is set twice is taken as it was set last. */
static void take_environment(const char *servers, char *entry, const char *variables[VARIABLES + 2])
{
	uint32_t count = 0;
	for (char **at = environ; *at && count < VARIABLES; at++)
		if (strncmp(*at, "HUB_KAFKA_", 10) == 0)
			variables[count++] = *at;
	if (servers) {
		snprintf(entry, VARIABLE_BYTES, "%s%s", servers_variable, servers);
		variables[count++] = entry;
	}
	variables[count] = NULL;
}

int sample_settings_load(
        const char *path, const char *servers, struct sample_settings *ret, struct hub_error *reterr)
{
	struct ignored ignored;
	const struct hub_config_part part = { options, sizeof(options) / sizeof(options[0]), &ignored };
	const char *variables[VARIABLES + 2];
	char entry[VARIABLE_BYTES];
	*ret = (struct sample_settings){ 0 };
	take_environment(servers, entry, variables);
	struct hub_config_sources sources = { .path = path, .environment = variables, .complain = complain };
	int rc = hub_config_load(&sources, &part, 1, &ret->config, reterr);
	if (rc)
		return rc;
	ret->kafka = hub_config_kafka(ret->config);
	return hub_kafka_property_get(&ret->kafka, "bootstrap.servers")
	               ? HUB_OK
	               : hub_error_set(reterr, HUB_E_INVALID, "--kafka",
	                         "which broker? e.g. --kafka 127.0.0.1:9092");
}

void sample_settings_done(struct sample_settings *settings)
{
	hub_config_free(settings->config);
}
