#include "hubctl/personal.h"

#include <string.h>

/* Every array of the generated structs has this shape. */
struct items {
	char *items;
	uint32_t count;
};

static size_t size_of(const struct hub_field *field)
{
	switch (field->type) {
	case HUB_TYPE_STRING:
	case HUB_TYPE_BYTES:
		return sizeof(struct hub_str);
	case HUB_TYPE_ARRAY:
		return sizeof(struct items);
	case HUB_TYPE_RECORD:
		return field->schema->size;
	case HUB_TYPE_BOOLEAN:
		return sizeof(bool);
	case HUB_TYPE_LONG:
	case HUB_TYPE_DOUBLE:
		return sizeof(int64_t);
	case HUB_TYPE_INT:
	case HUB_TYPE_ENUM:
		break;
	}
	return sizeof(int32_t);
}

static void blank_inside(const struct hub_field *field, void *record)
{
	char *at = (char *)record + field->offset;
	struct items array;
	if (field->type == HUB_TYPE_RECORD)
		hubctl_blank_personal(field->schema, at);
	if (field->type != HUB_TYPE_ARRAY || field->item_type != HUB_TYPE_RECORD)
		return;
	memcpy(&array, at, sizeof(array));
	for (uint32_t i = 0; i < array.count; i++)
		hubctl_blank_personal(field->schema, array.items + (size_t)i * field->item_size);
}

void hubctl_blank_personal(const struct hub_schema *schema, void *record)
{
	static const bool absent = false;
	for (uint32_t i = 0; i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		if (!field->personal)
			blank_inside(field, record);
		else if (field->nullable)
			memcpy((char *)record + field->has_offset, &absent, sizeof(absent));
		else
			memset((char *)record + field->offset, 0, size_of(field));
	}
}
