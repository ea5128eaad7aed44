#include "wire/record_print.h"

#include "base/check.h"
#include "wire/member.h"
#include "wire/moment.h"

static void print_text(struct hub_str text, struct hub_buf *out)
{
	bool plain = true;
	for (uint32_t i = 0; i < text.len; i++)
		plain = plain && (unsigned char)text.data[i] > ' ' && !strchr("\"={}[]\x7f", text.data[i]);
	if (plain) {
		hub_buf_str(out, text);
		return;
	}
	hub_buf_byte(out, '"');
	for (uint32_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c == '"' || c == '\\')
			hub_buf_printf(out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			hub_buf_printf(out, "\\x%02x", c);
		else
			hub_buf_byte(out, c);
	}
	hub_buf_byte(out, '"');
}

static void print_fields(
        const struct hub_schema *schema, const void *record, uint32_t first, struct hub_buf *out);

static void print_value(
        const struct hub_field *field, enum hub_type type, const void *at, struct hub_buf *out)
{
	char moment[HUB_MOMENT_LEN + 1];
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		hub_buf_text(out, *(const bool *)at ? "true" : "false");
		return;
	case HUB_TYPE_INT:
		hub_buf_printf(out, "%d", *(const int32_t *)at);
		return;
	case HUB_TYPE_LONG:
		if (field->timestamp && hub_moment_format(*(const int64_t *)at, moment))
			hub_buf_text(out, moment);
		else
			hub_buf_printf(out, "%lld", (long long)*(const int64_t *)at);
		return;
	case HUB_TYPE_DOUBLE:
		hub_buf_printf(out, "%.6g", *(const double *)at);
		return;
	case HUB_TYPE_STRING:
		print_text(hub_member_str(at), out);
		return;
	case HUB_TYPE_BYTES:
		hub_buf_printf(out, "<%u bytes>", hub_member_str(at).len);
		return;
	case HUB_TYPE_ENUM:
		hub_buf_text(out, hub_enum_symbol(field->enumeration, hub_member_enum(at)));
		return;
	case HUB_TYPE_RECORD:
		hub_buf_byte(out, '{');
		print_fields(field->schema, at, 0, out);
		hub_buf_byte(out, '}');
		return;
	case HUB_TYPE_ARRAY:
		break;
	}
	hub_check(!"arrays of arrays are not in the subset");
}

static void print_array(const struct hub_field *field, const void *at, struct hub_buf *out)
{
	struct hub_any_array array = hub_member_array(at);
	hub_buf_byte(out, '[');
	for (uint32_t i = 0; i < array.count; i++) {
		hub_buf_text(out, i ? " " : "");
		print_value(field, field->item_type, hub_array_item(field, array, i), out);
	}
	hub_buf_byte(out, ']');
}

static bool worth_printing(const struct hub_field *field, const void *record)
{
	const void *at = hub_member_at(field, record);
	if (field->personal || !hub_member_present(field, record))
		return false;
	if (field->type == HUB_TYPE_ARRAY)
		return hub_member_array(at).count > 0;
	if (field->type == HUB_TYPE_STRING || field->type == HUB_TYPE_BYTES)
		return hub_member_str(at).len > 0;
	return true;
}

static void print_fields(
        const struct hub_schema *schema, const void *record, uint32_t first, struct hub_buf *out)
{
	const char *between = "";
	for (uint32_t i = first; i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		if (!worth_printing(field, record))
			continue;
		hub_buf_printf(out, "%s%s=", between, field->name);
		between = " ";
		if (field->type == HUB_TYPE_ARRAY)
			print_array(field, hub_member_at(field, record), out);
		else
			print_value(field, field->type, hub_member_at(field, record), out);
	}
}

void hub_record_print(const struct hub_schema *schema, const void *record, bool head, struct hub_buf *out)
{
	hub_buf_printf(out, "%s ", schema->name);
	print_fields(schema, record, head ? 0 : schema->head_count, out);
}
