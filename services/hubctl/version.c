/* hubctl version, and hubctl help. */
#include "hubctl/commands.h"
#include "hubctl/hubctl.h"
#include "records/catalogue.h"

#include <librdkafka/rdkafka.h>

int hubctl_version(struct hubctl *hubctl)
{
	if (!hubctl->json) {
		hub_buf_printf(&hubctl->out, "hubctl %s (librdkafka %s, jansson %s; %u record types)\n",
		        HUB_VERSION, rd_kafka_version_str(), JANSSON_VERSION, hub_all_schemas.count);
		return HUBCTL_DONE;
	}
	json_t *json = json_object();
	json_object_set_new(json, "version", json_string(HUB_VERSION));
	json_object_set_new(json, "librdkafka", json_string(rd_kafka_version_str()));
	json_object_set_new(json, "jansson", json_string(JANSSON_VERSION));
	json_object_set_new(json, "record_types", json_integer(hub_all_schemas.count));
	hubctl_put_json(hubctl, json);
	return HUBCTL_DONE;
}

static int help_exit_codes(struct hubctl *hubctl)
{
	size_t count;
	const struct hubctl_exit_text *texts = hubctl_exit_texts(&count);
	static const struct hubctl_column columns[] = {
		{ "CODE", HUBCTL_KEEP, true },
		{ "NAME", HUBCTL_KEEP, false },
		{ "MEANING", HUBCTL_WRAP, false },
	};
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 3);
	for (size_t i = 0; i < count; i++) {
		hubctl_grid_number(grid, texts[i].code);
		hubctl_grid_text(grid, texts[i].name);
		hubctl_grid_text(grid, texts[i].meaning);
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
	return HUBCTL_DONE;
}

/* "registry" alone: every command that begins so. */
static bool help_group(struct hubctl *hubctl, struct hub_str word)
{
	bool found = false;
	for (const struct hubctl_command *c = hubctl->commands; c->name; c++) {
		struct hub_str name = hub_str_from(c->name);
		if (!hub_str_starts_with(name, word) || name.len <= word.len || name.data[word.len] != ' ')
			continue;
		hub_buf_printf(&hubctl->out, "hubctl %s %s\n  %s\n", c->name, c->operands ? c->operands : "",
		        c->summary);
		found = true;
	}
	return found;
}

int hubctl_help(struct hubctl *hubctl)
{
	const struct hubctl_args *args = hubctl->args;
	if (args->operand_count == 0) {
		hubctl_help_all(hubctl->commands, hubctl->globals, &hubctl->out);
		return HUBCTL_DONE;
	}
	struct hub_str words = args->operand_count > 1 ? hub_arena_printf(hubctl->arena, "%s %s",
	                                                         args->operands[0], args->operands[1])
	                                               : hub_str_from(args->operands[0]);
	if (hub_str_is(words, "exit-codes"))
		return help_exit_codes(hubctl);
	if (hub_str_is(words, "configuration")) {
		hubctl_settings_help(&hubctl->out);
		return HUBCTL_DONE;
	}
	const struct hubctl_command *command = hubctl_command_find(hubctl->commands, words);
	if (command) {
		hubctl_help_command(command, hubctl->globals, &hubctl->out);
		return HUBCTL_DONE;
	}
	if (help_group(hubctl, words))
		return HUBCTL_DONE;
	struct hub_error err = { 0 };
	hub_error_set(&err, HUB_E_INVALID, "", "no help on \"%.*s\"; hubctl help lists the commands",
	        HUB_STR_ARG(words));
	return hubctl_usage(hubctl, &err);
}
