#include "daemon/daemon.h"

#include "base/check.h"
#include "daemon/arguments.h"
#include "daemon/help.h"
#include "daemon/options.h"
#include "daemon/run.h"
#include "log/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum { PARTS = 2, HELP_BYTES = 1 << 20 };

static void print(FILE *file, const struct hub_buf *text)
{
	fwrite(text->data, 1, text->len, file);
}

static void complain(void *user, const char *place, const char *text)
{
	fprintf(stderr, "%s: %s: %s\n", (const char *)user, place, text);
}

static int show_help(
        const struct hub_daemon_spec *spec, const struct hub_config_part parts[PARTS], bool markdown)
{
	const struct hub_help_page page = {
		.name = spec->core->name,
		.summary = spec->summary,
		.verbs = "",
		.exits = "      75 cannot go on and is to be started again (always safe)\n",
		.parts = parts,
		.part_count = PARTS,
	};
	struct hub_buf text;
	hub_buf_init(&text, HELP_BYTES);
	if (markdown)
		hub_help_markdown(&page, &text);
	else
		hub_help_text(&page, &text);
	print(stdout, &text);
	hub_buf_done(&text);
	return HUB_EXIT_OK;
}

static int wrong_arguments(const struct hub_daemon_spec *spec, const char *mistake)
{
	fprintf(stderr, "hub-%s: there is no argument %s here; see --help\n", spec->core->name, mistake);
	return HUB_EXIT_USAGE;
}

/* What no table can know. */
static uint32_t check_together(const struct hub_daemon_spec *spec, const struct hub_daemon_options *options,
        const struct hub_config *config, char *name)
{
	struct hub_kafka_properties kafka = hub_config_kafka(config);
	uint32_t wrong = 0;
	if (!hub_kafka_property_get(&kafka, "bootstrap.servers")) {
		complain(name, "kafka.bootstrap.servers",
		        "is not set: which Kafka? e.g. kafka.bootstrap.servers = 127.0.0.1:9092");
		wrong++;
	}
	if (options->write_version > spec->core->state_version) {
		char text[128];
		snprintf(text, sizeof(text), "this program knows state records up to version %d",
		        spec->core->state_version);
		complain(name, "state.write_version", text);
		wrong++;
	}
	return wrong;
}

static void default_instance(struct hub_daemon_options *options, char host[256])
{
	if (*options->instance)
		return;
	if (gethostname(host, 255) != 0 || hub_daemon_check_name(host, NULL) != HUB_OK || !*host)
		snprintf(host, 255, "1");
	options->instance = host;
}

static int configured(const struct hub_daemon_spec *spec, struct hub_arguments arguments, char *name)
{
	struct hub_daemon_options options = { 0 };
	const struct hub_config_part parts[PARTS] = {
		hub_daemon_option_part(&options),
		{ spec->options, spec->option_count, spec->option_values },
	};
	if (arguments.verb == HUB_VERB_HELP || arguments.verb == HUB_VERB_MARKDOWN)
		return show_help(spec, parts, arguments.verb == HUB_VERB_MARKDOWN);
	const struct hub_config_sources sources = {
		.path = arguments.config ? arguments.config : getenv("HUB_CONFIG"),
		.environment = (const char *const *)environ,
		.complain = complain,
		.user = name,
	};
	struct hub_config *config;
	char host[256] = "";
	if (hub_config_load(&sources, parts, PARTS, &config, NULL) != HUB_OK)
		return HUB_EXIT_USAGE;
	int exit_code = HUB_EXIT_OK;
	default_instance(&options, host);
	if (check_together(spec, &options, config, name))
		exit_code = HUB_EXIT_USAGE;
	else if (arguments.verb == HUB_VERB_CHECK)
		printf("%s: the configuration is complete\n", name);
	else
		exit_code = hub_daemon_run(spec, &options, hub_config_kafka(config));
	hub_config_free(config);
	return exit_code;
}

/* A core that lacks something would end the process at its first event, not here. */
static void check_core(const struct hub_core *core)
{
	hub_check(
	        core->name && core->inputs && core->inputs[0].name && core->outputs && core->outputs[0].name);
	hub_check(core->table && core->table->schemas && core->table->index);
	hub_check(core->policy_new && core->policy_free && core->decide && core->fire && core->project);
}

int hub_daemon_main(const struct hub_daemon_spec *spec, int argc, char **argv)
{
	check_core(spec->core);
	struct hub_arguments arguments = hub_arguments_parse(argc, (const char *const *)argv);
	char name[100];
	snprintf(name, sizeof(name), "hub-%s", spec->core->name);
	if (arguments.verb == HUB_VERB_WRONG)
		return wrong_arguments(spec, arguments.mistake);
	if (arguments.verb == HUB_VERB_VERSION) {
		printf("%s %s\n", name, HUB_VERSION);
		return HUB_EXIT_OK;
	}
	/* Redis or a scraper that goes away is an error of a call, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	return configured(spec, arguments, name);
}
