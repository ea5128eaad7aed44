/* hubctl export: the records of a topic as Avro container files, one a record type. Which ones: by their times, which are
 * their senders'; or, with --since, all behind where the last export ended, whatever their times are. */
#include "hubctl/avro_file.h"
#include "hubctl/commands.h"
#include "hubctl/personal.h"
#include "hubctl/scan.h"
#include "hubctl/since.h"
#include "hubctl/when.h"
#include "records/catalogue.h"
#include "wire/framing.h"
#include "wire/near.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { RECORD_ARENA = 64 << 20, TYPES_MAX = 64 };

static const char suffix[] = ".avro";

/* A file in the making. */
struct output {
	const struct hub_schema *schema;
	const char *path;
	struct hubctl_avro_writer *writer;
	uint64_t count;
};

struct exporting {
	struct hubctl *hubctl;
	const struct hub_topic_spec *topic;
	const struct hub_schema *only; /* NULL: every type */
	const char *key;               /* NULL: every county */
	const char *file;
	bool personal;
	int64_t from_ms, to_ms;
	const char *since_file; /* NULL: by time alone */
	struct hubctl_since since;
	struct hub_arena *arena; /* of one record */
	struct output outputs[TYPES_MAX];
	uint32_t output_count;
	uint64_t unknown; /* records */
	struct hub_error err;
};

/* "day.avro" and ReferralRouted: "day.ReferralRouted.avro"; the file itself when only one type was asked for. */
static const char *path_of(struct exporting *e, const struct hub_schema *schema)
{
	struct hub_str name = hub_str_from(e->file);
	uint32_t tail = sizeof(suffix) - 1;
	if (e->only)
		return e->file;
	if (name.len > tail && memcmp(name.data + name.len - tail, suffix, tail) == 0)
		name.len -= tail;
	struct hub_str path =
	        hub_arena_printf(e->hubctl->arena, "%.*s.%s%s", HUB_STR_ARG(name), schema->name, suffix);
	return path.len ? path.data : e->file;
}

static struct output *output_of(struct exporting *e, const struct hub_schema *schema)
{
	for (uint32_t i = 0; i < e->output_count; i++)
		if (e->outputs[i].schema == schema)
			return &e->outputs[i];
	if (e->output_count == TYPES_MAX)
		return NULL;
	struct output *output = &e->outputs[e->output_count];
	*output = (struct output){ .schema = schema, .path = path_of(e, schema) };
	if (hubctl_avro_create(output->path, schema, &output->writer, &e->err))
		return NULL;
	e->output_count++;
	return output;
}

/* With --since no clock is asked: a time that is too early would be in no export at all. */
static bool is_wanted(const struct exporting *e, const struct hub_kafka_event *event)
{
	bool timely = e->since_file || (event->timestamp_ms >= e->from_ms && event->timestamp_ms < e->to_ms);
	return timely && event->has_value && (!e->key || (event->has_key && hub_str_is(event->key, e->key)));
}

static enum hubctl_scan_next take(void *user, const struct hub_kafka_event *event)
{
	struct exporting *e = user;
	const struct hub_schema *schema;
	void *record;
	if (e->since_file)
		hubctl_since_note(&e->since, event);
	if (!is_wanted(e, event))
		return HUBCTL_GO_ON;
	hub_arena_reset(e->arena);
	if (hub_frame_decode(&hub_all_schemas, event->value, e->arena, &schema, &record, NULL)) {
		e->unknown++;
		return HUBCTL_GO_ON;
	}
	if (e->only && schema != e->only)
		return HUBCTL_GO_ON;
	if (!e->personal)
		hubctl_blank_personal(schema, record);
	struct output *output = output_of(e, schema);
	if (!output || hubctl_avro_append(output->writer, record, &e->err))
		return HUBCTL_ENOUGH;
	output->count++;
	return HUBCTL_GO_ON;
}

