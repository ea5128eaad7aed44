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

/* Prose: lines are joined and wrapped; a blank line ends a paragraph, a line that begins with a blank stands
 * as it is. */
static void put_prose(struct hub_buf *out, const char *text)
{
	struct hub_buf paragraph;
	hub_buf_init(&paragraph, 1 << 16);
	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		int n = (int)strcspn(line, "\n");
		bool prose = n && *line != ' ';
		if (prose)
			hub_buf_printf(&paragraph, "%s%.*s", paragraph.len ? " " : "", n, line);
		if (paragraph.len && (!prose || !line[n])) {
			hub_buf_text(out, "  ");
			hubctl_text_wrap(out, hub_buf_slice(&paragraph), PAGE - 2, 2);
			hub_buf_text(out, "\n");
			hub_buf_reset(&paragraph);
		}
		if (!prose)
			hub_buf_printf(out, "%s%.*s\n", n ? "  " : "", n, line);
	}
	hub_buf_done(&paragraph);
}

/* The records that a person may write, by their schemas. */
static void put_records(struct hub_buf *out, const struct hub_schema_set *records)
{
	struct hub_buf line;
	hub_buf_init(&line, 1 << 16);
	for (uint32_t i = 0; records && i < records->count; i++)
		if (records->schemas[i]->head != HUB_HEAD_NONE)
			hub_buf_printf(
			        &line, "%s%s", line.len ? ", " : "\nRecords: ", records->schemas[i]->name);
	hub_buf_byte(&line, 0);
	put_prose(out, line.data);
	hub_buf_done(&line);
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
		put_prose(out, command->about);
	}
	if (command->records)
		put_records(out, command->records);
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
