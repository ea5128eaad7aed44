/* From a type's JSON to its fields: the subset that the hub allows, everything else refused by name. */
#include "avrogen/model.h"

#include <string.h>

enum { LIMIT_STRING = 128, LIMIT_BYTES = 4096, LIMIT_ARRAY = 64, MOST_FIELDS = 256 };

static const char allowed[] =
        "boolean, int, long, double, string, bytes, a named type, [\"null\", T] or an array";

static int refuse(const struct gen_type *type, const char *field, struct hub_error *reterr, const char *text,
        const char *detail)
{
	char place[128];
	(void)snprintf(place, sizeof(place), "%s: %s%s%s", type->file, type->name, field ? "." : "",
	        field ? field : "");
	return hub_error_set(reterr, HUB_E_INVALID, place, "%s%s", text, detail ? detail : "");
}

static bool primitive(const char *name, enum hub_type *ret_type)
{
	static const struct {
		const char *name;
		enum hub_type type;
	} table[] = {
		{ "boolean", HUB_TYPE_BOOLEAN },
		{ "int", HUB_TYPE_INT },
		{ "long", HUB_TYPE_LONG },
		{ "double", HUB_TYPE_DOUBLE },
		{ "string", HUB_TYPE_STRING },
		{ "bytes", HUB_TYPE_BYTES },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].name, name) == 0) {
			*ret_type = table[i].type;
			return true;
		}
	}
	return false;
}

/* What a type expression without null and array says. */
struct simple {
	enum hub_type type;
	bool timestamp;
	const struct gen_type *named;
};

static int use_named(struct gen_model *model, const struct gen_type *owner, const char *field,
        struct gen_type *named, struct simple *ret, struct hub_error *reterr)
{
	if (named->mark == GEN_RESOLVING)
		return refuse(owner, field, reterr, "recursion is not in the subset: ", named->full_name);
	int rc = gen_resolve(model, named, reterr);
	ret->type = named->is_enum ? HUB_TYPE_ENUM : HUB_TYPE_RECORD;
	ret->named = named;
	return rc;
}

static int resolve_simple(struct gen_model *model, const struct gen_type *owner, const char *field,
        const json_t *json, struct simple *ret, struct hub_error *reterr)
{
	*ret = (struct simple){ .type = HUB_TYPE_ARRAY };
	if (json_is_string(json)) {
		const char *name = json_string_value(json);
		if (primitive(name, &ret->type))
			return HUB_OK;
		for (uint32_t i = 0; i < model->count; i++) {
			if (strcmp(model->types[i]->full_name, name) == 0)
				return use_named(model, owner, field, model->types[i], ret, reterr);
		}
		return refuse(owner, field, reterr, "no such type (named types are written in full): ", name);
	}
	const char *kind = json_string_value(json_object_get(json, "type"));
	const char *logical = json_string_value(json_object_get(json, "logicalType"));
	if (kind && strcmp(kind, "long") == 0 && logical && strcmp(logical, "timestamp-millis") == 0) {
		ret->type = HUB_TYPE_LONG;
		ret->timestamp = true;
		return HUB_OK;
	}
	if (kind && (strcmp(kind, "record") == 0 || strcmp(kind, "enum") == 0)) {
		struct gen_type *named = NULL;
		int rc = gen_model_define(model, json, owner->file, &named, reterr);
		return rc ? rc : use_named(model, owner, field, named, ret, reterr);
	}
	return refuse(owner, field, reterr, "type outside the subset, expected ", allowed);
}

static int resolve_type(struct gen_model *model, const struct gen_type *owner, struct gen_field *field,
        struct hub_error *reterr)
{
	const json_t *json = json_object_get(field->json, "type");
	if (json_is_array(json)) {
		const char *first = json_string_value(json_array_get(json, 0));
		if (json_array_size(json) != 2 || !first || strcmp(first, "null") != 0)
			return refuse(owner, field->name, reterr, "the only union is [\"null\", T]", NULL);
		field->nullable = true;
		json = json_array_get(json, 1);
	}
	const char *kind = json_string_value(json_object_get(json, "type"));
	bool array = kind && strcmp(kind, "array") == 0;
	if (array && field->nullable)
		return refuse(
		        owner, field->name, reterr, "no nullable arrays: an empty one says as much", NULL);
	if (array)
		json = json_object_get(json, "items");
	struct simple simple;
	int rc = resolve_simple(model, owner, field->name, json, &simple, reterr);
	if (rc)
		return rc;
	field->type = array ? HUB_TYPE_ARRAY : simple.type;
	field->item_type = array ? simple.type : HUB_TYPE_BOOLEAN;
	field->timestamp = simple.timestamp;
	field->named = simple.named;
	if (array && (simple.type == HUB_TYPE_BOOLEAN || simple.type == HUB_TYPE_BYTES || simple.timestamp))
		return refuse(owner, field->name, reterr, "no arrays of boolean, bytes or timestamps", NULL);
	return HUB_OK;
}

