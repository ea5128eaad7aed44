#include "base/calendar.h"
#include "base/check.h"
#include "wire/base64.h"
#include "wire/member.h"
#include "wire/moment.h"
#include "wire/near.h"
#include "wire/place.h"
#include "wire/record_json.h"

#include <stdio.h>

struct parse {
	struct hub_arena *arena;
	struct hub_error *err; /* never NULL */
};

static const char *json_type_name(const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		break;
	}
	return "null";
}

static const char *expectation(const struct hub_field *field, enum hub_type type)
{
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		return "true or false";
	case HUB_TYPE_INT:
		return "a whole number of 32 bits";
	case HUB_TYPE_LONG:
		return field->timestamp
		               ? "a time like \"2026-02-09T08:30:00+08:00\" or milliseconds since 1970"
		               : "a whole number";
	case HUB_TYPE_DOUBLE:
		return "a number";
	case HUB_TYPE_STRING:
		return "a string";
	case HUB_TYPE_BYTES:
		return "a string in base64";
	case HUB_TYPE_ENUM:
		return "one of its symbols";
	case HUB_TYPE_RECORD:
		return "an object";
	case HUB_TYPE_ARRAY:
		return "an array";
	}
	return "?";
}

static int fail_type(
        struct parse *parse, const struct hub_field *field, enum hub_type type, const json_t *json)
{
	return hub_error_set(parse->err, HUB_E_INVALID, "", "expected %s, found %s", expectation(field, type),
	        json_type_name(json));
}

static int fail_memory(struct parse *parse)
{
	return hub_error_set(parse->err, HUB_E_INVALID, "", "more memory than allowed");
}

static int parse_long(struct parse *parse, const struct hub_field *field, const json_t *json, int64_t *ret)
{
	struct hub_str text = { json_string_value(json), (uint32_t)json_string_length(json) };
	if (json_is_integer(json))
		*ret = json_integer_value(json);
	else if (!field->timestamp || !json_is_string(json))
		return fail_type(parse, field, HUB_TYPE_LONG, json);
	else if (!hub_time_parse(text, ret))
		return hub_error_set(
		        parse->err, HUB_E_INVALID, "", "expected %s", expectation(field, HUB_TYPE_LONG));
	if (field->timestamp && !hub_moment_valid(*ret))
		return hub_error_set(parse->err, HUB_E_INVALID, "", "a time outside the years 1 to 9999");
	return HUB_OK;
}

static int parse_int(struct parse *parse, const struct hub_field *field, const json_t *json, int32_t *ret)
{
	json_int_t value = json_integer_value(json);
	if (!json_is_integer(json) || value != (int32_t)value)
		return fail_type(parse, field, HUB_TYPE_INT, json);
	*ret = (int32_t)value;
	return HUB_OK;
}

static int parse_text(struct parse *parse, const struct hub_field *field, enum hub_type type, uint32_t limit,
        const json_t *json, struct hub_str *ret)
{
	if (!json_is_string(json))
		return fail_type(parse, field, type, json);
	size_t len = json_string_length(json);
	size_t most = type == HUB_TYPE_STRING ? limit : ((size_t)limit + 2) / 3 * 4;
	if (len > most)
		return hub_error_set(parse->err, HUB_E_INVALID, "", "%zu bytes, limit %zu", len, most);
	struct hub_str text = { json_string_value(json), (uint32_t)len };
	if (type == HUB_TYPE_STRING)
		*ret = hub_arena_copy(parse->arena, text);
	else if (!hub_base64_parse(text, parse->arena, ret))
		return hub_error_set(parse->err, HUB_E_INVALID, "", "expected %s", expectation(field, type));
	else if (ret->len > limit)
		return hub_error_set(parse->err, HUB_E_INVALID, "", "%u bytes, limit %u", ret->len, limit);
	return hub_arena_exhausted(parse->arena) ? fail_memory(parse) : HUB_OK;
}

static int parse_enum(struct parse *parse, const struct hub_field *field, const json_t *json, uint32_t *ret)
{
	enum { LIST_LEN = 200 };
	const struct hub_enum *enumeration = field->enumeration;
	struct hub_str text = { json_string_value(json), (uint32_t)json_string_length(json) };
	if (!json_is_string(json))
		return fail_type(parse, field, HUB_TYPE_ENUM, json);
	if (hub_enum_value(enumeration, text, ret))
		return HUB_OK;
	struct hub_near near = hub_near_start(text);
	char list[LIST_LEN] = "";
	size_t len = 0;
	for (uint32_t i = 1; i < enumeration->count; i++) {
		size_t more = strlen(enumeration->symbols[i]);
		hub_near_offer(&near, enumeration->symbols[i]);
		if (len + more + 2 >= sizeof(list))
			continue;
		len += (size_t)snprintf(
		        list + len, sizeof(list) - len, "%s%s", len ? " " : "", enumeration->symbols[i]);
	}
	return hub_error_set(parse->err, HUB_E_INVALID, "", "expected one of %s%s%s%s", list,
	        near.best ? "; did you mean " : "", near.best ? near.best : "", near.best ? "?" : "");
}

