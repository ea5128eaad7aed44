#include "hubctl/fields.h"

static const void *value_of(const struct hub_field *field, const void *record)
{
	bool has = true;
	if (field->nullable)
		memcpy(&has, (const char *)record + field->has_offset, sizeof(has));
	return has ? (const char *)record + field->offset : NULL;
}

/* Every array of the generated structs has this shape. */
struct text_array {
	const struct hub_str *items;
	uint32_t count;
};

uint32_t hubctl_field_texts(const struct hub_field *field, const void *record, const struct hub_str **ret)
{
	const void *value = value_of(field, record);
	if (!value)
		return 0;
	if (field->type == HUB_TYPE_STRING) {
		*ret = value;
		return 1;
	}
	if (field->type != HUB_TYPE_ARRAY || field->item_type != HUB_TYPE_STRING)
		return 0;
	const struct text_array *array = value;
	*ret = array->items;
	return array->count;
}

struct hub_str hubctl_text_of(const struct hub_schema *schema, const void *record, const char *name)
{
	const struct hub_field *field = hub_schema_field(schema, hub_str_from(name));
	const struct hub_str *text;
	if (!field || field->type != HUB_TYPE_STRING || !hubctl_field_texts(field, record, &text))
		return (struct hub_str){ 0 };
	return *text;
}

int64_t hubctl_long_of(
        const struct hub_schema *schema, const void *record, const char *name, int64_t fallback)
{
	const struct hub_field *field = hub_schema_field(schema, hub_str_from(name));
	const void *value = field && field->type == HUB_TYPE_LONG ? value_of(field, record) : NULL;
	if (value)
		memcpy(&fallback, value, sizeof(fallback));
	return fallback;
}

struct hub_str hubctl_symbol_of(const struct hub_schema *schema, const void *record, const char *name)
{
	const struct hub_field *field = hub_schema_field(schema, hub_str_from(name));
	const void *value = field && field->type == HUB_TYPE_ENUM ? value_of(field, record) : NULL;
	uint32_t index = 0;
	if (!value)
		return (struct hub_str){ 0 };
	memcpy(&index, value, sizeof(index));
	return index < field->enumeration->count ? hub_str_from(field->enumeration->symbols[index])
	                                         : (struct hub_str){ 0 };
}
