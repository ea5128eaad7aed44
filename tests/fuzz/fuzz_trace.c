/* A story (tests/trace): lines "[Mon 2026-03-02 08:00] event", as people write them, are decided by the router's rules,
 * with what the clock brings in between; after each step the invariants must hold. So any event that its schema allows,
 * in any order, with any ids and times, meets the rules. */
#include "take.h"

#include "base/calendar.h"
#include "base/check.h"
#include "invariants.h"
#include "partition.h"
#include "records/event_head.h"
#include "story.h"
#include "wire/record.h"

#include <stdlib.h>

enum {
	TEXT_LIMIT = 1 << 20,
	LINES_MAX = 60,
	JUMP_MS = 20 * 24 * 3600 * 1000,
	STAMP = sizeof("[Mon 2026-03-02 08:00] ") - 1
};

struct trace {
	struct partition *partition;
	struct invariants *invariants;
	struct hub_arena *arena; /* of the last event, for "again" */
	const struct hub_schema *schema;
	const void *record;
	int64_t now_ms;
	int lines;
};

static void check(struct trace *trace, const struct hub_schema *schema, const void *record,
        const struct hub_effects *effects)
{
	invariants_after(trace->invariants, trace->partition, schema, record, effects);
	invariants_check(trace->invariants, trace->partition, trace->now_ms);
}

static void fire_until(struct trace *trace, int64_t until_ms)
{
	struct hub_timer timer;
	const struct hub_effects *effects;
	while ((effects = partition_fire(trace->partition, until_ms, &timer, &trace->now_ms)))
		check(trace, NULL, NULL, effects);
}

/* Whether a daemon would give it to its core. */
static bool may_be_decided(const struct hub_schema *schema, const void *record)
{
	const struct hub_event_head *head = record;
	struct hub_buf buf;
	hub_buf_init(&buf, TEXT_LIMIT);
	bool right = head->event_id.len && head->source_org_id.len && head->county_id.len &&
	             hub_record_encode(schema, record, &buf, NULL) == HUB_OK &&
	             hub_record_check_steering(schema, record, NULL) == HUB_OK;
	hub_buf_done(&buf);
	return right;
}

static int64_t time_of(const struct trace *trace, struct hub_str line)
{
	char text[] = "2026-03-02T08:00";
	int64_t at_ms;
	memcpy(text, line.data + sizeof("[Mon ") - 1, sizeof(text) - 1);
	text[HUB_DATE_LEN] = 'T';
	if (!hub_time_parse(hub_str_from(text), &at_ms) || at_ms < trace->now_ms)
		return trace->now_ms;
	return trace->lines > 1 && at_ms > trace->now_ms + JUMP_MS ? trace->now_ms + JUMP_MS : at_ms;
}

static void run_line(struct trace *trace, struct hub_str line)
{
	struct hub_str what = { line.data + STAMP, line.len - STAMP };
	trace->lines++;
	int64_t now_ms = time_of(trace, line);
	fire_until(trace, now_ms - 1);
	trace->now_ms = now_ms;
	if (!hub_str_is(what, "again")) {
		hub_arena_reset(trace->arena);
		trace->record = story_read(what, now_ms, trace->lines, trace->arena, &trace->schema);
		if (trace->record && !may_be_decided(trace->schema, trace->record))
			trace->record = NULL;
	}
	if (trace->record)
		check(trace, trace->schema, trace->record,
		        partition_decide(trace->partition, trace->schema, trace->record, now_ms));
	fire_until(trace, now_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace trace = { partition_new(CASES_DIR "/county.json"), invariants_new(),
		hub_arena_new(TEXT_LIMIT), NULL, NULL, hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)), 0 };
	const char *at = (const char *)data, *end = at + size;
	while (at < end && trace.lines < LINES_MAX) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct hub_str line = { at, (uint32_t)((newline ? newline : end) - at) };
		at += line.len + 1;
		if (line.len > STAMP && line.data[0] == '[' && !memmem(line.data, line.len, "] timer ", 8))
			run_line(&trace, line);
	}
	hub_arena_free(trace.arena);
	invariants_free(trace.invariants);
	partition_free(trace.partition);
	return 0;
}
