/* hubctl registry show: what the registry holds, on a day, by a version. */
#include "hubctl/commands.h"
#include "hubctl/registry_topic.h"

#include "base/calendar.h"
#include "hubctl/fields.h"
#include "hubctl/when.h"
#include "records/catalogue.h"
#include "wire/near.h"
#include "wire/record_json.h"

/* Which entries are asked for. */
struct question {
	struct hubctl *hubctl;
	struct hubctl_refdata *refdata;
	const struct hub_schema *schema; /* NULL: all types */
	const char *id;                  /* NULL: all ids */
	int32_t day;
	bool all; /* versions of any day */
	int64_t version;
	const struct hubctl_entry *const *entries;
	uint32_t count;
};

static struct hub_str natural_id(const struct hubctl_entry *entry)
{
	uint32_t skip = (uint32_t)strlen(entry->schema->name) + 1;
	return (struct hub_str){ entry->id.data + skip, entry->id.len - skip };
}

static bool asked_for(const struct question *q, const struct hubctl_entry *entry)
{
	if (q->schema && entry->schema != q->schema)
		return false;
	if (q->id && !hub_str_is(natural_id(entry), q->id))
		return false;
	return q->all || hubctl_refdata_holds(q->refdata, entry, q->day) == entry;
}

/* The file format of registry load, so that what is shown can be changed and loaded. */
static void put_file(struct question *q)
{
	json_t *json = json_object();
	for (uint32_t i = 0; i < q->count; i++) {
		const struct hubctl_entry *entry = q->entries[i];
		if (!asked_for(q, entry))
			continue;
		json_t *list = json_object_get(json, entry->schema->name);
		if (!list) {
			list = json_array();
			json_object_set_new(json, entry->schema->name, list);
		}
		json_array_append_new(list, hub_record_to_json(entry->schema, entry->record, false));
	}
	hubctl_put_json(q->hubctl, json);
}

static struct hub_str day_text(struct hub_arena *arena, int32_t day)
{
	char text[HUB_DATE_LEN + 1];
	if (day == INT32_MAX)
		return HUB_STR("-");
	hub_day_format(day, text);
	return hub_arena_copy(arena, hub_str_from(text));
}

static uint32_t put_records(struct question *q)
{
	static const struct hubctl_column columns[] = {
		{ "ID", HUBCTL_KEEP, false },
		{ "NAME", HUBCTL_CUT, false },
		{ "VALID FROM", HUBCTL_KEEP, false },
		{ "UNTIL", HUBCTL_KEEP, false },
		{ "FOR", HUBCTL_KEEP, false },
	};
	struct hub_arena *arena = q->hubctl->arena;
	struct hubctl_grid *grid = hubctl_grid_new(arena, columns, 5);
	for (uint32_t i = 0; i < q->count; i++) {
		const struct hubctl_entry *entry = q->entries[i];
		if (!asked_for(q, entry))
			continue;
		struct hub_str region = hubctl_text_of(entry->schema, entry->record, "applies_to_region_id");
		hubctl_grid_cell(grid, natural_id(entry));
		hubctl_grid_cell(grid, hubctl_text_of(entry->schema, entry->record, "name"));
		hubctl_grid_cell(grid, day_text(arena, entry->from));
		hubctl_grid_cell(grid, day_text(arena, entry->to));
		hubctl_grid_cell(grid, region.len ? region : HUB_STR("everyone"));
	}
	hubctl_grid_print(grid, q->hubctl->width, 0, &q->hubctl->out);
	return hubctl_grid_rows(grid);
}

