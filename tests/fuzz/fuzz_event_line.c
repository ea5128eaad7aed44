/* A line that somebody gives to `hubctl send`. What is taken is what a daemon takes: it decodes, its key is its county
 * and its headers do not contradict it. */
#include "take.h"

#include "base/check.h"
#include "hubctl/event_line.h"
#include "records/catalogue.h"
#include "records/event_head.h"
#include "wire/cloudevent.h"

enum { ARENA_BYTES = 64 * 1024 * 1024, LINE_MAX_BYTES = 1 << 20 };

static void expect_taken(const struct hubctl_event *event, struct hub_arena *arena)
{
	const struct hub_schema *schema;
	void *record;
	hub_check(hub_frame_decode(&hub_all_schemas, event->value, arena, &schema, &record, NULL) == HUB_OK);
	hub_check(schema == event->schema && hub_record_equal(schema, record, event->record));
	hub_check(event->topic && event->header_count <= HUBCTL_CLOUDEVENT_HEADERS);
	hub_check(hub_cloudevent_check(schema, record, event->headers, event->header_count, NULL) == HUB_OK);
	if (schema->head == HUB_HEAD_EVENT)
		hub_check(hub_str_eq(event->key, ((const struct hub_event_head *)record)->county_id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hub_str line = { (const char *)data, (uint32_t)size };
	struct hubctl_event event;
	struct hub_error error;
	if (size > LINE_MAX_BYTES)
		return 0;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	int code = hubctl_event_from_line(line, arena, &event, &error);
	if (code == HUB_OK)
		expect_taken(&event, arena);
	else
		hub_check(code == HUB_E_INVALID);
	hub_arena_free(arena);
	return 0;
}
