/* hubctl dlq list|show: inputs that a daemon could not decide (I-6), why, and where they came from. */
#include "hubctl/dlq.h"

#include "effects/dead_letters.h"
#include "hubctl/commands.h"
#include "hubctl/event_text.h"
#include "hubctl/scan.h"
#include "hubctl/text.h"
#include "hubctl/when.h"
#include "records/catalogue.h"

#include <stdlib.h>

enum { LAST_DEFAULT = 50, LAST_MAX = 100000, REASONS_MAX = 16, HEX_LIMIT = 4 << 20 };

struct listing {
	struct hubctl *hubctl;
	const char *topic;
	const char *reason;              /* only these; NULL: all */
	struct hub_kafka_event *letters; /* copies without their values: there may be many */
	uint32_t count, room;
	struct {
		struct hub_str reason;
		uint32_t count;
	} reasons[REASONS_MAX];
};

static void count_reason(struct listing *l, struct hub_str reason)
{
	for (uint32_t i = 0; i < REASONS_MAX; i++) {
		if (l->reasons[i].count && !hub_str_eq(l->reasons[i].reason, reason))
			continue;
		if (!l->reasons[i].count)
			l->reasons[i].reason = hub_arena_copy(l->hubctl->arena, reason);
		l->reasons[i].count++;
		return;
	}
}

static enum hubctl_scan_next collect(void *user, const struct hub_kafka_event *event)
{
	struct listing *l = user;
	struct hub_arena *arena = l->hubctl->arena;
	struct hub_str reason = hubctl_header(event, "hub_dlq_reason");
	if (l->reason && !hub_str_is(reason, l->reason))
		return HUBCTL_GO_ON;
	count_reason(l, reason);
	if (l->count == l->room) {
		uint32_t room = l->room ? l->room * 2 : 64;
		struct hub_kafka_event *letters = realloc(l->letters, room * sizeof(*letters));
		if (!letters)
			return HUBCTL_ENOUGH;
		l->letters = letters;
		l->room = room;
	}
	struct hub_kafka_event letter = *event;
	letter.value = (struct hub_str){ 0 };
	l->letters[l->count++] = hubctl_event_keep(&letter, arena);
	return HUBCTL_GO_ON;
}

