/* hubctl tail: records of any topic, read_committed, as lines or JSON lines. */
#include "hubctl/backwards.h"
#include "hubctl/commands.h"
#include "hubctl/event_text.h"
#include "hubctl/newest.h"
#include "hubctl/scan.h"
#include "hubctl/when.h"
#include "records/catalogue.h"

#include <stdlib.h>

enum { LAST_DEFAULT = 20, LAST_MAX = 1000000, ARENA = 64 << 20, FLUSH_AT = 64 << 10 };

/* By which the clocks of those who write differ at most: beyond it the router pauses. */
enum { SKEW_MS = 5 * 60 * 1000 };

struct tailing {
	struct hubctl *hubctl;
	const char *topic;
	const char *record; /* only these; NULL: all */
	const char *key;
	const char *trace;
	bool personal;
	int64_t last;  /* show so many of the newest, in order of time; 0: as they come */
	int64_t limit; /* records to show; -1: all */
	int64_t shown;
	struct hubctl_newest *newest; /* while they are looked for; NULL: each record is shown at once */
	struct hub_arena *arena;      /* of one record */
	struct hub_buf line;
	bool live;   /* what there was has been shown: each record at once */
	bool closed; /* nobody reads any more */
	bool out_of_memory;
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
	show(t, hub_buf_slice(&t->line));
	bool enough = t->limit >= 0 && t->shown >= t->limit;
	return enough || t->closed ? HUBCTL_ENOUGH : HUBCTL_GO_ON;
}

static void at_end(void *user)
{
	struct tailing *t = user;
	t->live = true;
	t->closed = hubctl_flush(t->hubctl) != HUBCTL_DONE;
}

static enum hubctl_scan_next keep(void *user, const struct hub_kafka_event *event, struct hubctl_reach *reach)
{
	struct tailing *t = user;
	const struct hubctl_newest_place place = { event->timestamp_ms, event->at.partition, event->offset };
	struct hubctl_seen seen;
	hub_arena_reset(t->arena);
	hubctl_see(t->topic, event, t->arena, &seen);
	if (!wanted(t, &seen))
		return HUBCTL_GO_ON;
	reach->found++;
	if (!hubctl_newest_wants(t->newest, place.timestamp_ms))
		return HUBCTL_GO_ON;
	render(t, &seen);
	t->out_of_memory = !hubctl_newest_add(t->newest, &place, hub_buf_slice(&t->line));
	return t->out_of_memory ? HUBCTL_ENOUGH : HUBCTL_GO_ON;
}

/* Times of a partition go up but for what clocks differ by: what lies before a window is older than all of it. */
static bool more(void *user, int32_t partition, const struct hubctl_reach *reach)
{
	const struct tailing *t = user;
	int64_t floor_ms = hubctl_newest_floor(t->newest);
	(void)partition;
	return reach->found < t->last && (floor_ms == INT64_MIN || reach->oldest_ms > floor_ms - SKEW_MS);
}

static int show_newest(struct tailing *t, int32_t partition, struct hubctl_reach **ret, uint32_t *ret_count,
        struct hub_error *err)
{
	const struct hubctl_backwards back = {
		.topic = t->topic,
		.partition = partition,
		.window = 2 * t->last + 64, /* transactions' marks have offsets, too */
		.visit = keep,
		.more = more,
		.user = t,
	};
	t->newest = hubctl_newest_new((size_t)t->last);
	int result = t->newest ? hubctl_backwards(t->hubctl, &back, ret, ret_count, err) : HUB_E_FATAL;
	if (!t->newest || t->out_of_memory)
		result = hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	if (!result)
		hubctl_newest_floor(t->newest);
	for (size_t i = 0; !result && i < hubctl_newest_count(t->newest) && !t->closed; i++)
		show(t, hubctl_newest_text(t->newest, i));
	t->newest = hubctl_newest_free(t->newest);
	if (!result)
		at_end(t);
	return result;
}

/* The newest, and with --follow what comes behind them. */
static int tail_newest(struct tailing *t, struct hubctl_scan *scan, struct hub_error *err)
{
	struct hubctl_reach *reach;
	uint32_t count;
	int result = show_newest(t, scan->partition, &reach, &count, err);
	if (result || !scan->follow || t->closed || (t->limit >= 0 && t->shown >= t->limit))
		return result;
	int64_t *next = hub_arena_alloc(t->hubctl->arena, (count + 1) * sizeof(*next));
	if (!next)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (uint32_t p = 0; p < count; p++)
		next[p] = reach[p].next;
	scan->from = HUB_READ_EACH;
	scan->from_each = next;
	scan->from_count = count;
	return hubctl_scan(t->hubctl, scan, err);
}

/* Where to begin: --at PLACE, --from beginning|TIME, --live. False: the newest. */
static bool where(struct hubctl *hubctl, struct hubctl_scan *scan, int *ret_result, struct hub_error *err)
{
	const char *from = hubctl_arg(hubctl->args, "from");
	const char *at = hubctl_arg(hubctl->args, "at");
	*ret_result = HUB_OK;
	if (at) {
		scan->from = HUB_READ_OFFSET;
		*ret_result = hubctl_parse_place(at, &scan->partition, &scan->from_value, err);
	} else if (hubctl_arg(hubctl->args, "live")) {
		scan->from = HUB_READ_END;
		scan->follow = true;
	} else if (from && strcmp(from, "beginning") == 0) {
		scan->from = HUB_READ_BEGINNING;
	} else if (from) {
		scan->from = HUB_READ_TIME;
		*ret_result = hubctl_when(hub_str_from(from), hubctl_now_ms(), &scan->from_value, err);
	}
	return at || from || scan->from == HUB_READ_END;
}

/* --limit alone is how many of the newest; beside --last or --follow it is the most. */
static int64_t newest_of(
        const struct hubctl *hubctl, const struct hubctl_scan *scan, int64_t last, int64_t limit)
{
	if (limit >= 0 && (limit < last || (!hubctl_arg(hubctl->args, "last") && !scan->follow)))
		last = limit;
	return last < LAST_MAX ? last : LAST_MAX;
}

static int options(struct hubctl *hubctl, struct tailing *t, struct hubctl_scan *scan, struct hub_error *err)
{
	int64_t partition, last;
	int result;
	if (hubctl_arg_number(hubctl->args, "partition", 0, INT32_MAX, -1, &partition, err) ||
	        hubctl_arg_number(hubctl->args, "last", 1, LAST_MAX, LAST_DEFAULT, &last, err) ||
	        hubctl_arg_number(hubctl->args, "limit", 1, INT64_MAX, -1, &t->limit, err))
		return err->code;
	scan->partition = (int32_t)partition;
	scan->follow = hubctl_arg(hubctl->args, "follow") != NULL;
	if (!where(hubctl, scan, &result, err))
		t->last = newest_of(hubctl, scan, last, t->limit);
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
	int result = !t.arena ? hub_error_set(&err, HUB_E_FATAL, "", "out of memory")
	             : t.last ? tail_newest(&t, &scan, &err)
	                      : hubctl_scan(hubctl, &scan, &err);
	hub_arena_free(t.arena);
	hub_buf_done(&t.line);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
