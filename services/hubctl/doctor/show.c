#include "hubctl/doctor/show.h"

#include "hubctl/doctor/checks.h"
#include "hubctl/text.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_AT = 9, TEXT_AT = 24 };

static const char *const marks[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_NOTE] = "note",
	[DOCTOR_FAULT] = "FAULT",
	[DOCTOR_FOLLOWS] = "-",
	[DOCTOR_UNASKED] = "-",
};

/* A word where a check's name stands, and text behind it. */
static void put_line(
        struct hub_buf *out, const char *mark, const char *word, struct hub_str text, uint32_t width)
{
	hub_buf_printf(out, "  %-*s%-*s", NAME_AT - 2, mark, TEXT_AT - NAME_AT, word);
	hubctl_text_wrap(out, text, width > TEXT_AT + 20 ? width - TEXT_AT : 20, TEXT_AT);
	hub_buf_text(out, "\n");
}

/* Whole lines, however long: they are copied. */
static void put_commands(struct hub_buf *out, struct hub_str commands)
{
	while (commands.len) {
		const char *end = memchr(commands.data, '\n', commands.len);
		uint32_t n = end ? (uint32_t)(end - commands.data) : commands.len;
		hub_buf_printf(out, "%*s$ ", NAME_AT, "");
		hubctl_text_put(out, (struct hub_str){ commands.data, n });
		hub_buf_text(out, "\n");
		n += end != NULL;
		commands = (struct hub_str){ commands.data + n, commands.len - n };
	}
}

static void put_finding(struct hub_buf *out, const struct doctor_finding *finding, bool named, uint32_t width)
{
	put_line(out, marks[finding->level], named ? doctor_checks[finding->check].name : "", finding->seen,
	        width);
	if (finding->level != DOCTOR_FAULT)
		return;
	put_line(out, "", "cause", finding->cause, width);
	put_line(out, "", "next", finding->next, width);
	put_commands(out, finding->commands);
}

/* Every check that was not asked for the same reason is named in one line, where the first of them stands. */
static bool put_unasked(
        struct hub_buf *out, const struct doctor_findings *findings, uint32_t at, uint32_t width)
{
	const struct doctor_finding *first = &findings->items[at];
	struct hub_str text = { NULL, 0 };
	if (first->level != DOCTOR_UNASKED || !doctor_checks[first->check].needs)
		return false;
	for (uint32_t i = 0; i < findings->count; i++) {
		const struct doctor_finding *other = &findings->items[i];
		if (other->level != DOCTOR_UNASKED || !hub_str_eq(other->seen, first->seen))
			continue;
		if (i < at)
			return true;
		text = hub_arena_printf(findings->arena, "%.*s%s%s", HUB_STR_ARG(text), text.len ? ", " : "",
		        doctor_checks[other->check].name);
	}
	text = hub_arena_printf(findings->arena, "%.*s: %.*s", HUB_STR_ARG(first->seen), HUB_STR_ARG(text));
	put_line(out, marks[DOCTOR_UNASKED], "not asked", text, width);
	return true;
}

/* A heading for a group of which something is shown. */
static void put_group(
        struct hub_buf *out, const struct doctor_findings *findings, const char *group, uint32_t width)
{
	size_t began = out->len;
	uint32_t last = UINT32_MAX;
	hub_buf_printf(out, "%s\n", group);
	size_t head = out->len;
	for (uint32_t i = 0; i < findings->count; i++) {
		const struct doctor_finding *finding = &findings->items[i];
		if (strcmp(doctor_checks[finding->check].group, group) != 0 ||
		        put_unasked(out, findings, i, width))
			continue;
		put_finding(out, finding, finding->check != last, width);
		last = finding->check;
	}
	if (out->len == head)
		out->len = began;
}

static void put_sum(const struct doctor_findings *findings, int64_t took_ms, struct hub_buf *out)
{
	uint32_t unasked = 0;
	for (uint32_t i = 0; i < findings->count; i++)
		unasked += findings->items[i].level == DOCTOR_UNASKED;
	if (findings->faults == 1)
		hub_buf_text(out, "\n1 fault");
	else if (findings->faults)
		hub_buf_printf(out, "\n%u faults: begin with the first", findings->faults);
	else
		hub_buf_text(out, "\nall well");
	if (unasked)
		hub_buf_printf(out, "; %u of %u checks not asked", unasked, doctor_check_count);
	else
		hub_buf_printf(out, "; %u checks", doctor_check_count);
	hub_buf_printf(out, ", %" PRId64 ".%" PRId64 " s\n", took_ms / 1000, took_ms % 1000 / 100);
}

