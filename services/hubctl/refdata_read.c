/* A file of reference data to entries: JSON, defaults, schema, key. */
#include "base/calendar.h"
#include "hubctl/fields.h"
#include "hubctl/refdata_internal.h"
#include "records/catalogue.h"
#include "wire/locate.h"
#include "wire/near.h"
#include "wire/record_json.h"

#include <stdio.h>

enum { RECORD_MAX = 1 << 20 };

/* One file being read. */
struct reading {
	struct hubctl_refdata *refdata;
	const char *file;
	struct hub_str text;
	const json_t *defaults;
	struct hubctl_problems *problems;
};

static void problem_at(struct reading *r, struct hub_str path, const char *text)
{
	hubctl_problem_add(r->problems, r->file, hub_json_locate(r->text, path), path, "%s", text);
}

/* Errors of records name "Organisation.kind"; the file's path is "Organisation[3].kind". */
static struct hub_str path_in_file(
        struct reading *r, const char *place, const struct hub_schema *schema, struct hub_str path)
{
	size_t name = strlen(schema->name);
	const char *rest = strncmp(place, schema->name, name) == 0 ? place + name : "";
	return hub_arena_printf(r->problems->arena, "%.*s%s", HUB_STR_ARG(path), rest);
}

static void fill_defaults(const struct reading *r, const struct hub_schema *schema, json_t *item)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)r->defaults, name, value)
	{
		if (hub_schema_field(schema, hub_str_from(name)) && !json_object_get(item, name))
			json_object_set(item, name, value);
	}
}

static const char *encode(struct reading *r, struct hubctl_entry *entry, struct hub_error *err)
{
	struct hub_buf buf;
	hub_buf_init(&buf, RECORD_MAX);
	int result = hub_registry_key(entry->schema, entry->record, &buf, err);
	hubctl_refdata_name(r->refdata, entry, hub_buf_slice(&buf));
	hub_buf_reset(&buf);
	if (!result)
		result = hub_frame_encode(entry->schema, entry->record, &buf, err);
	entry->value = hub_arena_copy(r->refdata->arena, hub_buf_slice(&buf));
	hub_buf_done(&buf);
	return result ? err->text : NULL;
}

/* NULL, or what is wrong (place in err). */
static const char *make_entry(
        struct reading *r, struct hubctl_entry *entry, json_t *item, struct hub_error *err)
{
	void *record = hub_arena_alloc(r->refdata->arena, entry->schema->size);
	if (!record)
		return "the files are larger than the memory set aside for them";
	entry->record = record;
	if (hub_record_from_json(entry->schema, item, r->refdata->arena, record, err))
		return err->text;
	if (hub_record_check_steering(entry->schema, record, err))
		return err->text;
	const char *no_date = hubctl_refdata_days(entry);
	if (no_date) {
		snprintf(err->place, sizeof(err->place), "%s.%s", entry->schema->name, no_date);
		return "not a date (write 2026-02-09)";
	}
	return encode(r, entry, err);
}

static void add(struct reading *r, struct hubctl_entry *entry)
{
	struct hubctl_entry *known = hub_map_get(r->refdata->by_key, entry->key);
	if (known && known->file) {
		hubctl_problem_add(r->problems, r->file, hub_json_locate(r->text, entry->path), entry->path,
		        "%.*s is already in %s, line %u (keep one; a later version needs another valid_from)",
		        HUB_STR_ARG(entry->key), known->file, hub_json_locate(known->text, known->path));
		return;
	}
	entry->before = hubctl_refdata_add(r->refdata, entry);
}

static void read_record(struct reading *r, const struct hub_schema *schema, json_t *item, struct hub_str path)
{
	struct hub_error err = { 0 };
	struct hubctl_entry *entry = hub_arena_alloc(r->refdata->arena, sizeof(*entry));
	if (!entry)
		return problem_at(r, path, "the files are larger than the memory set aside for them");
	if (!json_is_object(item))
		return problem_at(r, path, "expected an object with the record's fields");
	*entry = (struct hubctl_entry){ .schema = schema,
		.file = r->file,
		.text = r->text,
		.path = hub_arena_copy(r->refdata->arena, path) };
	json_object_del(item, "//");
	fill_defaults(r, schema, item);
	const char *wrong = make_entry(r, entry, item, &err);
	if (wrong)
		return problem_at(r, path_in_file(r, err.place, schema, path), wrong);
	add(r, entry);
}

static void read_type(struct reading *r, const char *name, json_t *value)
{
	const struct hub_schema *schema = hub_schema_by_name(&hub_registry_schemas, hub_str_from(name));
	if (!schema || !hub_schema_field(schema, HUB_STR("valid_from"))) {
		struct hub_near near = hub_near_start(hub_str_from(name));
		for (uint32_t i = 0; i < hub_registry_schemas.count; i++)
			hub_near_offer(&near, hub_registry_schemas.schemas[i]->name);
		hubctl_problem_add(r->problems, r->file, hub_json_locate(r->text, hub_str_from(name)),
		        hub_str_from(name), "no such record type (%s%s)",
		        near.best ? "did you mean " : "hubctl help registry load lists them",
		        near.best ? near.best : "");
		return;
	}
	if (!json_is_array(value))
		return problem_at(r, hub_str_from(name), "expected an array of records");
	size_t i;
	json_t *item;
	json_array_foreach(value, i, item)
	{
		read_record(r, schema, item, hub_arena_printf(r->problems->arena, "%s[%zu]", name, i));
	}
}

void hubctl_refdata_read(struct hubctl_refdata *refdata, const char *file, struct hub_str text,
        struct hubctl_problems *problems)
{
	struct reading r = { .refdata = refdata, .file = file, .text = text, .problems = problems };
	json_error_t syntax;
	json_t *root = json_loadb(text.data ? text.data : "", text.len, JSON_REJECT_DUPLICATES, &syntax);
	if (!root) {
		hubctl_problem_add(problems, file, syntax.line > 0 ? (uint32_t)syntax.line : 1,
		        (struct hub_str){ 0 }, "not JSON: %s", syntax.text);
		return;
	}
	if (!json_is_object(root))
		problem_at(&r, (struct hub_str){ 0 },
		        "expected one object of record types, {\"Organisation\": [...], ...} (see hubctl "
		        "help registry load)");
	r.defaults = json_object_get(root, "defaults");
	if (r.defaults && !json_is_object(r.defaults))
		problem_at(&r, HUB_STR("defaults"), "expected an object of fields");
	const char *name;
	json_t *value;
	json_object_foreach(root, name, value)
	{
		if (strcmp(name, "//") != 0 && strcmp(name, "defaults") != 0)
			read_type(&r, name, value);
	}
	json_decref(root);
}
