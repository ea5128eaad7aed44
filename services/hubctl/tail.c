/* hubctl tail: records of any topic, read_committed, as lines or JSON lines. */
#include "hubctl/commands.h"
#include "hubctl/event_text.h"
#include "hubctl/scan.h"
#include "hubctl/when.h"
#include "records/catalogue.h"

#include <stdlib.h>

enum { LAST_DEFAULT = 20, LAST_MAX = 1000000, ARENA = 64 << 20, FLUSH_AT = 64 << 10 };

/* A rendered record that waits for its place among the last ones. */
struct kept {
	int64_t timestamp_ms;
	int32_t partition;
	int64_t offset;
	struct hub_str text;
};

struct tailing {
	struct hubctl *hubctl;
	const char *topic;
	const char *record; /* only these; NULL: all */
	const char *key;
	const char *trace;
	bool personal;
	int64_t limit; /* records to show; -1: all */
	int64_t shown;
	bool holding; /* keep until the end, then show the newest in order of time */
	struct kept *kept;
	size_t kept_count;
	size_t kept_room;
	struct hub_arena *arena; /* of one record */
	struct hub_buf line;
	bool live;   /* what there was has been shown: each record at once */
	bool closed; /* nobody reads any more */
};

static bool wanted(const struct tailing *t, const struct hubctl_seen *seen)
{
	if (t->key && !(seen->event->has_key && hub_str_is(seen->event->key, t->key)))
		return false;
	char trace_id[HUB_TRACE_ID_TEXT];
	if (t->trace && !(hubctl_trace_id(seen->event, trace_id) && strcmp(trace_id, t->trace) == 0))
		return false;
	return !t->record || (seen->schema && strcmp(seen->schema->name, t->record) == 0);
}

static void render(struct tailing *t, const struct hubctl_seen *seen)
{
	hub_buf_reset(&t->line);
	if (!t->hubctl->json) {
		hubctl_event_line(seen, t->personal, &t->line);
		return;
	}
	json_t *json = hubctl_event_json(seen, t->personal);
	char *text = json_dumps(json, JSON_COMPACT);
	hub_buf_printf(&t->line, "%s\n", text ? text : "");
	free(text);
	json_decref(json);
}

static void keep(struct tailing *t, const struct hub_kafka_event *event)
{
	if (t->kept_count == t->kept_room) {
		size_t room = t->kept_room ? t->kept_room * 2 : 256;
		struct kept *kept = realloc(t->kept, room * sizeof(*kept));
		if (!kept)
			return;
		t->kept = kept;
		t->kept_room = room;
	}
	t->kept[t->kept_count++] = (struct kept){ event->timestamp_ms, event->at.partition, event->offset,
		hub_arena_copy(t->hubctl->arena, hub_buf_slice(&t->line)) };
}

static int by_time(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	if (x->timestamp_ms != y->timestamp_ms)
		return x->timestamp_ms < y->timestamp_ms ? -1 : 1;
	if (x->partition != y->partition)
		return x->partition < y->partition ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static void show(struct tailing *t, struct hub_str text)
{
	hub_buf_str(&t->hubctl->out, text);
	t->shown++;
	if (t->live || t->hubctl->out.len > FLUSH_AT)
		t->closed = hubctl_flush(t->hubctl) != HUBCTL_DONE;
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	struct tailing *t = user;
	struct hubctl_seen seen;
	hub_arena_reset(t->arena);
	hubctl_see(t->topic, event, t->arena, &seen);
	if (!wanted(t, &seen))
		return HUBCTL_GO_ON;
	render(t, &seen);
	if (t->holding)
		keep(t, event);
	else
		show(t, hub_buf_slice(&t->line));
	bool enough = !t->holding && t->limit >= 0 && t->shown >= t->limit;
	return enough || t->closed ? HUBCTL_ENOUGH : HUBCTL_GO_ON;
}

/* The newest of what was held, then live. */
static void at_end(void *user)
{
	struct tailing *t = user;
	if (t->holding) {
		qsort(t->kept, t->kept_count, sizeof(*t->kept), by_time);
		size_t first = t->limit >= 0 && (size_t)t->limit < t->kept_count
		                       ? t->kept_count - (size_t)t->limit
		                       : 0;
		for (size_t i = first; i < t->kept_count; i++)
			show(t, t->kept[i].text);
		t->holding = false;
		t->limit = -1;
	}
	t->live = true;
	t->closed = hubctl_flush(t->hubctl) != HUBCTL_DONE;
}

/* Where to begin: --at PLACE, --from beginning|TIME, --live, else the last ones. */
static int where(struct hubctl *hubctl, struct hubctl_scan *scan, int64_t last, struct hub_error *err)
{
	const char *from = hubctl_arg(hubctl->args, "from");
	const char *at = hubctl_arg(hubctl->args, "at");
	scan->from = HUB_READ_LAST;
	/* Transactions' markers have offsets too: ask for more, and show the newest. */
	scan->from_value = 2 * last + 64;
	if (at) {
		scan->from = HUB_READ_OFFSET;
		return hubctl_parse_place(at, &scan->partition, &scan->from_value, err);
	}
	if (hubctl_arg(hubctl->args, "live")) {
		scan->from = HUB_READ_END;
		scan->follow = true;
	} else if (from && strcmp(from, "beginning") == 0) {
		scan->from = HUB_READ_BEGINNING;
	} else if (from) {
		scan->from = HUB_READ_TIME;
		return hubctl_when(hub_str_from(from), hubctl_now_ms(), &scan->from_value, err);
	}
	return HUB_OK;
}

static int options(struct hubctl *hubctl, struct tailing *t, struct hubctl_scan *scan, struct hub_error *err)
{
	int64_t partition, last;
	if (hubctl_arg_number(hubctl->args, "partition", 0, INT32_MAX, -1, &partition, err) ||
	        hubctl_arg_number(hubctl->args, "last", 1, LAST_MAX, LAST_DEFAULT, &last, err) ||
	        hubctl_arg_number(hubctl->args, "limit", 1, INT64_MAX, -1, &t->limit, err))
		return err->code;
	scan->partition = (int32_t)partition;
	scan->follow = hubctl_arg(hubctl->args, "follow") != NULL;
	int result = where(hubctl, scan, last, err);
	t->holding = scan->from == HUB_READ_LAST;
	if (t->holding)
		t->limit = last;
	else if (scan->from == HUB_READ_OFFSET && t->limit < 0 && !scan->follow)
		t->limit = 1;
	t->record = hubctl_arg(hubctl->args, "record");
	t->key = hubctl_arg(hubctl->args, "key");
	t->trace = hubctl_arg(hubctl->args, "trace");
	t->personal = hubctl_arg(hubctl->args, "show-personal") != NULL;
	return result;
}

int hubctl_tail(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	const char *topic = hubctl->args->operands[0];
	struct tailing t = { .hubctl = hubctl, .topic = topic };
	struct hubctl_scan scan = {
		.topics = &topic, .topic_count = 1, .visit = visit, .at_end = at_end, .user = &t
	};
	if (options(hubctl, &t, &scan, &err))
		return hubctl_usage(hubctl, &err);
	const struct hub_topic_spec *spec;
	if (hubctl_find_topic(topic, &spec, &err))
		return hubctl_fail(hubctl, &err);
	t.arena = hub_arena_new(ARENA);
	hub_buf_init(&t.line, 16 << 20);
	int result = t.arena ? hubctl_scan(hubctl, &scan, &err)
	                     : hub_error_set(&err, HUB_E_FATAL, "", "out of memory");
	hub_arena_free(t.arena);
	hub_buf_done(&t.line);
	free(t.kept);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
