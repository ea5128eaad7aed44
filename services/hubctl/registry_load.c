/* hubctl registry load|check: files of reference data against what is loaded; what changed goes in one
 * transaction. */
#include "hubctl/commands.h"
#include "hubctl/registry_topic.h"

#include "base/check.h"
#include "kafka/writer.h"
#include "records/catalogue.h"
#include "records/registry_loaded.h"

#include <stdio.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 20, LISTED_MAX = 30, KINDS_MAX = 64 };

static const char transactional_id[] = "hubctl-registry-load";

/* What a load would do. */
struct plan {
	struct hubctl *hubctl;
	struct hubctl_refdata *refdata;
	struct hubctl_problems problems;
	const struct hubctl_entry *const *entries;
	uint32_t count;
	struct kind {
		const struct hub_schema *schema;
		uint32_t by_change[3]; /* enum hubctl_change */
	} kinds[KINDS_MAX];
	uint32_t kind_count;
	uint32_t writes;
};

static int read_files(struct plan *plan, struct hub_error *err)
{
	struct hubctl *hubctl = plan->hubctl;
	for (uint32_t i = 0; i < hubctl->args->operand_count; i++) {
		struct hub_str text;
		int result = hubctl_read_file(hubctl, hubctl->args->operands[i], FILE_MAX, &text, err);
		if (result)
			return result;
		hubctl_refdata_read(plan->refdata, hubctl->args->operands[i], text, &plan->problems);
	}
	if (plan->problems.count == 0)
		hubctl_refdata_check(plan->refdata, &plan->problems);
	return HUB_OK;
}

static struct kind *kind_of(struct plan *plan, const struct hub_schema *schema)
{
	for (uint32_t i = 0; i < plan->kind_count; i++)
		if (plan->kinds[i].schema == schema)
			return &plan->kinds[i];
	hub_check(plan->kind_count < KINDS_MAX); /* there are fewer types in the catalogue */
	struct kind *kind = &plan->kinds[plan->kind_count++];
	kind->schema = schema;
	return kind;
}

static void count_changes(struct plan *plan)
{
	plan->count = hubctl_refdata_sorted(plan->refdata, &plan->entries);
	for (uint32_t i = 0; i < plan->count; i++) {
		struct hub_str fields;
		if (!plan->entries[i]->file)
			continue;
		enum hubctl_change change =
		        hubctl_refdata_change(plan->entries[i], plan->hubctl->arena, &fields);
		kind_of(plan, plan->entries[i]->schema)->by_change[change]++;
		plan->writes += change != HUBCTL_SAME;
	}
}

static void put_changes(struct plan *plan)
{
	static const struct hubctl_column columns[] = {
		{ "RECORD", HUBCTL_KEEP, false },
		{ "NEW", HUBCTL_KEEP, true },
		{ "CHANGED", HUBCTL_KEEP, true },
		{ "SAME", HUBCTL_KEEP, true },
	};
	struct hubctl *hubctl = plan->hubctl;
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 4);
	for (uint32_t i = 0; i < plan->kind_count; i++) {
		hubctl_grid_text(grid, plan->kinds[i].schema->name);
		for (int c = 0; c < 3; c++)
			hubctl_grid_number(grid, plan->kinds[i].by_change[c]);
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
	uint32_t listed = 0;
	for (uint32_t i = 0; i < plan->count; i++) {
		struct hub_str fields;
		if (!plan->entries[i]->file ||
		        hubctl_refdata_change(plan->entries[i], hubctl->arena, &fields) != HUBCTL_CHANGED)
			continue;
		if (listed++ < LISTED_MAX)
			hub_buf_printf(&hubctl->out, "%schanged %.*s: %.*s\n", listed == 1 ? "\n" : "",
			        HUB_STR_ARG(plan->entries[i]->key), HUB_STR_ARG(fields));
	}
	if (listed > LISTED_MAX)
		hub_buf_printf(
		        &hubctl->out, "... and %u more changed; --json lists all\n", listed - LISTED_MAX);
}

static json_t *changes_json(struct plan *plan)
{
	static const char *const names[] = { "new", "changed", "same" };
	json_t *list = json_array();
	for (uint32_t i = 0; i < plan->count; i++) {
		struct hub_str fields = { 0 };
		if (!plan->entries[i]->file)
			continue;
		enum hubctl_change change =
		        hubctl_refdata_change(plan->entries[i], plan->hubctl->arena, &fields);
		if (change == HUBCTL_SAME)
			continue;
		json_t *item = json_object();
		json_object_set_new(item, "key", hubctl_json_text(plan->entries[i]->key));
		json_object_set_new(item, "change", json_string(names[change]));
		if (change == HUBCTL_CHANGED)
			json_object_set_new(item, "fields", hubctl_json_text(fields));
		json_array_append_new(list, item);
	}
	return list;
}

static int write_record(struct plan *plan, struct hub_kafka_writer *writer, struct hub_str key,
        struct hub_str value, struct hub_error *err)
{
	struct hub_kafka_message message = {
		.topic = hubctl_topic(plan->hubctl, "registry"),
		.partition = 0,
		.key = key,
		.has_key = true,
		.value = value,
		.has_value = true,
	};
	return hub_kafka_writer_send(writer, &message, err);
}

