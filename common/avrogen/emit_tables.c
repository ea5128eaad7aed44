#include "avrogen/emit.h"

#include <stdlib.h>
#include <string.h>

void gen_emit_field(const struct gen_field *field, const char *target, const char *member, const char *nested,
        struct hub_buf *out)
{
	enum hub_type type = field->type == HUB_TYPE_ARRAY ? field->item_type : field->type;
	hub_buf_printf(out, "\t{ .name = \"%s\", .type = %s", field->name, gen_type_constant(field->type));
	if (field->type == HUB_TYPE_ARRAY)
		hub_buf_printf(out, ", .item_type = %s", gen_type_constant(field->item_type));
	if (target)
		hub_buf_printf(out, ",\n\t\t.offset = offsetof(struct hub_%s, %s)", target, member);
	else
		hub_buf_text(out, ", .offset = UINT32_MAX");
	if (field->nullable && target) {
		const char *dot = strrchr(member, '.');
		int path = dot ? (int)(dot - member + 1) : 0;
		hub_buf_printf(out, ", .has_offset = offsetof(struct hub_%s, %.*shas_%s)", target, path,
		        member, member + path);
	}
	if (field->type == HUB_TYPE_ARRAY && target)
		hub_buf_printf(
		        out, ",\n\t\t.item_size = sizeof(((struct hub_%s *)0)->%s.items[0])", target, member);
	static const char *const flags[] = { "nullable", "personal", "steers", "timestamp", "has_default" };
	const bool set[] = { field->nullable, field->personal, field->steers, field->timestamp,
		field->default_value != NULL };
	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		if (set[i])
			hub_buf_printf(out, ", .%s = true", flags[i]);
	}
	if (field->limit)
		hub_buf_printf(out, ", .limit = %u", field->limit);
	if (field->item_limit)
		hub_buf_printf(out, ", .item_limit = %u", field->item_limit);
	if (type == HUB_TYPE_RECORD)
		hub_buf_printf(out, ",\n\t\t.schema = &%s_schema", nested);
	if (type == HUB_TYPE_ENUM)
		hub_buf_printf(out, ",\n\t\t.enumeration = &%s_enum", nested);
	hub_buf_text(out, ",\n\t\t.doc = ");
	gen_emit_literal(out, field->doc);
	hub_buf_text(out, " },\n");
}

/* Whether the value in C differs from zeroed memory. */
static bool default_matters(const struct gen_field *field)
{
	const json_t *value = field->default_value;
	if (!value || field->nullable)
		return false;
	switch (field->type) {
	case HUB_TYPE_BOOLEAN:
		return json_is_true(value);
	case HUB_TYPE_INT:
	case HUB_TYPE_LONG:
		return json_integer_value(value) != 0;
	case HUB_TYPE_DOUBLE:
		return json_number_value(value) < 0 || json_number_value(value) > 0;
	case HUB_TYPE_STRING:
		return json_string_length(value) != 0;
	case HUB_TYPE_ENUM:
		return strcmp(json_string_value(value), "UNKNOWN") != 0;
	default:
		return false;
	}
}

static bool has_defaults(const struct gen_type *type)
{
	for (uint32_t i = 0; i < type->field_count; i++) {
		const struct gen_field *field = &type->fields[i];
		bool inside =
		        field->type == HUB_TYPE_RECORD && !field->nullable && has_defaults(field->named);
		if (inside || default_matters(field))
			return true;
	}
	return false;
}

static void emit_default(const struct gen_field *field, const char *path, struct hub_buf *out)
{
	const json_t *value = field->default_value;
	hub_buf_printf(out, "\t.%s%s = ", path, field->member);
	switch (field->type) {
	case HUB_TYPE_BOOLEAN:
		hub_buf_text(out, "true");
		break;
	case HUB_TYPE_DOUBLE:
		hub_buf_printf(out, "%.17g", json_number_value(value));
		break;
	case HUB_TYPE_STRING:
		hub_buf_text(out, "{ ");
		gen_emit_literal(out, json_string_value(value));
		hub_buf_printf(out, ", %zu }", json_string_length(value));
		break;
	case HUB_TYPE_ENUM:
		hub_buf_printf(out, "HUB_%s_%s", field->named->upper, json_string_value(value));
		break;
	default:
		hub_buf_printf(out, "INT64_C(%lld)", (long long)json_integer_value(value));
		break;
	}
	hub_buf_text(out, ",\n");
}