static uint32_t put_types(struct question *q)
{
	static const struct hubctl_column columns[] = {
		{ "RECORD", HUBCTL_KEEP, false },
		{ "VALID", HUBCTL_KEEP, true },
		{ "ALL VERSIONS", HUBCTL_KEEP, true },
	};
	struct hubctl_grid *grid = hubctl_grid_new(q->hubctl->arena, columns, 3);
	for (uint32_t s = 0; s < hub_registry_schemas.count; s++) {
		uint32_t valid = 0, versions = 0;
		for (uint32_t i = 0; i < q->count; i++) {
			bool of_type = q->entries[i]->schema == hub_registry_schemas.schemas[s];
			versions += of_type;
			valid += of_type && asked_for(q, q->entries[i]);
		}
		if (!versions)
			continue;
		hubctl_grid_text(grid, hub_registry_schemas.schemas[s]->name);
		hubctl_grid_number(grid, valid);
		hubctl_grid_number(grid, versions);
	}
	hubctl_grid_print(grid, q->hubctl->width, 0, &q->hubctl->out);
	return hubctl_grid_rows(grid);
}

static int show(struct question *q, struct hub_error *err)
{
	struct hubctl *hubctl = q->hubctl;
	uint32_t found = 0;
	for (uint32_t i = 0; i < q->count; i++)
		found += asked_for(q, q->entries[i]);
	char day[HUB_DATE_LEN + 1];
	hub_day_format(q->day, day);
	if (q->version < 0)
		return hub_error_set(err, HUB_E_NOT_FOUND, "",
		        "the registry is empty; hubctl registry load FILE... fills it");
	if (!found && q->schema)
		return hub_error_set(err, HUB_E_NOT_FOUND, "",
		        "no %s%s%s holds on %s; --all shows versions of other days", q->schema->name,
		        q->id ? " " : "", q->id ? q->id : "", day);
	if (hubctl->json || q->id) {
		put_file(q);
		return HUB_OK;
	}
	if (q->schema)
		put_records(q);
	else
		put_types(q);
	hub_buf_printf(&hubctl->out, "\n%s, registry version %lld", q->all ? "every day" : day,
	        (long long)q->version);
	if (hubctl_refdata_unknown(q->refdata))
		hub_buf_printf(&hubctl->out, "; %u records of types that this hubctl does not know",
		        hubctl_refdata_unknown(q->refdata));
	hub_buf_text(&hubctl->out, "\n");
	return HUB_OK;
}

static int type_of(struct question *q, struct hub_error *err)
{
	const struct hubctl_args *args = q->hubctl->args;
	if (args->operand_count == 0)
		return HUB_OK;
	struct hub_str name = hub_str_from(args->operands[0]);
	q->schema = hub_schema_by_name(&hub_registry_schemas, name);
	q->id = args->operand_count > 1 ? args->operands[1] : NULL;
	if (q->schema)
		return HUB_OK;
	struct hub_near near = hub_near_start(name);
	for (uint32_t i = 0; i < hub_registry_schemas.count; i++)
		hub_near_offer(&near, hub_registry_schemas.schemas[i]->name);
	return hub_error_set(err, HUB_E_INVALID, "", "no registry record \"%s\" (%s%s)", args->operands[0],
	        near.best ? "did you mean " : "hubctl registry show lists them", near.best ? near.best : "");
}

int hubctl_registry_show(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	int64_t version;
	int64_t at_ms = hubctl_now_ms();
	const char *at = hubctl_arg(hubctl->args, "at");
	struct question q = { .hubctl = hubctl, .all = hubctl_arg(hubctl->args, "all") != NULL };
	if (type_of(&q, &err) ||
	        hubctl_arg_number(hubctl->args, "version", 0, INT64_MAX, -1, &version, &err) ||
	        (at && hubctl_when(hub_str_from(at), at_ms, &at_ms, &err)))
		return hubctl_usage(hubctl, &err);
	q.day = hub_day_of(at_ms);
	q.refdata = hubctl_refdata_new(hubctl->arena);
	if (!q.refdata)
		return HUBCTL_UNREACHABLE;
	int result = hubctl_registry_read(hubctl, q.refdata, version, &q.version, &err);
	if (!result) {
		q.count = hubctl_refdata_sorted(q.refdata, &q.entries);
		result = show(&q, &err);
	}
	hubctl_refdata_free(q.refdata);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