/* On the disk before it is noted that they are there. */
static int settle(const char *path, struct hub_error *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int result = file < 0 || fsync(file) ? hub_error_set(err, HUB_E_INVALID, path, "%s", strerror(errno))
	                                     : HUB_OK;
	if (file >= 0)
		close(file);
	return result;
}

/* Every file is closed, then it is noted how far they go; what a failure left half is taken away. */
static int finish(struct exporting *e, int result)
{
	for (uint32_t i = 0; i < e->output_count; i++) {
		int closed = hubctl_avro_finish(e->outputs[i].writer, result ? NULL : &e->err);
		result = result ? result : closed;
	}
	for (uint32_t i = 0; !result && e->since_file && i < e->output_count; i++)
		result = settle(e->outputs[i].path, &e->err);
	if (!result && e->since_file)
		result = hubctl_since_write(e->hubctl, &e->since, &e->err);
	for (uint32_t i = 0; result && i < e->output_count; i++)
		(void)unlink(e->outputs[i].path);
	return result;
}

static int find_record(struct exporting *e, const char *name, struct hub_error *err)
{
	struct hub_near near = hub_near_start(hub_str_from(name));
	e->only = hub_schema_by_name(&hub_all_schemas, hub_str_from(name));
	if (e->only)
		return HUB_OK;
	for (uint32_t i = 0; i < hub_all_schemas.count; i++)
		hub_near_offer(&near, hub_all_schemas.schemas[i]->name);
	return hub_error_set(err, HUB_E_INVALID, "", "no record \"%s\"%s%s", name,
	        near.best ? "; did you mean " : "", near.best ? near.best : "");
}

static int read_arguments(struct exporting *e, struct hub_error *err)
{
	const struct hubctl_args *args = e->hubctl->args;
	const char *from = hubctl_arg(args, "from"), *to = hubctl_arg(args, "to");
	const char *record = hubctl_arg(args, "record");
	e->file = args->operands[1];
	e->since_file = hubctl_arg(args, "since");
	e->personal = hubctl_arg(args, "show-personal") != NULL;
	e->key = hubctl_arg(args, "key");
	e->from_ms = INT64_MIN;
	e->to_ms = INT64_MAX;
	int result = record ? find_record(e, record, err) : HUB_OK;
	if (!result && from && strcmp(from, "beginning") != 0)
		result = hubctl_when(hub_str_from(from), hubctl_now_ms(), &e->from_ms, err);
	if (!result && to)
		result = hubctl_when(hub_str_from(to), hubctl_now_ms(), &e->to_ms, err);
	/* What --to left out would lie before the next beginning. */
	if (!result && to && e->since_file)
		result =
		        hub_error_set(err, HUB_E_INVALID, "", "--since goes on to the end: it takes no --to");
	return result;
}

static int read_topic(struct exporting *e, struct hub_error *err)
{
	int result = e->since_file
	                     ? hubctl_since_open(e->hubctl, e->since_file, e->topic->name, &e->since, err)
	                     : HUB_OK;
	if (result)
		return result;
	struct hubctl_scan scan = { .topics = &e->topic->name,
		.topic_count = 1,
		.partition = -1,
		.from = e->from_ms == INT64_MIN ? HUB_READ_BEGINNING : HUB_READ_TIME,
		.from_value = e->from_ms,
		.settled = true,
		.visit = take,
		.user = e };
	if (e->since.known) {
		scan.from = HUB_READ_EACH;
		scan.from_each = e->since.start;
		scan.from_count = e->since.count;
	}
	result = hubctl_scan(e->hubctl, &scan, err);
	if (!result && e->err.code)
		result = e->err.code;
	if (!result && hubctl_stopped())
		result = hub_error_set(&e->err, HUB_E_INTERRUPTED, "", "stopped before the end");
	result = finish(e, result);
	if (result && e->err.code)
		*err = e->err;
	return result;
}