static void emit_defaults(const struct gen_type *type, const char *path, struct hub_buf *out)
{
	for (uint32_t i = 0; i < type->field_count; i++) {
		const struct gen_field *field = &type->fields[i];
		if (default_matters(field))
			emit_default(field, path, out);
		if (field->type != HUB_TYPE_RECORD || field->nullable || !has_defaults(field->named))
			continue;
		char inside[256];
		(void)snprintf(inside, sizeof(inside), "%s%s.", path, field->member);
		emit_defaults(field->named, inside, out);
	}
}

static void emit_json(const struct gen_type *type, struct hub_buf *out)
{
	json_t *json = gen_self_contained(type);
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	gen_emit_literal(out, text ? text : "");
	free(text);
}

static const char *head_constant(enum hub_head head)
{
	static const char *const names[] = { "HUB_HEAD_NONE", "HUB_HEAD_EVENT", "HUB_HEAD_DECISION",
		"HUB_HEAD_REGISTRY" };
	return names[head];
}

static void emit_record(const struct gen_type *type, const struct gen_versions *versions,
        struct hub_arena *arena, struct hub_buf *out)
{
	hub_buf_text(out, "static const struct hub_field fields[] = {\n");
	for (uint32_t i = 0; i < type->field_count; i++) {
		const struct gen_field *field = &type->fields[i];
		char nested[128];
		(void)snprintf(nested, sizeof(nested), "hub_%s", field->named ? field->named->snake : "");
		gen_emit_field(field, type->snake, field->member, nested, out);
	}
	hub_buf_text(out, "};\n\n");
	if (has_defaults(type)) {
		hub_buf_printf(out, "static const struct hub_%s defaults = {\n", type->snake);
		emit_defaults(type, "", out);
		hub_buf_text(out, "};\n\n");
	}
	bool straight = gen_emit_straight(type, out);
	uint32_t version_count = versions ? gen_emit_versions(versions, arena, out) : 0;
	hub_buf_printf(out,
	        "const struct hub_schema hub_%s_schema = {\n\t.full_name = \"%s\",\n\t.name = \"%s\",\n"
	        "\t.fingerprint = UINT64_C(0x%016llx),\n\t.head = %s,\n\t.head_count = %u,\n\t.size = "
	        "sizeof(struct hub_%s),\n"
	        "\t.fields = fields,\n\t.field_count = %u,\n",
	        type->snake, type->full_name, type->name, (unsigned long long)gen_fingerprint(type, arena),
	        head_constant(type->head), type->head ? type->parts[0].type->field_count : 0, type->snake,
	        type->field_count);
	if (has_defaults(type))
		hub_buf_text(out, "\t.defaults = &defaults,\n");
	hub_buf_printf(out, "\t.state_version = %d,\n", type->state_version);
	if (version_count)
		hub_buf_printf(out, "\t.versions = versions,\n\t.version_count = %u,\n", version_count);
	if (straight)
		hub_buf_printf(out, "\t.get = hub_%s_get,\n\t.put = hub_%s_put,\n", type->snake, type->snake);
	hub_buf_text(out, "\t.doc = ");
	gen_emit_literal(out, type->doc);
	hub_buf_text(out, ",\n\t.json = ");
	emit_json(type, out);
	hub_buf_text(out, ",\n};\n");
}

static void emit_enum(const struct gen_type *type, struct hub_buf *out)
{
	hub_buf_text(out, "static const char *const symbols[] = {\n");
	for (uint32_t i = 0; i < type->symbol_count; i++)
		hub_buf_printf(out, "\t\"%s\",\n", type->symbols[i]);
	hub_buf_printf(out,
	        "};\n\nconst struct hub_enum hub_%s_enum = {\n\t.name = \"%s\",\n\t.symbols = symbols,\n"
	        "\t.count = %u,\n};\n\n",
	        type->snake, type->full_name, type->symbol_count);
	hub_buf_printf(out,
	        "const char *hub_%s_name(enum hub_%s value)\n{\n"
	        "\treturn hub_enum_symbol(&hub_%s_enum, (uint32_t)value);\n}\n",
	        type->snake, type->snake, type->snake);
}

void gen_emit_tables(const struct gen_type *type, const struct gen_versions *versions,
        struct hub_arena *arena, struct hub_buf *out)
{
	hub_buf_printf(out,
	        "/* Generated by avrogen from schemas/%s/%s.avsc: change that, not this. */\n"
	        "#include \"records/%s.h\"\n\n%s",
	        type->space + strlen("hub."), type->name, type->snake,
	        type->is_enum ? "" : "#include \"wire/straight.h\"\n\n");
	if (type->is_enum)
		emit_enum(type, out);
	else
		emit_record(type, versions, arena, out);
}
