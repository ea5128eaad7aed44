/* What operators see of hostile records (hubctl tail, dlq): any key, headers and bytes must come out as one line of
 * valid UTF-8 without control characters, and as JSON. */
#include "take.h"

#include "base/check.h"
#include "hubctl/event_text.h"
#include "records/catalogue.h"
#include "records/topic.h"
#include "wire/utf8.h"

#include <stdlib.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, BUF_BYTES = 16 * 1024 * 1024, HEADERS_MAX = 8 };

static const char *const topics[] = { "referral.events", "referral.decisions", "registry",
	"referral-router.state", "referral-router.dead-letters", "elsewhere" };

static void expect_harmless(const struct hub_buf *line)
{
	struct hub_str text = hub_buf_slice(line);
	hub_check(text.len > 0 && hub_utf8_valid(text));
	for (uint32_t i = 0; i + 1 < text.len; i++)
		hub_check((unsigned char)text.data[i] >= ' ' && text.data[i] != 0x7f);
	hub_check(text.data[text.len - 1] == '\n');
}

static void show(const char *topic, const struct hub_kafka_event *event, bool personal)
{
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_buf line;
	struct hubctl_seen seen;
	hub_buf_init(&line, BUF_BYTES);
	hubctl_see(topic, event, arena, &seen);
	hubctl_event_line(&seen, personal, &line);
	expect_harmless(&line);
	json_t *json = hubctl_event_json(&seen, personal);
	char *text = json_dumps(json, JSON_COMPACT);
	hub_check(json && text);
	free(text);
	json_decref(json);
	hub_buf_done(&line);
	hub_arena_free(arena);
}

/* first byte: what is there; then topic, key, headers; the rest is the value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	uint8_t what = take_byte(&bytes);
	const char *topic = topics[take_byte(&bytes) % (sizeof(topics) / sizeof(topics[0]))];
	struct hub_header headers[HEADERS_MAX];
	struct hub_kafka_event event = { .kind = HUB_KAFKA_RECORD, .headers = headers };
	event.has_key = what & 1;
	event.has_value = what & 2;
	event.timestamp_ms = what & 4 ? INT64_C(1770595200000) : (int64_t)((uint64_t)what << 56);
	event.key = event.has_key ? take_text(&bytes) : HUB_STR("");
	for (event.header_count = 0; event.header_count < (what >> 4) && event.header_count < HEADERS_MAX;
	        event.header_count++) {
		headers[event.header_count].name = take_text(&bytes);
		headers[event.header_count].value = take_text(&bytes);
	}
	event.value = event.has_value ? take_rest(&bytes) : HUB_STR("");
	show(topic, &event, what & 8);
	return 0;
}
