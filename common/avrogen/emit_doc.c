#include "avrogen/emit.h"

#include <stdlib.h>
#include <string.h>

static void emit_cell(struct hub_buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|' || *text == '<')
			hub_buf_byte(out, '\\');
		hub_buf_byte(out, (uint8_t)*text);
	}
}

static void emit_topic(const struct gen_topic *topic, struct hub_buf *out)
{
	hub_buf_printf(out, "| `%s` | ", topic->name);
	emit_cell(out, topic->key);
	hub_buf_text(out, " | ");
	emit_cell(out, topic->writer);
	hub_buf_printf(out, " | %d | ", topic->partitions);
	for (uint32_t i = 0; i < topic->record_count; i++)
		hub_buf_printf(
		        out, "%s[%s](#%s)", i ? ", " : "", topic->records[i]->name, topic->records[i]->snake);
	hub_buf_text(out, " |\n");
}

static void emit_record_field(const struct gen_field *field, struct hub_buf *out)
{
	hub_buf_printf(out, "| `%s` | ", field->name);
	gen_emit_type_name(field, out);
	if (field->limit)
		hub_buf_printf(out, ", at most %u", field->limit);
	hub_buf_text(out, " | ");
	char *value = field->default_value ? json_dumps(field->default_value, JSON_ENCODE_ANY | JSON_COMPACT)
	                                   : NULL;
	hub_buf_text(out, value ? value : "");
	free(value);
	hub_buf_text(out, " | ");
	emit_cell(out, field->doc);
	hub_buf_text(out, field->personal ? " *Personal.*" : "");
	hub_buf_text(out, " |\n");
}

static void emit_type(const struct gen_type *type, struct hub_buf *out)
{
	hub_buf_printf(out, "\n<a id=\"%s\"></a>\n### %s\n`%s`. ", type->snake, type->name, type->full_name);
	emit_cell(out, type->doc);
	hub_buf_text(out, "\n");
	if (type->is_enum) {
		hub_buf_text(out, "\nSymbols:");
		for (uint32_t i = 0; i < type->symbol_count; i++)
			hub_buf_printf(out, " `%s`", type->symbols[i]);
		hub_buf_text(out, "\n");
		return;
	}
	for (uint32_t i = 0; i < type->part_count; i++)
		hub_buf_printf(out, "\nBegins with the fields of [%s](#%s).\n", type->parts[i].type->name,
		        type->parts[i].type->snake);
	if (type->own_field == type->field_count)
		return;
	hub_buf_text(out, "\n| field | type | default | |\n|---|---|---|---|\n");
	for (uint32_t i = type->own_field; i < type->field_count; i++)
		emit_record_field(&type->fields[i], out);
}

void gen_emit_doc(const struct gen_model *model, const struct gen_topics *topics, struct hub_buf *out)
{
	hub_buf_text(out, "# Topics and records\n\nGenerated from `schemas/`. A value on a topic is Avro in "
	                  "single-object "
	                  "framing; a field without a default must be sent.\n\n## Topics\n\n| topic | key | "
	                  "writer | partitions | records |\n"
	                  "|---|---|---|---|---|\n");
	for (uint32_t i = 0; i < topics->count; i++)
		emit_topic(&topics->items[i], out);
	const char *space = "";
	for (uint32_t i = 0; i < model->count; i++) {
		if (strcmp(space, model->types[i]->space) != 0) {
			space = model->types[i]->space;
			hub_buf_printf(out, "\n## %s\n", space);
		}
		emit_type(model->types[i], out);
	}
}
