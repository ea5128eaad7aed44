/* Other forms of a resolved type: self-contained JSON, Parsing Canonical Form, Avro C's. */
#include "avrogen/model.h"
#include "base/buf.h"
#include "base/hash.h"

#include <avro.h>
#include <stdlib.h>
#include <string.h>

enum { CANONICAL_BYTES = 1024 * 1024 };

static const char *const type_names[] = {
	[HUB_TYPE_BOOLEAN] = "boolean",
	[HUB_TYPE_INT] = "int",
	[HUB_TYPE_LONG] = "long",
	[HUB_TYPE_DOUBLE] = "double",
	[HUB_TYPE_STRING] = "string",
	[HUB_TYPE_BYTES] = "bytes",
};

/* Whether the named type is in seen (a JSON object used as a set); it is afterwards. */
static bool seen_before(json_t *seen, const struct gen_type *type)
{
	if (json_object_get(seen, type->full_name))
		return true;
	(void)json_object_set_new(seen, type->full_name, json_true());
	return false;
}

static json_t *named_json(const struct gen_type *type, json_t *seen);

static json_t *field_type_json(const struct gen_field *field, json_t *seen)
{
	enum hub_type type = field->type == HUB_TYPE_ARRAY ? field->item_type : field->type;
	json_t *json;
	if (type == HUB_TYPE_RECORD || type == HUB_TYPE_ENUM)
		json = named_json(field->named, seen);
	else if (field->timestamp)
		json = json_pack("{s:s, s:s}", "type", "long", "logicalType", "timestamp-millis");
	else
		json = json_string(type_names[type]);
	if (field->type == HUB_TYPE_ARRAY)
		json = json_pack("{s:s, s:o}", "type", "array", "items", json);
	return field->nullable ? json_pack("[s, o]", "null", json) : json;
}

static json_t *record_fields_json(const struct gen_type *type, json_t *seen)
{
	json_t *fields = json_array();
	for (uint32_t i = 0; i < type->field_count; i++) {
		const struct gen_field *field = &type->fields[i];
		json_t *out =
		        json_pack("{s:s, s:o}", "name", field->name, "type", field_type_json(field, seen));
		const char *key;
		json_t *value;
		json_t *written = json_copy((json_t *)(uintptr_t)field->json);
		json_object_foreach(written, key, value)
		{
			if (strcmp(key, "name") != 0 && strcmp(key, "type") != 0)
				(void)json_object_set(out, key, value);
		}
		json_decref(written);
		(void)json_array_append_new(fields, out);
	}
	return fields;
}

static json_t *named_json(const struct gen_type *type, json_t *seen)
{
	if (seen_before(seen, type))
		return json_string(type->full_name);
	json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "type", type->is_enum ? "enum" : "record", "name",
	        type->name, "namespace", type->space, "doc", type->doc);
	if (!type->is_enum) {
		if (type->state_version > 1)
			(void)json_object_set_new(
			        json, "hub.state_version", json_integer(type->state_version));
		(void)json_object_set_new(json, "fields", record_fields_json(type, seen));
		return json;
	}
	json_t *symbols = json_array();
	for (uint32_t i = 0; i < type->symbol_count; i++)
		(void)json_array_append_new(symbols, json_string(type->symbols[i]));
	(void)json_object_set_new(json, "symbols", symbols);
	(void)json_object_set_new(json, "default", json_string("UNKNOWN"));
	return json;
}

json_t *gen_self_contained(const struct gen_type *type)
{
	json_t *seen = json_object();
	json_t *json = named_json(type, seen);
	json_decref(seen);
	return json;
}

static void canonical_named(const struct gen_type *type, json_t *seen, struct hub_buf *out);

static void canonical_field(const struct gen_field *field, json_t *seen, struct hub_buf *out)
{
	enum hub_type type = field->type == HUB_TYPE_ARRAY ? field->item_type : field->type;
	hub_buf_text(out, field->nullable ? "[\"null\"," : "");
	hub_buf_text(out, field->type == HUB_TYPE_ARRAY ? "{\"type\":\"array\",\"items\":" : "");
	if (type == HUB_TYPE_RECORD || type == HUB_TYPE_ENUM)
		canonical_named(field->named, seen, out);
	else
		hub_buf_printf(out, "\"%s\"", type_names[type]);
	hub_buf_text(out, field->type == HUB_TYPE_ARRAY ? "}" : "");
	hub_buf_text(out, field->nullable ? "]" : "");
}

static void canonical_named(const struct gen_type *type, json_t *seen, struct hub_buf *out)
{
	if (seen_before(seen, type)) {
		hub_buf_printf(out, "\"%s\"", type->full_name);
		return;
	}
	hub_buf_printf(out, "{\"name\":\"%s\",\"type\":\"%s\",\"%s\":[", type->full_name,
	        type->is_enum ? "enum" : "record", type->is_enum ? "symbols" : "fields");
	for (uint32_t i = 0; i < type->symbol_count; i++)
		hub_buf_printf(out, "%s\"%s\"", i ? "," : "", type->symbols[i]);
	for (uint32_t i = 0; i < type->field_count; i++) {
		hub_buf_printf(out, "%s{\"name\":\"%s\",\"type\":", i ? "," : "", type->fields[i].name);
		canonical_field(&type->fields[i], seen, out);
		hub_buf_text(out, "}");
	}
	hub_buf_text(out, "]}");
}

struct hub_str gen_canonical(const struct gen_type *type, struct hub_arena *arena)
{
	struct hub_buf out;
	hub_buf_init(&out, CANONICAL_BYTES);
	json_t *seen = json_object();
	canonical_named(type, seen, &out);
	json_decref(seen);
	struct hub_str text = hub_arena_copy(arena, hub_buf_slice(&out));
	hub_buf_done(&out);
	return text;
}

uint64_t gen_fingerprint(const struct gen_type *type, struct hub_arena *arena)
{
	return hub_crc64_avro(gen_canonical(type, arena));
}

int gen_validate(const struct gen_type *type, struct hub_error *reterr)
{
	json_t *json = gen_self_contained(type);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (!text)
		return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
	avro_schema_t schema = NULL;
	int rc = HUB_OK;
	if (avro_schema_from_json_length(text, strlen(text), &schema))
		rc = hub_error_set(reterr, HUB_E_INVALID, type->file, "%s: Avro C says: %s", type->full_name,
		        avro_strerror());
	else
		avro_schema_decref(schema);
	free(text);
	return rc;
}
