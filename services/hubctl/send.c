/* hubctl send: JSON lines in, Avro to Kafka. A file is checked whole before its first line is sent; standard
 * input, which may never end, goes line by line. */
#include "hubctl/commands.h"
#include "hubctl/publish.h"
#include "hubctl/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_ARENA = 32 << 20, COUNTED_MAX = 64 };

struct sending {
	struct hubctl *hubctl;
	const char *file;
	struct hub_arena *arena; /* of one line */
	struct hubctl_problems problems;
	struct hub_kafka_writer *writer; /* NULL: only checking */
	const char *topic;               /* the last one that was looked for */
	uint64_t lines;
	struct {
		const struct hub_schema *schema;
		uint64_t count;
	} counted[COUNTED_MAX];
};

static void count(struct sending *s, const struct hub_schema *schema)
{
	s->lines++;
	for (uint32_t i = 0; i < COUNTED_MAX; i++) {
		if (s->counted[i].schema && s->counted[i].schema != schema)
			continue;
		s->counted[i].schema = schema;
		s->counted[i].count++;
		return;
	}
}

/* A topic that is missing would only show as a time-out, and much later. */
static int look_for_topic(struct sending *s, const char *topic, struct hub_error *err)
{
	const struct hubctl_settings *settings = s->hubctl->settings;
	struct hub_group_position *positions;
	uint32_t partitions;
	if (topic == s->topic)
		return HUB_OK;
	s->topic = topic;
	int result = hub_kafka_group_positions(&settings->kafka, hubctl_topic(s->hubctl, "hubctl"),
	        hubctl_topic(s->hubctl, topic), (int)settings->timeout_ms, s->hubctl->arena, &positions,
	        &partitions, err);
	return result == HUB_E_NOT_FOUND ? hubctl_no_topic(err) : result;
}

static int write_event(struct sending *s, const struct hubctl_event *event, struct hub_error *err)
{
	int result = look_for_topic(s, event->topic, err);
	return result ? result : hubctl_publish(s->hubctl, s->writer, event, err);
}

static bool blank(struct hub_str line)
{
	for (uint32_t i = 0; i < line.len; i++)
		if (!memchr(" \t\r\n", line.data[i], 4))
			return false;
	return true;
}

/* A wrong line is a problem, not an error. */
static int take_line(struct sending *s, struct hub_str line, uint32_t number, struct hub_error *err)
{
	struct hubctl_event event;
	struct hub_error wrong = { 0 };
	if (blank(line))
		return HUB_OK;
	hub_arena_reset(s->arena);
	if (hubctl_event_from_line(line, s->arena, &event, &wrong)) {
		hubctl_problem_add(
		        &s->problems, s->file, number, hub_str_from(wrong.place), "%s", wrong.text);
		return HUB_OK;
	}
	int result = s->writer ? write_event(s, &event, err) : HUB_OK;
	if (!result)
		count(s, event.schema);
	return result;
}

static int each_line(struct sending *s, FILE *file, struct hub_error *err)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int result = HUB_OK;
	uint32_t number = 0;
	memset(s->counted, 0, sizeof(s->counted));
	s->lines = 0;
	while (!result && !hubctl_stopped() && (n = getline(&line, &room, file)) >= 0) {
		number++;
		if (n > UINT16_MAX * 1024L)
			hubctl_problem_add(&s->problems, s->file, number, (struct hub_str){ 0 },
			        "a line of more than 64 MB");
		else
			result = take_line(s, (struct hub_str){ line, (uint32_t)n }, number, err);
	}
	free(line);
	return result;
}

static int write_lines(struct sending *s, FILE *file, struct hub_error *err)
{
	int result = hub_kafka_writer_open(
	        &s->hubctl->settings->kafka, NULL, s->hubctl->settings->timeout_ms, &s->writer, err);
	if (!result)
		result = each_line(s, file, err);
	if (!result)
		result = hubctl_publish_wait(s->hubctl, s->writer, err);
	return result;
}

