#include "wire/schema.h"

const char *hub_enum_symbol(const struct hub_enum *enumeration, uint32_t value)
{
	return value < enumeration->count ? enumeration->symbols[value] : "?";
}

bool hub_enum_value(const struct hub_enum *enumeration, struct hub_str symbol, uint32_t *ret_value)
{
	for (uint32_t i = 0; i < enumeration->count; i++) {
		if (hub_str_is(symbol, enumeration->symbols[i])) {
			*ret_value = i;
			return true;
		}
	}
	return false;
}

const struct hub_field *hub_schema_field(const struct hub_schema *schema, struct hub_str name)
{
	for (uint32_t i = 0; i < schema->field_count; i++) {
		if (hub_str_is(name, schema->fields[i].name))
			return &schema->fields[i];
	}
	return NULL;
}