static void put_gaps(struct exporting *e)
{
	for (uint32_t i = 0; i < e->since.gap_count; i++) {
		const struct hubctl_since_gap *gap = &e->since.gaps[i];
		struct hub_buf *out = &e->hubctl->out;
		hub_buf_printf(out, "partition %d: ", (int)gap->partition);
		if (gap->other_topic)
			hub_buf_printf(out, "ends before %lld, where the last export did: another topic;",
			        (long long)gap->noted);
		else
			hub_buf_printf(out,
			        "retention has deleted records since the last export (from %lld on);",
			        (long long)gap->noted);
		hub_buf_printf(out, " read from its beginning, %lld\n", (long long)gap->offset);
	}
}

static void put(struct exporting *e)
{
	static const struct hubctl_column columns[] = {
		{ "RECORD", HUBCTL_KEEP, false },
		{ "RECORDS", HUBCTL_KEEP, true },
		{ "FILE", HUBCTL_CUT_START, false },
	};
	struct hubctl *hubctl = e->hubctl;
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 3);
	for (uint32_t i = 0; i < e->output_count; i++) {
		hubctl_grid_text(grid, e->outputs[i].schema->name);
		hubctl_grid_number(grid, (int64_t)e->outputs[i].count);
		hubctl_grid_text(grid, e->outputs[i].path);
	}
	if (e->output_count)
		hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
	else
		hub_buf_text(&hubctl->out, "no records; no file was made\n");
	if (e->unknown)
		hub_buf_printf(&hubctl->out, "%s that this program cannot decode left out\n",
		        hubctl_count(hubctl, e->unknown, "record"));
	if (e->output_count && !e->personal)
		hub_buf_text(&hubctl->out, "personal fields are empty; --show-personal keeps them\n");
	put_gaps(e);
}

static json_t *json_gaps(const struct exporting *e)
{
	json_t *gaps = json_array();
	for (uint32_t i = 0; i < e->since.gap_count; i++) {
		const struct hubctl_since_gap *gap = &e->since.gaps[i];
		json_t *item = json_object();
		json_object_set_new(item, "partition", json_integer(gap->partition));
		json_object_set_new(item, "noted", json_integer((json_int_t)gap->noted));
		json_object_set_new(item, "offset", json_integer((json_int_t)gap->offset));
		json_object_set_new(item, "other_topic", json_boolean(gap->other_topic));
		json_array_append_new(gaps, item);
	}
	return gaps;
}

static void put_json(struct exporting *e)
{
	json_t *files = json_array(), *json = json_object();
	for (uint32_t i = 0; i < e->output_count; i++) {
		json_t *item = json_object();
		json_object_set_new(item, "record", json_string(e->outputs[i].schema->name));
		json_object_set_new(item, "records", json_integer((json_int_t)e->outputs[i].count));
		json_object_set_new(item, "file", json_string(e->outputs[i].path));
		json_array_append_new(files, item);
	}
	if (e->since_file)
		json_object_set_new(json, "gaps", json_gaps(e));
	json_object_set_new(json, "files", files);
	json_object_set_new(json, "undecodable", json_integer((json_int_t)e->unknown));
	json_object_set_new(json, "personal", json_boolean(e->personal));
	hubctl_put_json(e->hubctl, json);
}

int hubctl_export(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct exporting *e = hub_arena_alloc(hubctl->arena, sizeof(*e));
	if (!e)
		return HUBCTL_UNREACHABLE;
	e->hubctl = hubctl;
	if (read_arguments(e, &err))
		return hubctl_usage(hubctl, &err);
	if (hubctl_find_topic(hubctl->args->operands[0], &e->topic, &err))
		return hubctl_fail(hubctl, &err);
	e->arena = hub_arena_new(RECORD_ARENA);
	int result = e->arena ? read_topic(e, &err) : hub_error_set(&err, HUB_E_FATAL, "", "out of memory");
	hub_arena_free(e->arena);
	if (result)
		return hubctl_fail(hubctl, &err);
	if (hubctl->json)
		put_json(e);
	else
		put(e);
	return HUBCTL_DONE;
}
