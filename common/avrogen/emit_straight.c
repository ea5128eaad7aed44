/* The straight code of one record: a call a field, in the order of the wire (wire/straight.h). */
#include "avrogen/emit.h"

#include <string.h>

enum { MOST_SYMBOLS = 63 /* of an enum whose number is one byte */ };

/* Whether straight.h has what the record needs. */
static bool has_straight(const struct gen_type *type)
{
	for (uint32_t i = 0; i < type->field_count; i++) {
		const struct gen_field *field = &type->fields[i];
		enum hub_type plain = field->type == HUB_TYPE_ARRAY ? field->item_type : field->type;
		if (plain == HUB_TYPE_DOUBLE)
			return false;
		if (plain == HUB_TYPE_ENUM && field->named->symbol_count > MOST_SYMBOLS)
			return false;
		if (plain == HUB_TYPE_RECORD && !has_straight(field->named))
			return false;
	}
	return true;
}

/* "string(at, end, 64" of hub_get_string and hub_put_string; "" where the two differ. */
static void emit_call(const char *way, const struct gen_field *field, enum hub_type type, uint32_t limit,
        struct hub_buf *out)
{
	hub_buf_printf(out, "HUB_%s(", strcmp(way, "get") == 0 ? "GET" : "PUT");
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		hub_buf_printf(out, "hub_%s_boolean(at, end", way);
		break;
	case HUB_TYPE_INT:
		hub_buf_printf(out, "hub_%s_int(at, end", way);
		break;
	case HUB_TYPE_LONG:
		hub_buf_printf(out, "hub_%s_%s(at, end", way, field->timestamp ? "time" : "long");
		break;
	case HUB_TYPE_STRING:
	case HUB_TYPE_BYTES:
		hub_buf_printf(out, "hub_%s_%s(at, end, %u", way,
		        type == HUB_TYPE_STRING ? "string" : "bytes", limit);
		break;
	case HUB_TYPE_ENUM:
		hub_buf_printf(out, "hub_%s_enum(at, end, %u", way, field->named->symbol_count);
		break;
	default:
		hub_buf_printf(out, "hub_%s_%s(at, end", field->named->snake, way);
		break;
	}
}

static void emit_get(const struct gen_field *field, enum hub_type type, uint32_t limit, const char *value,
        struct hub_buf *out)
{
	emit_call("get", field, type, limit, out);
	hub_buf_printf(out, ", %s%s));\n", value, type == HUB_TYPE_RECORD ? ", arena" : "");
}

/* Records and enums go by reference, the rest by value. */
static void emit_put(const struct gen_field *field, enum hub_type type, uint32_t limit, const char *value,
        struct hub_buf *out)
{
	bool by_reference = type == HUB_TYPE_RECORD || type == HUB_TYPE_ENUM;
	emit_call("put", field, type, limit, out);
	hub_buf_printf(out, ", %s%s));\n", by_reference ? "&" : "", value);
}

static void emit_get_array(const struct gen_field *field, struct hub_buf *out)
{
	char item[256];
	(void)snprintf(item, sizeof(item), "&r->%s.items[i]", field->member);
	hub_buf_printf(out,
	        "\tHUB_GET(hub_get_array(at, end, %u, sizeof(r->%s.items[0]), arena, &array));\n"
	        "\tmemcpy(&r->%s, &array, sizeof(array));\n"
	        "\tfor (uint32_t i = 0; i < array.count; i++)\n\t\t",
	        field->limit, field->member, field->member);
	emit_get(field, field->item_type, field->item_limit, item, out);
	hub_buf_text(out, "\tHUB_GET(hub_get_array_end(at, end, array));\n");
}

static void emit_put_array(const struct gen_field *field, struct hub_buf *out)
{
	char item[256];
	(void)snprintf(item, sizeof(item), "r->%s.items[i]", field->member);
	hub_buf_printf(out,
	        "\tHUB_PUT(hub_put_array(at, end, %u, r->%s.count));\n"
	        "\tfor (uint32_t i = 0; i < r->%s.count; i++)\n\t\t",
	        field->limit, field->member, field->member);
	emit_put(field, field->item_type, field->item_limit, item, out);
	hub_buf_printf(out, "\tHUB_PUT(hub_put_array_end(at, end, r->%s.count));\n", field->member);
}

/* "head.has_x" of "head.x". */
static void presence(const struct gen_field *field, char *text, size_t room)
{
	const char *dot = strrchr(field->member, '.');
	int path = dot ? (int)(dot - field->member + 1) : 0;
	(void)snprintf(text, room, "%.*shas_%s", path, field->member, field->member + path);
}

static void emit_field(const struct gen_field *field, bool get, struct hub_buf *out)
{
	char value[256], has[256];
	if (field->type == HUB_TYPE_ARRAY) {
		(get ? emit_get_array : emit_put_array)(field, out);
		return;
	}
	(void)snprintf(value, sizeof(value), "%sr->%s", get ? "&" : "", field->member);
	hub_buf_text(out, "\t");
	if (field->nullable) {
		presence(field, has, sizeof(has));
		hub_buf_printf(out,
		        get ? "HUB_GET(hub_get_branch(at, end, &r->%s));\n"
		            : "HUB_PUT(hub_put_branch(at, end, r->%s));\n",
		        has);
		hub_buf_printf(out, "\tif (r->%s)\n\t\t", has);
	}
	(get ? emit_get : emit_put)(field, field->type, field->limit, value, out);
}

static bool has_arrays(const struct gen_type *type)
{
	for (uint32_t i = 0; i < type->field_count; i++)
		if (type->fields[i].type == HUB_TYPE_ARRAY)
			return true;
	return false;
}

bool gen_emit_straight(const struct gen_type *type, struct hub_buf *out)
{
	if (!has_straight(type))
		return false;
	hub_buf_printf(out,
	        "const unsigned char *hub_%s_get(const unsigned char *at, const unsigned char *end, void "
	        "*record,\n"
	        "\tstruct hub_arena *arena)\n{\n\tstruct hub_%s *r = record;\n%s\t(void)arena;\n",
	        type->snake, type->snake, has_arrays(type) ? "\tstruct hub_any_array array;\n" : "");
	for (uint32_t i = 0; i < type->field_count; i++)
		emit_field(&type->fields[i], true, out);
	hub_buf_printf(out,
	        "\treturn at;\n}\n\nchar *hub_%s_put(char *at, const char *end, const void *record)\n{\n"
	        "\tconst struct hub_%s *r = record;\n",
	        type->snake, type->snake);
	for (uint32_t i = 0; i < type->field_count; i++)
		emit_field(&type->fields[i], false, out);
	hub_buf_text(out, "\treturn at;\n}\n\n");
	return true;
}