static int parse_record(struct parse *parse, const struct hub_schema *schema, const json_t *json, void *to);

static int parse_value(struct parse *parse, const struct hub_field *field, enum hub_type type, uint32_t limit,
        const json_t *json, void *to)
{
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		*(bool *)to = json_is_true(json);
		return json_is_boolean(json) ? HUB_OK : fail_type(parse, field, type, json);
	case HUB_TYPE_INT:
		return parse_int(parse, field, json, to);
	case HUB_TYPE_LONG:
		return parse_long(parse, field, json, to);
	case HUB_TYPE_DOUBLE:
		*(double *)to = json_number_value(json);
		return json_is_number(json) ? HUB_OK : fail_type(parse, field, type, json);
	case HUB_TYPE_STRING:
	case HUB_TYPE_BYTES:
		return parse_text(parse, field, type, limit, json, to);
	case HUB_TYPE_ENUM:
		return parse_enum(parse, field, json, to);
	case HUB_TYPE_RECORD:
		return parse_record(parse, field->schema, json, to);
	case HUB_TYPE_ARRAY:
		break;
	}
	hub_check(!"arrays of arrays are not in the subset");
	return HUB_E_FATAL;
}

static int parse_array(struct parse *parse, const struct hub_field *field, const json_t *json, void *to)
{
	size_t count = json_array_size(json);
	if (!json_is_array(json))
		return fail_type(parse, field, HUB_TYPE_ARRAY, json);
	if (count > field->limit)
		return hub_error_set(
		        parse->err, HUB_E_INVALID, "", "%zu items, limit %u", count, field->limit);
	struct hub_any_array array = { .count = (uint32_t)count };
	array.items = count ? hub_arena_alloc(parse->arena, count * field->item_size) : NULL;
	if (count && !array.items)
		return fail_memory(parse);
	for (uint32_t i = 0; i < array.count; i++) {
		char *item = (char *)array.items + (size_t)i * field->item_size;
		int rc = parse_value(
		        parse, field, field->item_type, field->item_limit, json_array_get(json, i), item);
		if (rc)
			return hub_place_item(parse->err, i);
	}
	memcpy(to, &array, sizeof(array));
	return HUB_OK;
}

static int parse_field(struct parse *parse, const struct hub_field *field, const json_t *json, char *record)
{
	if (!json) {
		enum hub_type type = field->type;
		return field->has_default ? HUB_OK
		                          : hub_error_set(parse->err, HUB_E_INVALID, "",
		                                    "missing; expected %s", expectation(field, type));
	}
	if (field->nullable) {
		*(bool *)(record + field->has_offset) = !json_is_null(json);
		if (json_is_null(json))
			return HUB_OK;
	}
	if (field->type == HUB_TYPE_ARRAY)
		return parse_array(parse, field, json, record + field->offset);
	return parse_value(parse, field, field->type, field->limit, json, record + field->offset);
}

/* A member that is no field: most likely a slip of the pen. */
static int check_members(struct parse *parse, const struct hub_schema *schema, const json_t *json)
{
	/* jansson's iterator takes a pointer that is not const; nothing is changed through it. */
	json_t *object = (json_t *)(uintptr_t)json;
	for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
		struct hub_str name = hub_str_from(json_object_iter_key(at));
		if (hub_schema_field(schema, name))
			continue;
		struct hub_near near = hub_near_start(name);
		for (uint32_t i = 0; i < schema->field_count; i++)
			hub_near_offer(&near, schema->fields[i].name);
		return hub_error_set(parse->err, HUB_E_INVALID, "", "has no field \"%.40s\"%s%s%s", name.data,
		        near.best ? "; did you mean \"" : "", near.best ? near.best : "",
		        near.best ? "\"?" : "");
	}
	return HUB_OK;
}

static int parse_record(struct parse *parse, const struct hub_schema *schema, const json_t *json, void *to)
{
	if (!json_is_object(json))
		return hub_error_set(parse->err, HUB_E_INVALID, "",
		        "expected an object with the fields of %s, found %s", schema->name,
		        json_type_name(json));
	if (schema->defaults)
		memcpy(to, schema->defaults, schema->size);
	int rc = check_members(parse, schema, json);
	for (uint32_t i = 0; i < schema->field_count && !rc; i++) {
		const struct hub_field *field = &schema->fields[i];
		rc = parse_field(parse, field, json_object_get(json, field->name), to);
		if (rc)
			return hub_place_field(parse->err, field->name);
	}
	return rc;
}

int hub_record_from_json(const struct hub_schema *schema, json_t *json, struct hub_arena *arena, void *ret,
        struct hub_error *reterr)
{
	struct hub_error unheard;
	struct parse parse = { arena, reterr ? reterr : &unheard };
	memset(ret, 0, schema->size);
	int rc = parse_record(&parse, schema, json, ret);
	return rc ? hub_place_field(parse.err, schema->name) : HUB_OK;
}