static int check_and_write(struct sending *s, FILE *file, bool dry, struct hub_error *err)
{
	if (dry)
		return each_line(s, file, err);
	if (file == stdin)
		return write_lines(s, file, err);
	int result = each_line(s, file, err);
	if (result || s->problems.count || s->lines == 0 || hubctl_stopped())
		return result;
	rewind(file);
	return write_lines(s, file, err);
}

static void put_summary(struct sending *s, bool sent)
{
	struct hub_buf *out = &s->hubctl->out;
	uint64_t acknowledged = s->writer ? hub_kafka_writer_acknowledged(s->writer) : 0;
	struct hubctl *hubctl = s->hubctl;
	if (!sent)
		hub_buf_printf(out, "%s right", hubctl_count(hubctl, s->lines, "event"));
	else
		hub_buf_printf(out, "%s, %llu acknowledged by every replica in sync",
		        hubctl_count(hubctl, s->lines, "event"), (unsigned long long)acknowledged);
	for (uint32_t i = 0; i < COUNTED_MAX && s->counted[i].schema; i++)
		hub_buf_printf(out, "%s%llu %s", i ? ", " : "\n  ", (unsigned long long)s->counted[i].count,
		        s->counted[i].schema->name);
	if (s->problems.count)
		hub_buf_printf(out, "\n%s wrong and not sent%s",
		        hubctl_count(hubctl, s->problems.count, "line"), sent ? "" : ": nothing was sent");
	hub_buf_text(out, "\n");
}

static void put_summary_json(struct sending *s, bool sent)
{
	json_t *records = json_object();
	for (uint32_t i = 0; i < COUNTED_MAX && s->counted[i].schema; i++)
		json_object_set_new(
		        records, s->counted[i].schema->name, json_integer((json_int_t)s->counted[i].count));
	json_t *json = json_object();
	json_object_set_new(json, "right", json_integer((json_int_t)s->lines));
	json_object_set_new(json, "wrong", json_integer(s->problems.count));
	json_object_set_new(json, "sent", json_integer(sent ? (json_int_t)s->lines : 0));
	json_object_set_new(json, "acknowledged",
	        json_integer(s->writer ? (json_int_t)hub_kafka_writer_acknowledged(s->writer) : 0));
	json_object_set_new(json, "records", records);
	json_object_set_new(json, "problems", hubctl_json_problems(&s->problems));
	hubctl_put_json(s->hubctl, json);
}

static int finish(struct sending *s, int result, const struct hub_error *err)
{
	bool sent = s->writer != NULL;
	if (s->hubctl->json)
		put_summary_json(s, sent);
	else
		hubctl_put_problems(&s->problems), put_summary(s, sent);
	if (result)
		return hubctl_fail(s->hubctl, err);
	if (hubctl_stopped())
		return HUBCTL_INTERRUPTED;
	return s->problems.count ? HUBCTL_REFUSED : HUBCTL_DONE;
}

int hubctl_send(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	const char *name = hubctl->args->operand_count ? hubctl->args->operands[0] : "-";
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	if (!file) {
		hub_error_set(&err, HUB_E_NOT_FOUND, name, "%s", strerror(errno));
		return hubctl_fail(hubctl, &err);
	}
	struct sending *s = hub_arena_alloc(hubctl->arena, sizeof(*s));
	if (!s)
		return HUBCTL_UNREACHABLE;
	*s = (struct sending){
		.hubctl = hubctl, .file = file == stdin ? "stdin" : name, .arena = hub_arena_new(LINE_ARENA)
	};
	s->problems.arena = hubctl->arena;
	int result = check_and_write(s, file, hubctl_arg(hubctl->args, "dry-run") != NULL, &err);
	int code = finish(s, result, &err);
	hub_kafka_writer_close(s->writer);
	hub_arena_free(s->arena);
	if (file != stdin)
		fclose(file);
	return code;
}
