#include "base/check.h"
#include "wire/base64.h"
#include "wire/member.h"
#include "wire/moment.h"
#include "wire/record_json.h"

enum { BASE64_LIMIT = 32 * 1024 * 1024 };

static json_t *bytes_json(struct hub_str bytes)
{
	struct hub_buf text;
	hub_buf_init(&text, BASE64_LIMIT);
	hub_base64_put(bytes, &text);
	json_t *json = json_stringn(text.len ? text.data : "", text.len);
	hub_buf_done(&text);
	return json;
}

static json_t *long_json(const struct hub_field *field, int64_t value)
{
	char moment[HUB_MOMENT_LEN + 1];
	return field->timestamp && hub_moment_format(value, moment) ? json_string(moment)
	                                                            : json_integer(value);
}

static json_t *value_json(const struct hub_field *field, enum hub_type type, const void *at, bool redact)
{
	struct hub_str text;
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		return json_boolean(*(const bool *)at);
	case HUB_TYPE_INT:
		return json_integer(*(const int32_t *)at);
	case HUB_TYPE_LONG:
		return long_json(field, *(const int64_t *)at);
	case HUB_TYPE_DOUBLE:
		return json_real(*(const double *)at);
	case HUB_TYPE_STRING:
		text = hub_member_str(at);
		return json_stringn(text.len ? text.data : "", text.len);
	case HUB_TYPE_BYTES:
		return bytes_json(hub_member_str(at));
	case HUB_TYPE_ENUM:
		return json_string(hub_enum_symbol(field->enumeration, hub_member_enum(at)));
	case HUB_TYPE_RECORD:
		return hub_record_to_json(field->schema, at, redact);
	case HUB_TYPE_ARRAY:
		break;
	}
	hub_check(!"arrays of arrays are not in the subset");
	return NULL;
}

static json_t *array_json(const struct hub_field *field, const void *at, bool redact)
{
	struct hub_any_array array = hub_member_array(at);
	json_t *json = json_array();
	for (uint32_t i = 0; json && i < array.count; i++) {
		if (json_array_append_new(json,
		            value_json(field, field->item_type, hub_array_item(field, array, i), redact))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

static json_t *field_json(const struct hub_field *field, const void *record, bool redact)
{
	const void *at = hub_member_at(field, record);
	if (!hub_member_present(field, record))
		return json_null();
	if (redact && field->personal)
		return json_string("\u2026");
	return field->type == HUB_TYPE_ARRAY ? array_json(field, at, redact)
	                                     : value_json(field, field->type, at, redact);
}

json_t *hub_record_to_json(const struct hub_schema *schema, const void *record, bool redact)
{
	json_t *json = json_object();
	for (uint32_t i = 0; json && i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		if (json_object_set_new_nocheck(json, field->name, field_json(field, record, redact))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}
