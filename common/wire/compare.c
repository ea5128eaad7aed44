#include "base/check.h"
#include "wire/member.h"
#include "wire/record.h"

#include <stdio.h>

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
		return hub_str_eq(
		        *(const struct hub_str *)(const void *)a, *(const struct hub_str *)(const void *)b);
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
	struct hub_any_array x = hub_member_array(a);
	struct hub_any_array y = hub_member_array(b);
	bool same = x.count == y.count;
	for (uint32_t i = 0; i < x.count && same; i++)
		same = equal_values(
		        field, field->item_type, hub_array_item(field, x, i), hub_array_item(field, y, i));
	return same;
}

static bool equal_fields(const struct hub_field *field, const char *a, const char *b)
{
	if (hub_member_present(field, a) != hub_member_present(field, b))
		return false;
	if (!hub_member_present(field, a))
		return true;
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

static int check_steering(
        const struct hub_schema *schema, const char *record, const char *path, struct hub_error *reterr);

static int check_item(const struct hub_field *field, enum hub_type type, const char *at, const char *path,
        struct hub_error *reterr)
{
	if (type == HUB_TYPE_RECORD)
		return check_steering(field->schema, at, path, reterr);
	if (type != HUB_TYPE_ENUM || !field->steers)
		return HUB_OK;
	return hub_member_enum(at)
	               ? HUB_OK
	               : hub_error_set(reterr, HUB_E_INVALID, path, "UNKNOWN, but a decision depends on it");
}

static int check_field(
        const struct hub_field *field, const char *record, const char *path, struct hub_error *reterr)
{
	char place[128];
	const char *at = record + field->offset;
	if (!hub_member_present(field, record))
		return HUB_OK;
	(void)snprintf(place, sizeof(place), "%s.%s", path, field->name);
	if (field->type != HUB_TYPE_ARRAY)
		return check_item(field, field->type, at, place, reterr);
	struct hub_any_array array = hub_member_array(at);
	for (uint32_t i = 0; i < array.count; i++) {
		(void)snprintf(place, sizeof(place), "%s.%s[%u]", path, field->name, i);
		int rc = check_item(field, field->item_type, hub_array_item(field, array, i), place, reterr);
		if (rc)
			return rc;
	}
	return HUB_OK;
}

static int check_steering(
        const struct hub_schema *schema, const char *record, const char *path, struct hub_error *reterr)
{
	for (uint32_t i = 0; i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		bool nested = field->type == HUB_TYPE_RECORD ||
		              (field->type == HUB_TYPE_ARRAY && field->item_type == HUB_TYPE_RECORD);
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
