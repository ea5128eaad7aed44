/* Whole stories, held word by word to tests/trace: what is sent, what the clock brings, what is decided, and
 * why.
 *
 * A trace holds lines of these kinds; everything indented was written by the router:
 *   # remark
 *   [Mon 2026-03-02 08:00] ReferralRequested r1 T-1      an event at that time (story.h); timers due before fire before
 *   [Mon 2026-03-02 08:00] again                         the last event once more, as it was
 *   [Mon 2026-03-02 08:00] show session:H-lead:s1        the hot state of a key as an operator sees it
 *   [Mon 2026-03-02 08:00] until                         nothing but the clock
 *   [Mon 2026-03-02 08:00] heard TransferEnded r1/1 -    a county hears that of one that is not in the trace
 *   [Mon 2026-03-02 08:00] silent 990100                 that county's router hears nothing more, until:
 *   [Mon 2026-03-02 08:00] back   990100                 it hears all of it
 *   [Mon 2026-03-02 08:00] timer answer of referral:r1   what the clock brought (written by the test)
 *   [Mon 2026-03-02 08:00] county TransferRequested ...  what one county said to another (written by the test)
 *   > ReferralRouted ...                                 decisions
 *   : REF-01 REF-07                                      the rules that spoke
 *
 * HUB_TRACE_UPDATE=1 writes the traces anew; read the difference before committing it. */
#include "hot_state.h"
#include "invariants.h"
#include "partition.h"
#include "story.h"

#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT_LIMIT = 4 << 20, PATH_ROOM = 512, MEMBERS = 64 };

struct trace {
	struct partition *partition;
	struct invariants *invariants;
	struct hub_arena *arena; /* of the last event, for "again" */
	const struct hub_schema *schema;
	const void *record;
	struct hub_buf out;
	int events;
};

static void print_effects(struct trace *trace, const struct hub_effects *effects)
{
	if (effects->dead_reason)
		hub_buf_printf(&trace->out, "  > dead letter %s %.*s\n", effects->dead_reason,
		        HUB_STR_ARG(effects->dead_detail));
	for (uint32_t i = 0; i < effects->count; i++) {
		hub_buf_text(&trace->out, "  > ");
		story_print(&effects->outputs[i], &trace->out);
		hub_buf_byte(&trace->out, '\n');
	}
	if (effects->because.len)
		hub_buf_printf(&trace->out, "  : %.*s\n", HUB_STR_ARG(effects->because));
}

/* What counties have said to each other, but for what is for a silent one. */
static void deliver(struct trace *trace, int64_t now_ms)
{
	struct hub_output said = { NULL, NULL };
	const struct hub_effects *effects;
	const void *record;
	while ((effects = partition_deliver(trace->partition, now_ms, &said.schema, &record))) {
		said.record = (void *)(uintptr_t)record;
		hub_buf_byte(&trace->out, '[');
		story_print_instant(now_ms, &trace->out);
		hub_buf_text(&trace->out, "] county ");
		story_print(&said, &trace->out);
		hub_buf_byte(&trace->out, '\n');
		print_effects(trace, effects);
		invariants_after(trace->invariants, trace->partition, NULL, NULL, effects);
		invariants_check(trace->invariants, trace->partition, now_ms);
	}
}

/* Timers that are due at now_ms or before; an event sent in time was decided before them. */
static void fire_until(struct trace *trace, int64_t until_ms)
{
	struct hub_timer timer;
	int64_t now_ms;
	const struct hub_effects *effects;
	while ((effects = partition_fire(trace->partition, until_ms, &timer, &now_ms))) {
		hub_buf_byte(&trace->out, '[');
		story_print_instant(now_ms, &trace->out);
		hub_buf_printf(&trace->out, "] timer %.*s of %.*s\n", HUB_STR_ARG(timer.name),
		        HUB_STR_ARG(timer.entity));
		print_effects(trace, effects);
		invariants_after(trace->invariants, trace->partition, NULL, NULL, effects);
		invariants_check(trace->invariants, trace->partition, now_ms);
		deliver(trace, now_ms);
	}
}