static int write_end(
        struct plan *plan, struct hub_kafka_writer *writer, struct hub_str load_id, struct hub_error *err)
{
	struct hub_registry_loaded loaded = { .load_id = load_id, .records = (int32_t)plan->writes };
	struct hub_buf key, value;
	hub_buf_init(&key, 1024);
	hub_buf_init(&value, 1024);
	int result = hub_registry_key(&hub_registry_loaded_schema, &loaded, &key, err);
	if (!result)
		result = hub_frame_encode(&hub_registry_loaded_schema, &loaded, &value, err);
	if (!result)
		result = write_record(plan, writer, hub_buf_slice(&key), hub_buf_slice(&value), err);
	hub_buf_done(&key);
	hub_buf_done(&value);
	return result;
}

static int write_all(
        struct plan *plan, struct hub_kafka_writer *writer, struct hub_str load_id, struct hub_error *err)
{
	int result = hub_kafka_writer_begin(writer, err);
	for (uint32_t i = 0; !result && i < plan->count; i++) {
		struct hub_str fields;
		const struct hubctl_entry *entry = plan->entries[i];
		if (entry->file && hubctl_refdata_change(entry, plan->hubctl->arena, &fields) != HUBCTL_SAME)
			result = write_record(plan, writer, entry->key, entry->value, err);
	}
	if (!result)
		result = write_end(plan, writer, load_id, err);
	if (!result)
		return hub_kafka_writer_commit(writer, err);
	hub_kafka_writer_abort(writer, NULL);
	return result;
}

static struct hub_str new_load_id(struct hubctl *hubctl)
{
	return hub_arena_printf(hubctl->arena, "%lld-%d", (long long)hubctl_now_ms(), (int)getpid());
}

static void put_result(struct plan *plan, const char *done, struct hub_str load_id, int64_t version)
{
	struct hubctl *hubctl = plan->hubctl;
	if (hubctl->json) {
		json_t *json = json_object();
		json_object_set_new(json, "changes", changes_json(plan));
		json_object_set_new(json, "problems", hubctl_json_problems(&plan->problems));
		json_object_set_new(json, "load_id", load_id.len ? hubctl_json_text(load_id) : json_null());
		json_object_set_new(json, "registry_version",
		        version >= 0 ? json_integer((json_int_t)version) : json_null());
		hubctl_put_json(hubctl, json);
		return;
	}
	hubctl_put_problems(&plan->problems);
	if (plan->problems.count) {
		hub_buf_printf(&hubctl->out, "%s; nothing was loaded\n",
		        hubctl_count(hubctl, plan->problems.count, "problem"));
		return;
	}
	put_changes(plan);
	hub_buf_printf(&hubctl->out, "\n%s", done);
	if (version >= 0)
		hub_buf_printf(&hubctl->out, "; registry version %lld", (long long)version);
	hub_buf_text(&hubctl->out, "\n");
}

/* Loaded data first, then the files over it. */
static int make_plan(struct plan *plan, bool offline, int64_t *ret_version, struct hub_error *err)
{
	plan->problems.arena = plan->hubctl->arena;
	plan->refdata = hubctl_refdata_new(plan->hubctl->arena);
	if (!plan->refdata)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	*ret_version = -1;
	int result =
	        offline ? HUB_OK : hubctl_registry_read(plan->hubctl, plan->refdata, -1, ret_version, err);
	if (!result)
		result = read_files(plan, err);
	if (!result)
		count_changes(plan);
	return result;
}

static int load(struct plan *plan, struct hub_kafka_writer *writer, struct hub_error *err)
{
	int64_t version;
	int result = make_plan(plan, false, &version, err);
	if (result)
		return hubctl_fail(plan->hubctl, err);
	struct hub_str load_id = { 0 };
	const char *done = "nothing to load: all of it is in the registry";
	if (plan->problems.count == 0 && plan->writes) {
		load_id = new_load_id(plan->hubctl);
		result = write_all(plan, writer, load_id, err);
		if (result)
			return hubctl_fail(plan->hubctl, err);
		version = hub_kafka_writer_last_offset(writer); /* RegistryLoaded was the last one */
		done = hub_arena_printf(plan->hubctl->arena, "%s loaded in one transaction",
		        hubctl_count(plan->hubctl, plan->writes, "record"))
		               .data;
	}
	put_result(plan, done, load_id, version);
	return plan->problems.count ? HUBCTL_REFUSED : HUBCTL_DONE;
}

int hubctl_registry_load(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hub_kafka_writer *writer = NULL;
	struct plan *plan = hub_arena_alloc(hubctl->arena, sizeof(*plan));
	if (!plan)
		return HUBCTL_UNREACHABLE;
	plan->hubctl = hubctl;
	/* Before reading: from now on no other load can commit, so what is read is what the changes are
	 * counted against. */
	if (hub_kafka_writer_open(
	            &hubctl->settings->kafka, transactional_id, hubctl->settings->timeout_ms, &writer, &err))
		return hubctl_fail(hubctl, &err);
	int code = load(plan, writer, &err);
	hub_kafka_writer_close(writer);
	hubctl_refdata_free(plan->refdata);
	return code;
}

int hubctl_registry_check(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	int64_t version;
	struct plan *plan = hub_arena_alloc(hubctl->arena, sizeof(*plan));
	if (!plan)
		return HUBCTL_UNREACHABLE;
	plan->hubctl = hubctl;
	int code;
	if (make_plan(plan, hubctl_arg(hubctl->args, "offline") != NULL, &version, &err)) {
		code = hubctl_fail(hubctl, &err);
	} else {
		struct hub_str done = hub_arena_printf(hubctl->arena, "right; loading it would write %s",
		        hubctl_count(hubctl, plan->writes, "record"));
		put_result(plan, done.data, (struct hub_str){ 0 }, version);
		code = plan->problems.count ? HUBCTL_REFUSED : HUBCTL_DONE;
	}
	hubctl_refdata_free(plan->refdata);
	return code;
}