void doctor_show(const struct doctor_findings *findings, int64_t took_ms, uint32_t width, struct hub_buf *out)
{
	const char *group = "";
	for (uint32_t i = 0; i < doctor_check_count; i++) {
		if (strcmp(doctor_checks[i].group, group) == 0)
			continue;
		group = doctor_checks[i].group;
		put_group(out, findings, group, width);
	}
	put_sum(findings, took_ms, out);
}

static json_t *text_json(struct hub_str text)
{
	json_t *json = json_stringn(text.len ? text.data : "", text.len);
	return json ? json : json_string("?");
}

static json_t *commands_json(struct hub_str commands)
{
	json_t *list = json_array();
	while (commands.len) {
		const char *end = memchr(commands.data, '\n', commands.len);
		uint32_t n = end ? (uint32_t)(end - commands.data) : commands.len;
		json_array_append_new(list, text_json((struct hub_str){ commands.data, n }));
		n += end != NULL;
		commands = (struct hub_str){ commands.data + n, commands.len - n };
	}
	return list;
}

static json_t *finding_json(const struct doctor_finding *finding)
{
	static const char *const levels[] = { "ok", "note", "fault", "follows", "not asked" };
	json_t *json = json_object();
	json_object_set_new(json, "group", json_string(doctor_checks[finding->check].group));
	json_object_set_new(json, "check", json_string(doctor_checks[finding->check].name));
	json_object_set_new(json, "result", json_string(levels[finding->level]));
	json_object_set_new(json, "seen", text_json(finding->seen));
	if (finding->level == DOCTOR_FAULT) {
		json_object_set_new(json, "fault", json_string(doctor_faults[finding->fault].id));
		json_object_set_new(json, "title", json_string(doctor_faults[finding->fault].title));
		json_object_set_new(json, "cause", text_json(finding->cause));
		json_object_set_new(json, "next", text_json(finding->next));
		json_object_set_new(json, "commands", commands_json(finding->commands));
	}
	return json;
}

json_t *doctor_json(const struct doctor_findings *findings, int64_t took_ms)
{
	json_t *json = json_object(), *list = json_array();
	for (uint32_t i = 0; i < findings->count; i++)
		json_array_append_new(list, finding_json(&findings->items[i]));
	json_object_set_new(json, "well", json_boolean(findings->faults == 0));
	json_object_set_new(json, "faults", json_integer(findings->faults));
	json_object_set_new(json, "took_ms", json_integer((json_int_t)took_ms));
	json_object_set_new(json, "checks", list);
	return json;
}

/* {NAME} as NAME; a bar would end the cell. */
static void put_cell(struct hub_buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '|')
			hub_buf_text(out, "\\|");
		else if (*text != '{' && *text != '}')
			hub_buf_byte(out, (uint8_t)*text);
}

static void put_command_cell(struct hub_buf *out, const char *commands)
{
	for (const char *at = commands; *at;) {
		size_t n = strcspn(at, "\n");
		char command[512];
		size_t room = n < sizeof(command) ? n : sizeof(command) - 1;
		memcpy(command, at, room);
		command[room] = 0;
		hub_buf_text(out, at == commands ? ": `" : ", `");
		put_cell(out, command);
		hub_buf_text(out, "`");
		at += n + (at[n] != 0);
	}
}

void doctor_show_table(struct hub_buf *out)
{
	hub_buf_text(out, "| fault | probable cause | next step |\n|---|---|---|\n");
	for (int i = DOCTOR_NO_FAULT + 1; i < DOCTOR_FAULTS; i++) {
		hub_buf_printf(out, "| %s | ", doctor_faults[i].title);
		put_cell(out, doctor_faults[i].cause);
		hub_buf_text(out, " | ");
		put_cell(out, doctor_faults[i].next);
		put_command_cell(out, doctor_faults[i].commands);
		hub_buf_text(out, " |\n");
	}
}
