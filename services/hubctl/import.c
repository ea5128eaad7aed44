/* hubctl import: Avro container files back to the topic of their records, as publishers send them. Several files are
 * merged by occurred_at, since what belongs together lies in several. What a person gives is checked whole before its first
 * record is sent; what was saved from the topic (--as-saved) comes back as it was, also what became a dead letter: left
 * out it would be missing, and to stop there would keep back all the rest. */
#include "hubctl/avro_file.h"
#include "hubctl/commands.h"
#include "hubctl/publish.h"
#include "hubctl/scan.h"
#include "records/event_head.h"

enum { RECORD_ARENA = 32 << 20 };

struct input {
	const char *path;
	const struct hub_schema *schema;
	struct hubctl_avro_reader *reader;
	struct hub_arena *arena; /* of the next record */
	void *next;              /* NULL: the end */
	uint64_t read, sent;
	uint64_t refused; /* of those sent */
};

struct importing {
	struct hubctl *hubctl;
	struct input *inputs;
	uint32_t count;
	struct hub_arena *arena;         /* of one event */
	struct hub_kafka_writer *writer; /* NULL: only checking */
	bool as_saved;
	struct hubctl_problems problems; /* why what is sent all the same is not taken */
};

static int advance(struct input *input, struct hub_error *err)
{
	struct hub_error why = { 0 };
	hub_arena_reset(input->arena);
	int result = hubctl_avro_next(input->reader, input->arena, &input->next, &why);
	if (result)
		return hub_error_set(err, result, input->path, "record %llu: %s%s%s",
		        (unsigned long long)input->read + 1, why.place, why.place[0] ? ": " : "", why.text);
	input->read += input->next != NULL;
	return HUB_OK;
}

static int open_input(struct input *input, const char *path, struct hub_error *err)
{
	input->path = path;
	input->arena = hub_arena_new(RECORD_ARENA);
	if (!input->arena)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	int result = hubctl_avro_open(path, &input->reader, &input->schema, err);
	if (!result && input->schema->head != HUB_HEAD_EVENT)
		result = hub_error_set(
		        err, HUB_E_INVALID, path, "%s is not written by publishers", input->schema->name);
	return result ? result : advance(input, err);
}

static int64_t time_of(const struct input *input)
{
	return ((const struct hub_event_head *)input->next)->occurred_at;
}

/* The file whose next record is the earliest; NULL: all have ended. */
static struct input *earliest(struct importing *im)
{
	struct input *first = NULL;
	for (uint32_t i = 0; i < im->count; i++)
		if (im->inputs[i].next && (!first || time_of(&im->inputs[i]) < time_of(first)))
			first = &im->inputs[i];
	return first;
}

/* Place and text name a field and a rule, never what stands in it. */
static void note_refusal(struct importing *im, struct input *input, const struct hub_error *why)
{
	input->refused++;
	hubctl_problem_add(&im->problems, input->path, 0, (struct hub_str){ 0 }, "record %llu: %s: %s",
	        (unsigned long long)input->read, why->place, why->text);
}

static int make_event(
        struct importing *im, struct input *input, struct hubctl_event *event, struct hub_error *err)
{
	struct hub_error why = { 0 }, refusal = { 0 };
	hub_arena_reset(im->arena);
	int result =
	        im->as_saved
	                ? hubctl_event_as_saved(input->schema, input->next, im->arena, event, &refusal, &why)
	                : hubctl_event_from_record(input->schema, input->next, im->arena, event, &why);
	if (result)
		return hub_error_set(err, HUB_E_INVALID, input->path, "record %llu: %s: %s",
		        (unsigned long long)input->read, why.place, why.text);
	if (refusal.code)
		note_refusal(im, input, &refusal);
	return HUB_OK;
}

static int pass_on(struct importing *im, struct input *input, struct hub_error *err)
{
	struct hubctl_event event;
	int result = make_event(im, input, &event, err);
	if (result)
		return result;
	result = im->writer ? hubctl_publish(im->hubctl, im->writer, &event, err) : HUB_OK;
	if (!result)
		input->sent++;
	return result ? result : advance(input, err);
}

