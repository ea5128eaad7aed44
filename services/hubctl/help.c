/* The pages of `hubctl help`, from the tables of commands and options. */
#include "hubctl/args.h"
#include "hubctl/text.h"

#include <stdio.h>

enum { PAGE = 80, TEXT_AT = 28 };

static void put_entry(struct hub_buf *out, const char *left, const char *text)
{
	int pad = (int)(TEXT_AT - 2 - strlen(left));
	if (pad < 2)
		hub_buf_printf(out, "  %s\n%*s", left, TEXT_AT, "");
	else
		hub_buf_printf(out, "  %s%*s", left, pad, "");
	hubctl_text_wrap(out, hub_str_from(text), PAGE - TEXT_AT, TEXT_AT);
	hub_buf_text(out, "\n");
}

static void put_options(struct hub_buf *out, const char *title, const struct hubctl_option *options)
{
	if (!options || !options->name)
		return;
	hub_buf_printf(out, "\n%s\n", title);
	for (; options->name; options++) {
		char left[64];
		snprintf(left, sizeof(left), "--%s%s%s", options->name, options->value ? " " : "",
		        options->value ? options->value : "");
		put_entry(out, left, options->help);
	}
}

static void put_indented(struct hub_buf *out, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");
		hub_buf_printf(out, "%s%.*s\n", n ? "  " : "", (int)n, lines);
		lines += n + (lines[n] != 0);
	}
}

void hubctl_help_command(
        const struct hubctl_command *command, const struct hubctl_option *globals, struct hub_buf *out)
{
	bool operands = command->operands && *command->operands;
	hub_buf_printf(out, "hubctl %s%s%s%s\n  %s\n", command->name, operands ? " " : "",
	        operands ? command->operands : "",
	        command->options && command->options->name ? " [OPTION...]" : "", command->summary);
	if (command->about) {
		hub_buf_text(out, "\n");
		put_indented(out, command->about);
	}
	put_options(out, "Options", command->options);
	put_options(out, "Options of every command", globals);
	if (command->examples) {
		hub_buf_text(out, "\nExamples\n");
		put_indented(out, command->examples);
	}
}

void hubctl_help_all(
        const struct hubctl_command *commands, const struct hubctl_option *globals, struct hub_buf *out)
{
	hub_buf_text(out, "hubctl COMMAND [OPTION...]\n  The operators' tool of the county hub: topics, "
	                  "reference data, events, "
	                  "state.\n\nCommands\n");
	for (; commands->name; commands++) {
		char left[64];
		snprintf(left, sizeof(left), "%s %s", commands->name,
		        commands->operands ? commands->operands : "");
		for (size_t n = strlen(left); n > 0 && left[n - 1] == ' '; n--)
			left[n - 1] = 0;
		put_entry(out, left, commands->summary);
	}
	put_options(out, "Options of every command", globals);
	hub_buf_text(out, "\nMore: hubctl help COMMAND, hubctl help exit-codes, hubctl help configuration\n");
}