static uint32_t limit_of(const json_t *json, const char *attribute, uint32_t otherwise)
{
	const json_t *value = json_object_get(json, attribute);
	json_int_t number = json_integer_value(value);
	if (!value)
		return otherwise;
	return number > 0 && number <= 16 * 1024 * 1024 ? (uint32_t)number : 0;
}

static int resolve_limits(const struct gen_type *owner, struct gen_field *field, struct hub_error *reterr)
{
	enum hub_type type = field->type;
	bool sized = type == HUB_TYPE_STRING || type == HUB_TYPE_BYTES || type == HUB_TYPE_ARRAY;
	if (!sized && json_object_get(field->json, "hub.limit"))
		return refuse(owner, field->name, reterr, "hub.limit is for string, bytes and array", NULL);
	bool item_sized = type == HUB_TYPE_ARRAY && field->item_type == HUB_TYPE_STRING;
	if (!item_sized && json_object_get(field->json, "hub.item_limit"))
		return refuse(owner, field->name, reterr, "hub.item_limit is for arrays of string", NULL);
	uint32_t usual = type == HUB_TYPE_STRING  ? LIMIT_STRING
	                 : type == HUB_TYPE_BYTES ? LIMIT_BYTES
	                                          : LIMIT_ARRAY;
	field->limit = sized ? limit_of(field->json, "hub.limit", usual) : 0;
	field->item_limit = item_sized ? limit_of(field->json, "hub.item_limit", LIMIT_STRING) : 0;
	if ((sized && field->limit == 0) || (item_sized && field->item_limit == 0))
		return refuse(owner, field->name, reterr, "a limit is a whole number from 1 to 16 MiB", NULL);
	return HUB_OK;
}

static bool is_symbol(const struct gen_type *type, const char *symbol)
{
	for (uint32_t i = 0; symbol && i < type->symbol_count; i++) {
		if (strcmp(type->symbols[i], symbol) == 0)
			return true;
	}
	return false;
}

static bool default_fits(const struct gen_field *field)
{
	const json_t *value = field->default_value;
	if (field->nullable)
		return json_is_null(value);
	switch (field->type) {
	case HUB_TYPE_BOOLEAN:
		return json_is_boolean(value);
	case HUB_TYPE_INT:
		return json_is_integer(value) &&
		       json_integer_value(value) == (int32_t)json_integer_value(value);
	case HUB_TYPE_LONG:
		return json_is_integer(value);
	case HUB_TYPE_DOUBLE:
		return json_is_number(value);
	case HUB_TYPE_STRING:
		return json_is_string(value) && json_string_length(value) <= field->limit;
	case HUB_TYPE_BYTES:
		return json_is_string(value) && json_string_length(value) == 0;
	case HUB_TYPE_ENUM:
		return is_symbol(field->named, json_string_value(value));
	case HUB_TYPE_ARRAY:
		return json_is_array(value) && json_array_size(value) == 0;
	case HUB_TYPE_RECORD:
		return false;
	}
	return false;
}

static int resolve_field(struct gen_model *model, const struct gen_type *owner, const json_t *json,
        struct gen_field *field, struct hub_error *reterr)
{
	*field = (struct gen_field){
		.name = json_string_value(json_object_get(json, "name")),
		.doc = json_string_value(json_object_get(json, "doc")),
		.json = json,
		.default_value = json_object_get(json, "default"),
		.personal = json_is_true(json_object_get(json, "hub.personal")),
		.steers = json_is_true(json_object_get(json, "hub.steers")),
	};
	if (!field->name || !field->doc)
		return refuse(owner, field->name, reterr, "a field needs \"name\" and \"doc\"", NULL);
	field->member = field->name;
	if (gen_field_find(owner, field->name))
		return refuse(owner, field->name, reterr, "named twice", NULL);
	int rc = resolve_type(model, owner, field, reterr);
	if (!rc)
		rc = resolve_limits(owner, field, reterr);
	if (rc)
		return rc;
	if (field->steers && (!field->named || !field->named->is_enum))
		return refuse(owner, field->name, reterr, "hub.steers is for enums", NULL);
	if (field->default_value && !default_fits(field))
		return refuse(owner, field->name, reterr,
		        "default of another type, or outside the subset: null for "
		        "nullables, [] for arrays, none for records",
		        NULL);
	return HUB_OK;
}

