#include "base/check.h"
#include "wire/record.h"

#include <stdio.h>

/* What every struct hub_<t>_array looks like. */
struct any_array {
	const char *items;
	uint32_t count;
};

static bool equal_values(const struct hub_field *field, enum hub_type type, const char *a, const char *b)
{
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		return *(const bool *)a == *(const bool *)b;
	case HUB_TYPE_INT:
	case HUB_TYPE_ENUM:
		return memcmp(a, b, sizeof(int32_t)) == 0;
	case HUB_TYPE_LONG:
	case HUB_TYPE_DOUBLE:
		return memcmp(a, b, sizeof(int64_t)) == 0;
	case HUB_TYPE_STRING:
	case HUB_TYPE_BYTES:
		return hub_str_eq(*(const struct hub_str *)(const void *)a, *(const struct hub_str *)(const void *)b);
	case HUB_TYPE_RECORD:
		return hub_record_equal(field->schema, a, b);
	case HUB_TYPE_ARRAY:
		break;
	}
	hub_check(!"arrays of arrays are not in the subset");
	return false;
}

static bool equal_arrays(const struct hub_field *field, const char *a, const char *b)
{
	struct any_array x;
	struct any_array y;
	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	bool same = x.count == y.count;
	for (uint32_t i = 0; i < x.count && same; i++) {
		size_t at = (size_t)i * field->item_size;
		same = equal_values(field, field->item_type, x.items + at, y.items + at);
	}
	return same;
}

static bool equal_fields(const struct hub_field *field, const char *a, const char *b)
{
	if (field->nullable) {
		bool has = *(const bool *)(a + field->has_offset);
		if (has != *(const bool *)(b + field->has_offset))
			return false;
		if (!has)
			return true;
	}
	if (field->type == HUB_TYPE_ARRAY)
		return equal_arrays(field, a + field->offset, b + field->offset);
	return equal_values(field, field->type, a + field->offset, b + field->offset);
}

bool hub_record_equal(const struct hub_schema *schema, const void *a, const void *b)
{
	for (uint32_t i = 0; i < schema->field_count; i++) {
		if (!equal_fields(&schema->fields[i], a, b))
			return false;
	}
	return true;
}

static int check_steering(const struct hub_schema *schema, const char *record, const char *path,
	struct hub_error *reterr);

static int check_item(const struct hub_field *field, enum hub_type type, const char *at, const char *path,
	struct hub_error *reterr)
{
	uint32_t value;
	if (type == HUB_TYPE_RECORD)
		return check_steering(field->schema, at, path, reterr);
	if (type != HUB_TYPE_ENUM || !field->steers)
		return HUB_OK;
	memcpy(&value, at, sizeof(value));
	return value ? HUB_OK : hub_error_set(reterr, HUB_E_INVALID, path, "UNKNOWN, but a decision depends on it");
}

static int check_field(const struct hub_field *field, const char *record, const char *path, struct hub_error *reterr)
{
	char place[128];
	const char *at = record + field->offset;
	if (field->nullable && !*(const bool *)(record + field->has_offset))
		return HUB_OK;
	(void)snprintf(place, sizeof(place), "%s.%s", path, field->name);
	if (field->type != HUB_TYPE_ARRAY)
		return check_item(field, field->type, at, place, reterr);
	struct any_array array;
	memcpy(&array, at, sizeof(array));
	for (uint32_t i = 0; i < array.count; i++) {
		(void)snprintf(place, sizeof(place), "%s.%s[%u]", path, field->name, i);
		int rc = check_item(field, field->item_type, array.items + (size_t)i * field->item_size, place, reterr);
		if (rc)
			return rc;
	}
	return HUB_OK;
}

static int check_steering(const struct hub_schema *schema, const char *record, const char *path,
	struct hub_error *reterr)
{
	for (uint32_t i = 0; i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		bool nested = field->type == HUB_TYPE_RECORD
			|| (field->type == HUB_TYPE_ARRAY && field->item_type == HUB_TYPE_RECORD);
		int rc = nested || field->steers ? check_field(field, record, path, reterr) : HUB_OK;
		if (rc)
			return rc;
	}
	return HUB_OK;
}

int hub_record_check_steering(const struct hub_schema *schema, const void *record, struct hub_error *reterr)
{
	return check_steering(schema, record, schema->name, reterr);
}
