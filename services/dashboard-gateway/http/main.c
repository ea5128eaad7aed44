/* dashboard-gateway as a program: arguments, configuration, exit codes. */
#include "config/config.h"
#include "daemon/arguments.h"
#include "daemon/daemon.h"
#include "daemon/help.h"
#include "dashboard-gateway/http/gateway.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum { HELP_BYTES = 1 << 20, PATH_BYTES = 4096 };

static const char program[] = "hub-dashboard-gateway";

static void complain(void *user, const char *place, const char *text)
{
	(void)user;
	fprintf(stderr, "%s: %s: %s\n", program, place, text);
}

static int show_help(const struct hub_config_part *part, bool markdown)
{
	const struct hub_help_page page = {
		.name = "dashboard-gateway",
		.summary = "the page and the HTTP surface of control centres, referral desks and walls",
		.verbs = "  --hash-password  reads a password (one line), prints its hash for the users' "
		         "file\n",
		.exits = "      75 could not stop in time\n",
		.parts = part,
		.part_count = 1,
	};
	struct hub_buf text;
	hub_buf_init(&text, HELP_BYTES);
	if (markdown)
		hub_help_markdown(&page, &text);
	else
		hub_help_text(&page, &text);
	fwrite(text.data, 1, text.len, stdout);
	hub_buf_done(&text);
	return HUB_EXIT_OK;
}

/* What no table can know. */
static int check_together(const struct gateway_options *options, struct hub_kafka_properties kafka)
{
	int wrong = 0;
	if (!hub_kafka_property_get(&kafka, "bootstrap.servers")) {
		complain(NULL, "kafka.bootstrap.servers",
		        "is not set: which Kafka? e.g. kafka.bootstrap.servers = 127.0.0.1:9092");
		wrong++;
	}
	if (!*options->users_file && !*options->oidc_issuer) {
		complain(NULL, "auth.users", "nobody could sign in: give auth.users or oidc.issuer");
		wrong++;
	}
	if (*options->oidc_issuer && (!*options->oidc_jwks || !*options->oidc_audience)) {
		complain(NULL, "oidc.jwks", "oidc.issuer needs oidc.jwks and oidc.audience");
		wrong++;
	}
	return wrong;
}

/* Beside the users' file, since both belong to one hub. */
static void default_session_key(struct gateway_options *options, char path[PATH_BYTES])
{
	const char *slash = strrchr(options->users_file, '/');
	if (*options->session_key_file || !*options->users_file)
		return;
	int folder = slash ? (int)(slash - options->users_file) + 1 : 0;
	snprintf(path, PATH_BYTES, "%.*ssession.key", folder, options->users_file);
	options->session_key_file = path;
}

static int configured(struct hub_arguments arguments)
{
	struct gateway_options options = { 0 };
	const struct hub_config_part part = gateway_option_part(&options);
	if (arguments.verb == HUB_VERB_HELP || arguments.verb == HUB_VERB_MARKDOWN)
		return show_help(&part, arguments.verb == HUB_VERB_MARKDOWN);
	const struct hub_config_sources sources = {
		.path = arguments.config ? arguments.config : getenv("HUB_CONFIG"),
		.environment = (const char *const *)environ,
		.complain = complain,
	};
	struct hub_config *config;
	char path[PATH_BYTES];
	if (hub_config_load(&sources, &part, 1, &config, NULL) != HUB_OK)
		return HUB_EXIT_USAGE;
	int exit_code = HUB_EXIT_OK;
	default_session_key(&options, path);
	if (check_together(&options, hub_config_kafka(config)))
		exit_code = HUB_EXIT_USAGE;
	else if (arguments.verb == HUB_VERB_CHECK)
		printf("%s: the configuration is complete\n", program);
	else
		exit_code = gateway_run(&options, hub_config_kafka(config));
	hub_config_free(config);
	return exit_code;
}

static int hash_password(void)
{
	struct hub_error error = { 0 };
	if (gateway_auth_hash_password(STDIN_FILENO, STDOUT_FILENO, &error) == HUB_OK)
		return HUB_EXIT_OK;
	fprintf(stderr, "%s: %s\n", program, error.text);
	return HUB_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--hash-password") == 0)
		return hash_password();
	struct hub_arguments arguments = hub_arguments_parse(argc, (const char *const *)argv);
	if (arguments.verb == HUB_VERB_WRONG) {
		fprintf(stderr, "%s: there is no argument %s here; see --help\n", program, arguments.mistake);
		return HUB_EXIT_USAGE;
	}
	if (arguments.verb == HUB_VERB_VERSION) {
		printf("%s %s\n", program, HUB_VERSION);
		return HUB_EXIT_OK;
	}
	/* A reader that goes away is an error of a call, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	return configured(arguments);
}