static int resolve_enum(struct gen_model *model, struct gen_type *type, struct hub_error *reterr)
{
	const json_t *symbols = json_object_get(type->json, "symbols");
	const char *otherwise = json_string_value(json_object_get(type->json, "default"));
	type->symbol_count = (uint32_t)json_array_size(symbols);
	type->symbols = hub_arena_alloc(model->arena, (type->symbol_count + 1) * sizeof(char *));
	for (uint32_t i = 0; type->symbols && i < type->symbol_count; i++)
		type->symbols[i] = json_string_value(json_array_get(symbols, i));
	if (type->symbol_count < 2 || !type->symbols || !type->symbols[0] ||
	        strcmp(type->symbols[0], "UNKNOWN") != 0 || !otherwise || strcmp(otherwise, "UNKNOWN") != 0)
		return refuse(type, NULL, reterr,
		        "an enum begins with UNKNOWN and has \"default\": \"UNKNOWN\", so that "
		        "it can grow",
		        NULL);
	return HUB_OK;
}

/* The fields of part come first, reached through one member. */
static int add_part(struct gen_model *model, struct gen_type *type, const char *full_name, const char *member,
        struct hub_error *reterr)
{
	struct simple simple;
	json_t *name = json_string(full_name);
	int rc = resolve_simple(model, type, NULL, name, &simple, reterr);
	json_decref(name);
	if (rc)
		return rc;
	if (simple.type != HUB_TYPE_RECORD || simple.named->part_count > 0)
		return refuse(type, NULL, reterr, "cannot begin with the fields of ", full_name);
	const struct gen_type *part = simple.named;
	type->parts[type->part_count++] = (struct gen_part){ part, member ? member : part->snake };
	for (uint32_t i = 0; i < part->field_count; i++) {
		if (gen_field_find(type, part->fields[i].name))
			return refuse(type, part->fields[i].name, reterr, "named twice", NULL);
		struct gen_field *field = &type->fields[type->field_count++];
		*field = part->fields[i];
		field->member = hub_arena_printf(
		        model->arena, "%s.%s", member ? member : part->snake, part->fields[i].name)
		                        .data;
	}
	return HUB_OK;
}

static int resolve_head(struct gen_model *model, struct gen_type *type, struct hub_error *reterr)
{
	static const struct {
		const char *name;
		enum hub_head head;
	} heads[] = {
		{ "EventHead", HUB_HEAD_EVENT },
		{ "DecisionHead", HUB_HEAD_DECISION },
		{ "RegistryHead", HUB_HEAD_REGISTRY },
	};
	const char *name = json_string_value(json_object_get(type->json, "hub.head"));
	if (!name)
		return HUB_OK;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (strcmp(heads[i].name, name) != 0)
			continue;
		type->head = heads[i].head;
		return add_part(model, type, hub_arena_printf(model->arena, "hub.common.%s", name).data,
		        "head", reterr);
	}
	return refuse(type, NULL, reterr, "hub.head is EventHead, DecisionHead or RegistryHead, not ", name);
}

static int resolve_record(struct gen_model *model, struct gen_type *type, struct hub_error *reterr)
{
	const json_t *fields = json_object_get(type->json, "fields");
	const char *embed = json_string_value(json_object_get(type->json, "hub.embed"));
	const json_t *state_version = json_object_get(type->json, "hub.state_version");
	type->state_version = state_version ? (int)json_integer_value(state_version) : 1;
	type->fields = hub_arena_alloc(model->arena, MOST_FIELDS * sizeof(struct gen_field));
	if (!json_is_array(fields) || !type->fields)
		return refuse(type, NULL, reterr, "a record needs \"fields\"", NULL);
	int rc = resolve_head(model, type, reterr);
	if (!rc && embed)
		rc = add_part(model, type, embed, NULL, reterr);
	type->own_field = type->field_count;
	for (size_t i = 0; i < json_array_size(fields) && !rc; i++) {
		if (type->field_count == MOST_FIELDS)
			return refuse(type, NULL, reterr, "too many fields", NULL);
		struct gen_field *field = &type->fields[type->field_count];
		rc = resolve_field(model, type, json_array_get(fields, i), field, reterr);
		type->field_count++;
	}
	if (!rc && type->field_count == 0)
		return refuse(type, NULL, reterr,
		        "a record without fields takes no bytes, so nothing bounds an array of it", NULL);
	return rc;
}

int gen_resolve(struct gen_model *model, struct gen_type *type, struct hub_error *reterr)
{
	static const char *const refused[] = { "aliases", "order" };
	if (type->mark == GEN_RESOLVED)
		return HUB_OK;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (json_object_get(type->json, refused[i]))
			return refuse(type, NULL, reterr, "not in the subset: ", refused[i]);
	}
	type->mark = GEN_RESOLVING;
	int rc = type->is_enum ? resolve_enum(model, type, reterr) : resolve_record(model, type, reterr);
	type->mark = GEN_RESOLVED;
	if (!rc && hub_arena_exhausted(model->arena))
		rc = hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
	return rc;
}
