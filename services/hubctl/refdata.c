#include "hubctl/refdata.h"

#include "base/calendar.h"
#include "base/map.h"
#include "hubctl/fields.h"
#include "hubctl/refdata_internal.h"
#include "records/catalogue.h"
#include "wire/record_json.h"

#include <stdlib.h>

struct hubctl_refdata *hubctl_refdata_new(struct hub_arena *arena)
{
	struct hubctl_refdata *refdata = hub_arena_alloc(arena, sizeof(*refdata));
	if (!refdata)
		return NULL;
	refdata->arena = arena;
	refdata->by_key = hub_map_new();
	refdata->by_id = hub_map_new();
	if (refdata->by_key && refdata->by_id)
		return refdata;
	hubctl_refdata_free(refdata);
	return NULL;
}

void hubctl_refdata_free(struct hubctl_refdata *refdata)
{
	if (!refdata)
		return;
	hub_map_free(refdata->by_key);
	hub_map_free(refdata->by_id);
}

uint32_t hubctl_refdata_unknown(const struct hubctl_refdata *refdata)
{
	return refdata->unknown;
}

/* Takes entry's predecessor under the same key out of its id's versions. */
static void unlink_version(struct hubctl_refdata *refdata, const struct hubctl_entry *gone)
{
	struct hubctl_entry *first = hub_map_get(refdata->by_id, gone->id);
	if (first == gone) {
		if (gone->sibling)
			hub_map_put(refdata->by_id, gone->id, gone->sibling);
		else
			hub_map_remove(refdata->by_id, gone->id);
		return;
	}
	for (struct hubctl_entry *e = first; e; e = e->sibling)
		if (e->sibling == gone)
			e->sibling = gone->sibling;
}

const struct hubctl_entry *hubctl_refdata_add(struct hubctl_refdata *refdata, struct hubctl_entry *entry)
{
	const struct hubctl_entry *replaced = hub_map_put(refdata->by_key, entry->key, entry);
	if (replaced)
		unlink_version(refdata, replaced);
	entry->sibling = hub_map_get(refdata->by_id, entry->id);
	hub_map_put(refdata->by_id, entry->id, entry);
	return replaced;
}

const char *hubctl_refdata_days(struct hubctl_entry *entry)
{
	const struct hub_str *text;
	const struct hub_field *to = hub_schema_field(entry->schema, HUB_STR("valid_to"));
	entry->to = INT32_MAX;
	if (!hub_day_parse(hubctl_text_of(entry->schema, entry->record, "valid_from"), &entry->from))
		return "valid_from";
	if (to && hubctl_field_texts(to, entry->record, &text) && !hub_day_parse(*text, &entry->to))
		return "valid_to";
	return NULL;
}

void hubctl_refdata_name(struct hubctl_refdata *refdata, struct hubctl_entry *entry, struct hub_str key)
{
	entry->key = hub_arena_copy(refdata->arena, key);
	const char *colon = key.len ? memrchr(entry->key.data, ':', entry->key.len) : NULL;
	entry->id = (struct hub_str){ entry->key.data,
		colon ? (uint32_t)(colon - entry->key.data) : entry->key.len };
}

int hubctl_refdata_loaded(
        struct hubctl_refdata *refdata, struct hub_str key, struct hub_str value, struct hub_error *reterr)
{
	const struct hub_schema *schema;
	void *record;
	struct hub_str kept = hub_arena_copy(refdata->arena, value);
	int result = hub_frame_decode(&hub_registry_schemas, kept, refdata->arena, &schema, &record, reterr);
	if (result == HUB_E_NOT_FOUND) {
		refdata->unknown++;
		return HUB_OK;
	}
	if (result)
		return hub_error_wrap(reterr, "topic registry, key %.*s", HUB_STR_ARG(key));
	struct hubctl_entry *entry = hub_arena_alloc(refdata->arena, sizeof(*entry));
	if (!entry)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "",
		        "the registry is larger than the memory set aside for it");
	*entry = (struct hubctl_entry){ .schema = schema, .record = record, .value = kept };
	if (!hub_schema_field(schema, HUB_STR("valid_from")))
		return HUB_OK;
	hubctl_refdata_name(refdata, entry, key);
	const char *no_date = hubctl_refdata_days(entry);
	if (no_date)
		return hub_error_set(reterr, HUB_E_INVALID, "", "topic registry, key %.*s: %s is not a date",
		        HUB_STR_ARG(key), no_date);
	hubctl_refdata_add(refdata, entry);
	return HUB_OK;
}

static int by_key(const void *a, const void *b)
{
	const struct hubctl_entry *const *left = a;
	const struct hubctl_entry *const *right = b;
	return hub_str_cmp((*left)->key, (*right)->key);
}

uint32_t hubctl_refdata_sorted(const struct hubctl_refdata *refdata, const struct hubctl_entry *const **ret)
{
	size_t count = hub_map_count(refdata->by_key);
	const struct hubctl_entry **entries =
	        hub_arena_alloc(refdata->arena, (count + 1) * sizeof(const void *));
	*ret = entries;
	if (!entries)
		return 0;
	uint32_t n = 0;
	size_t at = 0;
	struct hub_str key;
	void *value;
	while (hub_map_next(refdata->by_key, &at, &key, &value))
		entries[n++] = value;
	qsort(entries, n, sizeof(const void *), by_key);
	return n;
}

const struct hubctl_entry *hubctl_refdata_holds(
        const struct hubctl_refdata *refdata, const struct hubctl_entry *entry, int32_t day)
{
	const struct hubctl_entry *newest = NULL;
	for (const struct hubctl_entry *e = hub_map_get(refdata->by_id, entry->id); e; e = e->sibling)
		if (e->from <= day && (!newest || e->from > newest->from))
			newest = e;
	return newest && day < newest->to ? newest : NULL;
}

enum hubctl_change hubctl_refdata_change(
        const struct hubctl_entry *entry, struct hub_arena *arena, struct hub_str *ret_fields)
{
	if (!entry->before)
		return HUBCTL_NEW;
	if (hub_str_eq(entry->before->value, entry->value))
		return HUBCTL_SAME;
	json_t *old = hub_record_to_json(entry->schema, entry->before->record, false);
	json_t *now = hub_record_to_json(entry->schema, entry->record, false);
	struct hub_buf names;
	hub_buf_init(&names, 4096);
	for (uint32_t i = 0; i < entry->schema->field_count; i++) {
		const char *name = entry->schema->fields[i].name;
		if (!json_equal(json_object_get(old, name), json_object_get(now, name)))
			hub_buf_printf(&names, "%s%s", names.len ? ", " : "", name);
	}
	hub_buf_text(&names, names.len ? "" : "only the schema that it is written by");
	*ret_fields = hub_arena_copy(arena, hub_buf_slice(&names));
	hub_buf_done(&names);
	json_decref(old);
	json_decref(now);
	return HUBCTL_CHANGED;
}