static int by_time(const void *a, const void *b)
{
	const struct hub_kafka_event *x = a, *y = b;
	if (x->timestamp_ms != y->timestamp_ms)
		return x->timestamp_ms < y->timestamp_ms ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static struct hub_str place_of(struct hub_arena *arena, const struct hub_kafka_event *event)
{
	return hub_arena_printf(arena, "%d:%lld", event->at.partition, (long long)event->offset);
}

static struct hub_str from_of(struct hub_arena *arena, const struct hub_kafka_event *event)
{
	return hub_arena_printf(arena, "%.*s %.*s:%.*s", HUB_STR_ARG(hubctl_header(event, "hub_dlq_topic")),
	        HUB_STR_ARG(hubctl_header(event, "hub_dlq_partition")),
	        HUB_STR_ARG(hubctl_header(event, "hub_dlq_offset")));
}

static void put_table(struct listing *l, uint32_t first)
{
	static const struct hubctl_column columns[] = {
		{ "WHERE", HUBCTL_KEEP, false },
		{ "WHEN", HUBCTL_KEEP, false },
		{ "REASON", HUBCTL_KEEP, false },
		{ "FROM", HUBCTL_KEEP, false },
	};
	struct hub_arena *arena = l->hubctl->arena;
	struct hubctl_grid *grid = hubctl_grid_new(arena, columns, 4);
	for (uint32_t i = first; i < l->count; i++) {
		const struct hub_kafka_event *event = &l->letters[i];
		char at[HUBCTL_CLOCK_LEN];
		hubctl_clock(event->timestamp_ms, at);
		hubctl_grid_cell(grid, place_of(arena, event));
		hubctl_grid_cell(grid, hub_arena_copy(arena, hub_str_from(at)));
		hubctl_grid_cell(grid, hubctl_header(event, "hub_dlq_reason"));
		hubctl_grid_cell(grid, from_of(arena, event));
		hubctl_grid_note(grid, hubctl_header(event, "hub_dlq_detail"));
	}
	hubctl_grid_print(grid, l->hubctl->width, 0, &l->hubctl->out);
}

static void put_list(struct listing *l, uint32_t first)
{
	struct hub_buf *out = &l->hubctl->out;
	if (l->count == 0) {
		hub_buf_text(out, "no dead letters\n");
		return;
	}
	put_table(l, first);
	hub_buf_printf(out, "\n%s", hubctl_count(l->hubctl, l->count, "dead letter"));
	for (uint32_t i = 0; i < REASONS_MAX && l->reasons[i].count; i++)
		hub_buf_printf(out, "%s%u %.*s", i ? ", " : ": ", l->reasons[i].count,
		        HUB_STR_ARG(l->reasons[i].reason));
	if (first)
		hub_buf_printf(out, "; the newest %u are shown", l->count - first);
	hub_buf_text(out, "\nhubctl dlq show WHERE shows one\n");
}

static void put_header(
        json_t *json, const char *name, const struct hub_kafka_event *event, const char *header)
{
	json_object_set_new(json, name, hubctl_json_text(hubctl_header(event, header)));
}

static json_t *letter_json(const struct hub_kafka_event *event)
{
	json_t *json = json_object();
	json_object_set_new(json, "partition", json_integer(event->at.partition));
	json_object_set_new(json, "offset", json_integer((json_int_t)event->offset));
	json_object_set_new(json, "timestamp_ms", json_integer((json_int_t)event->timestamp_ms));
	json_object_set_new(json, "key", event->has_key ? hubctl_json_text(event->key) : json_null());
	put_header(json, "reason", event, "hub_dlq_reason");
	put_header(json, "detail", event, "hub_dlq_detail");
	put_header(json, "from_topic", event, "hub_dlq_topic");
	put_header(json, "from_partition", event, "hub_dlq_partition");
	put_header(json, "from_offset", event, "hub_dlq_offset");
	return json;
}

static void put_list_json(struct listing *l, uint32_t first)
{
	json_t *list = json_array();
	json_t *reasons = json_object();
	for (uint32_t i = first; i < l->count; i++)
		json_array_append_new(list, letter_json(&l->letters[i]));
	for (uint32_t i = 0; i < REASONS_MAX && l->reasons[i].count; i++) {
		struct hub_str name =
		        hub_arena_printf(l->hubctl->arena, "%.*s", HUB_STR_ARG(l->reasons[i].reason));
		json_object_set_new(reasons, name.len ? name.data : "", json_integer(l->reasons[i].count));
	}
	json_t *json = json_object();
	json_object_set_new(json, "count", json_integer(l->count));
	json_object_set_new(json, "reasons", reasons);
	json_object_set_new(json, "dead_letters", list);
	hubctl_put_json(l->hubctl, json);
}

const char *hubctl_dlq_topic(struct hubctl *hubctl)
{
	const char *daemon = hubctl_arg(hubctl->args, "daemon");
	struct hub_str topic =
	        hub_arena_printf(hubctl->arena, "%s.dead-letters", daemon ? daemon : "referral-router");
	return topic.data ? topic.data : "";
}

int hubctl_dlq_list(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	int64_t last;
	if (hubctl_arg_number(hubctl->args, "last", 1, LAST_MAX, LAST_DEFAULT, &last, &err))
		return hubctl_usage(hubctl, &err);
	struct listing l = { .hubctl = hubctl,
		.topic = hubctl_dlq_topic(hubctl),
		.reason = hubctl_arg(hubctl->args, "reason") };
	struct hubctl_scan scan = { .topics = &l.topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.visit = collect,
		.user = &l };
	int result = hubctl_scan(hubctl, &scan, &err);
	if (!result) {
		uint32_t first = l.count > (uint32_t)last ? l.count - (uint32_t)last : 0;
		if (l.count)
			qsort(l.letters, l.count, sizeof(*l.letters), by_time);
		if (hubctl->json)
			put_list_json(&l, first);
		else
			put_list(&l, first);
	}
	uint32_t count = l.count;
	free(l.letters);
	if (result)
		return hubctl_fail(hubctl, &err);
	return count ? HUBCTL_ATTENTION : HUBCTL_DONE;
}

/* Others wrote the headers, names too. */
static void put_pair(struct hubctl *hubctl, struct hub_str name, struct hub_str text)
{
	enum { INDENT = 21 };
	uint32_t wide = hubctl_text_width(name);
	hubctl_text_put(&hubctl->out, name);
	hub_buf_printf(&hubctl->out, "%*s", wide < INDENT ? (int)(INDENT - wide) : 1, "");
	hubctl_text_wrap(
	        &hubctl->out, text, hubctl->width > 2 * INDENT ? hubctl->width - INDENT : INDENT, INDENT);
	hub_buf_text(&hubctl->out, "\n");
}

static void put_remedy(struct hubctl *hubctl, struct hub_str reason)
{
	const struct hub_dead_letter_reason *row = hub_dead_letter_reason(reason);
	if (!row)
		return;
	put_pair(hubctl, HUB_STR("what is wrong"), hub_str_from(row->meaning));
	put_pair(hubctl, HUB_STR("what to do"), hub_str_from(row->remedy));
}

static struct hub_str value_text(struct hubctl *hubctl, const struct hub_kafka_event *event)
{
	if (event->has_value)
		return hub_arena_printf(hubctl->arena, "%u bytes", event->value.len);
	return hub_dead_letter_left_out(event->headers, event->header_count)
	               ? HUB_STR("left out, with its headers")
	               : HUB_STR("none");
}

/* One letter, whole. */
static void put_letter(struct hubctl *hubctl, const struct hubctl_seen *seen)
{
	struct hub_buf *out = &hubctl->out;
	const struct hub_kafka_event *event = seen->event;
	for (uint32_t i = 0; i < event->header_count; i++)
		put_pair(hubctl, event->headers[i].name, event->headers[i].value);
	put_remedy(hubctl, hubctl_header(event, "hub_dlq_reason"));
	put_pair(hubctl, HUB_STR("key"), event->has_key && event->key.len ? event->key : HUB_STR("-"));
	put_pair(hubctl, HUB_STR("value"), value_text(hubctl, event));
	if (hubctl_arg(hubctl->args, "raw")) {
		hubctl_put_hex(out, event->value, HEX_LIMIT);
		hub_buf_text(out, "\n");
	} else if (seen->schema) {
		hub_buf_printf(out, "\n%s\n", seen->schema->name);
		json_t *json = hubctl_event_json(seen, hubctl_arg(hubctl->args, "show-personal") != NULL);
		hubctl_put_json(hubctl, json_incref(json_object_get(json, "value")));
		json_decref(json);
	} else if (event->has_value) {
		hub_buf_printf(out, "\nnot decoded: %s\n", seen->error.text);
	}
}

struct showing {
	struct hubctl *hubctl;
	const char *topic;
	int64_t offset;
	bool found;
};

static enum hubctl_scan_next show(void *user, const struct hub_kafka_event *event)
{
	struct showing *s = user;
	if (event->offset != s->offset)
		return HUBCTL_ENOUGH;
	struct hubctl_seen seen;
	s->found = true;
	hubctl_see(s->topic, event, s->hubctl->arena, &seen);
	bool personal = hubctl_arg(s->hubctl->args, "show-personal") || hubctl_arg(s->hubctl->args, "raw");
	if (s->hubctl->json)
		hubctl_put_json(s->hubctl, hubctl_event_json(&seen, personal));
	else
		put_letter(s->hubctl, &seen);
	return HUBCTL_ENOUGH;
}

int hubctl_dlq_show(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct showing s = { .hubctl = hubctl, .topic = hubctl_dlq_topic(hubctl) };
	const char *place = hubctl->args->operands[0];
	int32_t partition;
	if (hubctl_parse_place(place, &partition, &s.offset, &err))
		return hubctl_usage(hubctl, &err);
	struct hubctl_scan scan = { .topics = &s.topic,
		.topic_count = 1,
		.partition = partition,
		.from = HUB_READ_OFFSET,
		.from_value = s.offset,
		.visit = show,
		.user = &s };
	int result = hubctl_scan(hubctl, &scan, &err);
	if (!result && !s.found)
		result = hub_error_set(&err, HUB_E_NOT_FOUND, "",
		        "no dead letter at %s; hubctl dlq list shows where they are", place);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
