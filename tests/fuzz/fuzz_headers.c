/* Headers of an input against its value: a record (type, length, body), then headers (name, length, value). Those that we
 * would write never contradict it. */
#include "take.h"

#include "base/check.h"
#include "records/catalogue.h"
#include "wire/cloudevent.h"
#include "wire/record.h"
#include "wire/traceparent.h"

enum { ARENA_BYTES = 16 * 1024 * 1024, HEADERS_MAX = 16 };

static struct hub_str take_name(struct bytes *bytes)
{
	static const char *const names[] = { "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time",
		"content-type", "traceparent" };
	uint8_t chosen = take_byte(bytes);
	return chosen < sizeof(names) / sizeof(names[0]) ? hub_str_from(names[chosen]) : take_text(bytes);
}

static void expect_ours_pass(const struct hub_schema *schema, const void *record, struct hub_arena *arena)
{
	struct hub_header headers[HUB_CLOUDEVENT_HEADERS];
	struct hub_error error = { 0 };
	if (hub_cloudevent_build(schema, record, "referral-router", arena, headers))
		hub_check(hub_cloudevent_check(schema, record, headers, HUB_CLOUDEVENT_HEADERS, &error) ==
		          HUB_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	const struct hub_schema *schema = hub_all_schemas.schemas[take_byte(&bytes) % hub_all_schemas.count];
	void *record = hub_arena_alloc(arena, schema->size);
	struct hub_header headers[HEADERS_MAX];
	struct hub_trace trace;
	struct hub_error error;
	uint32_t count = 0;
	if (hub_record_decode(schema, take_text(&bytes), arena, record, &error) == HUB_OK) {
		expect_ours_pass(schema, record, arena);
		for (; bytes.left && count < HEADERS_MAX; count++) {
			headers[count].name = take_name(&bytes);
			headers[count].value = take_text(&bytes);
			(void)hub_traceparent_parse(headers[count].value, &trace);
		}
		int code = hub_cloudevent_check(schema, record, headers, count, &error);
		hub_check(code == HUB_OK || (code == HUB_E_INVALID && error.place[0]));
	}
	hub_arena_free(arena);
	return 0;
}