static void decide(struct trace *trace, int64_t now_ms)
{
	const struct hub_effects *effects =
	        partition_decide(trace->partition, trace->schema, trace->record, now_ms);
	bool event = trace->schema->head == HUB_HEAD_EVENT;
	print_effects(trace, effects);
	invariants_after(trace->invariants, trace->partition, event ? trace->schema : NULL,
	        event ? trace->record : NULL, effects);
	invariants_check(trace->invariants, trace->partition, now_ms);
	deliver(trace, now_ms);
}

struct member {
	const char *name;
	double score;
};

static int by_score(const void *a, const void *b)
{
	const struct member *one = a, *other = b;
	if (one->score < other->score || one->score > other->score)
		return one->score < other->score ? -1 : 1;
	return strcmp(one->name, other->name);
}

static void show_set(struct trace *trace, json_t *set)
{
	struct member members[MEMBERS];
	const char *name;
	json_t *score;
	size_t count = 0;
	json_object_foreach(set, name, score)
	{
		assert_true(count < MEMBERS);
		members[count++] = (struct member){ name, json_real_value(score) };
	}
	qsort(members, count, sizeof(members[0]), by_score);
	for (size_t i = 0; i < count; i++)
		hub_buf_printf(&trace->out, " %s%s", i ? "| " : "", members[i].name);
}

static void show_hash(struct trace *trace, json_t *hash)
{
	const char *field;
	json_t *value;
	json_object_foreach(hash, field, value)
	        hub_buf_printf(&trace->out, " %s=%s", field, json_string_value(value));
}

static void show(struct trace *trace, struct hub_str key)
{
	char name[PATH_ROOM];
	snprintf(name, sizeof(name), "%.*s", HUB_STR_ARG(key));
	json_t *value = json_object_get(hot_state_json(invariants_hot(trace->invariants)), name);
	hub_buf_text(&trace->out, value ? "  =" : "  = nothing");
	if (value && json_is_real(json_object_iter_value(json_object_iter(value))))
		show_set(trace, value);
	else if (value)
		show_hash(trace, value);
	hub_buf_byte(&trace->out, '\n');
}

static int64_t read_instant(struct hub_str line)
{
	char text[] = "2026-03-02T08:00";
	int64_t at_ms = 0;
	if (line.len > 22)
		memcpy(text, line.data + 5, 16);
	text[HUB_DATE_LEN] = 'T';
	if (line.len <= 22 || line.data[21] != ']' || !hub_time_parse(hub_str_from(text), &at_ms))
		fail_msg("not a time: %.*s", HUB_STR_ARG(line));
	return at_ms;
}

static void run_line(struct trace *trace, struct hub_str line)
{
	int64_t now_ms = read_instant(line);
	struct hub_str what = { line.data + 23, line.len - 23 };
	bool heard = hub_str_starts_with(what, HUB_STR("heard "));
	if (hub_str_starts_with(what, HUB_STR("timer ")) || hub_str_starts_with(what, HUB_STR("county ")))
		return;
	/* One minute of the clock is written: timers of the minute before have fired. */
	fire_until(trace, now_ms - 1);
	hub_buf_printf(&trace->out, "%.*s\n", HUB_STR_ARG(line));
	if (hub_str_starts_with(what, HUB_STR("show "))) {
		show(trace, (struct hub_str){ what.data + 5, what.len - 5 });
	} else if (hub_str_starts_with(what, HUB_STR("silent ")) ||
	           hub_str_starts_with(what, HUB_STR("back   "))) {
		post_silence(partition_post(trace->partition),
		        (struct hub_str){ what.data + 7, what.len - 7 }, what.data[0] == 's');
		deliver(trace, now_ms);
	} else if (hub_str_is(what, "again")) {
		decide(trace, now_ms);
	} else if (!hub_str_is(what, "until")) {
		hub_arena_reset(trace->arena);
		if (heard)
			what = (struct hub_str){ what.data + 6, what.len - 6 };
		trace->record = (heard ? story_read_heard : story_read)(
		        what, now_ms, ++trace->events, trace->arena, &trace->schema);
		if (!trace->record)
			fail_msg("not understood: %.*s", HUB_STR_ARG(line));
		decide(trace, now_ms);
	}
	fire_until(trace, now_ms);
}