/* Once for checking, once for sending. */
static int pass(struct importing *im, struct hub_error *err)
{
	const struct hubctl_args *args = im->hubctl->args;
	int result = HUB_OK;
	im->problems = (struct hubctl_problems){ .arena = im->hubctl->arena };
	for (im->count = 0; !result && im->count < args->operand_count; im->count++) {
		im->inputs[im->count] = (struct input){ 0 };
		result = open_input(&im->inputs[im->count], args->operands[im->count], err);
	}
	struct input *input;
	while (!result && !hubctl_stopped() && (input = earliest(im)))
		result = pass_on(im, input, err);
	if (!result && hubctl_stopped())
		result = hub_error_set(err, HUB_E_INTERRUPTED, "", "stopped before the end");
	for (uint32_t i = 0; i < im->count; i++) {
		hubctl_avro_close(im->inputs[i].reader);
		hub_arena_free(im->inputs[i].arena);
	}
	return result;
}

static int write_all(struct importing *im, struct hub_error *err)
{
	const struct hubctl_settings *settings = im->hubctl->settings;
	int32_t partition;
	/* A topic that is missing would only show as a time-out, and much later. */
	int result = hubctl_partition_of(im->hubctl, "", &partition, err);
	if (!result)
		result = hub_kafka_writer_open(
		        &settings->kafka, NULL, (int)settings->timeout_ms, &im->writer, err);
	if (!result)
		result = pass(im, err);
	if (!result)
		result = hubctl_publish_wait(im->hubctl, im->writer, err);
	hub_kafka_writer_close(im->writer);
	return result;
}

static void put_json(struct importing *im, bool sent)
{
	json_t *files = json_array(), *json = json_object();
	for (uint32_t i = 0; i < im->count; i++) {
		const struct input *input = &im->inputs[i];
		json_t *item = json_object();
		json_object_set_new(item, "file", json_string(input->path));
		json_object_set_new(item, "record", json_string(input->schema->name));
		json_object_set_new(item, "records", json_integer((json_int_t)input->sent));
		json_object_set_new(item, "refused", json_integer((json_int_t)input->refused));
		json_array_append_new(files, item);
	}
	json_object_set_new(json, "files", files);
	json_object_set_new(json, "sent", json_boolean(sent));
	json_object_set_new(json, "refused", json_integer(im->problems.count));
	json_object_set_new(json, "problems", hubctl_json_problems(&im->problems));
	hubctl_put_json(im->hubctl, json);
}

static void put(struct importing *im, bool sent)
{
	struct hubctl *hubctl = im->hubctl;
	for (uint32_t i = 0; i < im->count; i++) {
		const struct input *input = &im->inputs[i];
		const char *right = im->as_saved ? "read" : "right";
		hub_buf_printf(&hubctl->out, "%s: %s of %s %s\n", input->path,
		        hubctl_count(hubctl, input->sent, "record"), input->schema->name,
		        sent ? "sent" : right);
	}
	hubctl_put_problems(&im->problems);
	if (im->problems.count)
		hub_buf_printf(&hubctl->out, "%s that the hub does not take %s\n",
		        hubctl_count(hubctl, im->problems.count, "record"),
		        sent ? "sent all the same: dead letters, as before" : "among them");
}

int hubctl_import(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	bool dry = hubctl_arg(hubctl->args, "dry-run") != NULL;
	struct importing *im = hub_arena_alloc(hubctl->arena, sizeof(*im));
	if (!im)
		return HUBCTL_UNREACHABLE;
	im->hubctl = hubctl;
	im->arena = hub_arena_new(RECORD_ARENA);
	im->as_saved = hubctl_arg(hubctl->args, "as-saved") != NULL;
	im->inputs = hub_arena_alloc(hubctl->arena, hubctl->args->operand_count * sizeof(*im->inputs));
	int result = im->arena && im->inputs ? pass(im, &err)
	                                     : hub_error_set(&err, HUB_E_FATAL, "", "out of memory");
	if (!result && !dry)
		result = write_all(im, &err);
	if (!result && hubctl->json)
		put_json(im, !dry);
	else if (!result)
		put(im, !dry);
	hub_arena_free(im->arena);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