static void run_text(struct trace *trace, const char *text)
{
	while (*text) {
		const char *end = strchrnul(text, '\n');
		struct hub_str line = { text, (uint32_t)(end - text) };
		text = *end ? end + 1 : end;
		if (line.len && line.data[0] == '[')
			run_line(trace, line);
		else if (!line.len || line.data[0] == '#')
			hub_buf_printf(&trace->out, "%.*s\n", HUB_STR_ARG(line));
	}
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, TEXT_LIMIT);
	if (!file || !text)
		fail_msg("cannot read %s", path);
	text[fread(text, 1, TEXT_LIMIT - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void write_file(const char *path, struct hub_str text)
{
	FILE *file = fopen(path, "w");
	if (!file || fwrite(text.data, 1, text.len, file) != text.len || fclose(file) != 0)
		fail_msg("cannot write %s", path);
}

/* The first lines that differ, a few of each side. */
static void print_difference(const char *path, const char *expected, const char *actual)
{
	enum { SHOWN = 6 };
	int line = 1;
	while (*expected && *actual) {
		size_t a = strcspn(expected, "\n"), b = strcspn(actual, "\n");
		if (a != b || memcmp(expected, actual, a) != 0)
			break;
		expected += a + (expected[a] != '\0');
		actual += b + (actual[b] != '\0');
		line++;
	}
	fprintf(stderr, "%s:%d: the story goes otherwise\n", path, line);
	for (int i = 0; i < SHOWN && *expected; i++, expected += strcspn(expected, "\n") + 1)
		fprintf(stderr, "- %.*s\n", (int)strcspn(expected, "\n"), expected);
	for (int i = 0; i < SHOWN && *actual; i++, actual += strcspn(actual, "\n") + 1)
		fprintf(stderr, "+ %.*s\n", (int)strcspn(actual, "\n"), actual);
}

static void test_trace(void **state)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof(path), TRACE_DIR "/%s.trace", (const char *)*state);
	char *expected = read_file(path);
	struct trace trace = {
		.partition = partition_new(CASES_DIR "/county.json"),
		.invariants = invariants_new(),
		.arena = hub_arena_new(TEXT_LIMIT),
	};
	hub_buf_init(&trace.out, TEXT_LIMIT);
	run_text(&trace, expected);
	hub_buf_byte(&trace.out, '\0');
	assert_false(hub_buf_failed(&trace.out));
	bool same = strcmp(expected, trace.out.data) == 0;
	if (!same && getenv("HUB_TRACE_UPDATE"))
		write_file(path, (struct hub_str){ trace.out.data, (uint32_t)trace.out.len - 1 });
	else if (!same)
		print_difference(path, expected, trace.out.data);
	hub_buf_done(&trace.out);
	invariants_free(trace.invariants);
	partition_free(trace.partition);
	hub_arena_free(trace.arena);
	free(expected);
	assert_true(same || getenv("HUB_TRACE_UPDATE"));
}

#define TRACE(file)                                                                                          \
	{                                                                                                    \
		file, test_trace, NULL, NULL, (void *)(uintptr_t)file                                        \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRACE("happy-path"),
		TRACE("no-show"),
		TRACE("three-rejections"),
		TRACE("green-channel"),
		TRACE("quota-release"),
		TRACE("session-cancelled"),
		TRACE("capacity-changed"),
		TRACE("holiday"),
		TRACE("every-message-repeated"),
		TRACE("refused-by-name"),
		TRACE("out-of-county"),
		TRACE("answers-overdue"),
		TRACE("down-referral"),
		TRACE("supplement-answered"),
		TRACE("supplement-never-answered"),
		TRACE("city-slot-held-and-used"),
		TRACE("city-full-then-next"),
		TRACE("city-waitlisted-then-held"),
		TRACE("city-late-answer"),
		TRACE("city-session-cancelled"),
		TRACE("city-silent"),
		TRACE("city-silent-unplaced"),
		TRACE("city-asked-while-a-slot-opens"),
		TRACE("city-hold-overdue"),
		TRACE("city-same-id"),
		TRACE("unplaced-claimed"),
		TRACE("early-release"),
		TRACE("bed-waiting-list"),
		TRACE("bed-among-equals"),
		TRACE("long-stay"),
		TRACE("city-bed"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
