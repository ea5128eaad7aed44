#include "hubctl/event_text.h"

#include "base/calendar.h"
#include "effects/dead_letters.h"
#include "hubctl/fields.h"
#include "hubctl/text.h"
#include "hubctl/when.h"
#include "records/catalogue.h"
#include "wire/framing.h"
#include "wire/record_json.h"
#include "wire/record_print.h"

#include <stdlib.h>

enum { FIRST_BYTES = 32 };

void hubctl_see(const char *topic, const struct hub_kafka_event *event, struct hub_arena *arena,
        struct hubctl_seen *ret)
{
	*ret = (struct hubctl_seen){ .topic = topic, .event = event, .at_ms = event->timestamp_ms };
	const struct hub_schema *schema;
	void *record;
	if (!event->has_value ||
	        hub_frame_decode(&hub_all_schemas, event->value, arena, &schema, &record, &ret->error))
		return;
	ret->schema = schema;
	ret->record = record;
	ret->at_ms = hubctl_long_of(schema, record, "occurred_at", event->timestamp_ms);
}

struct hub_kafka_event hubctl_event_keep(const struct hub_kafka_event *event, struct hub_arena *arena)
{
	struct hub_kafka_event kept = *event;
	struct hub_header *headers = hub_arena_alloc(arena, (event->header_count + 1) * sizeof(*headers));
	for (uint32_t i = 0; headers && i < event->header_count; i++)
		headers[i] = (struct hub_header){ hub_arena_copy(arena, event->headers[i].name),
			hub_arena_copy(arena, event->headers[i].value) };
	kept.headers = headers;
	kept.header_count = headers ? event->header_count : 0;
	kept.key = hub_arena_copy(arena, event->key);
	kept.value = hub_arena_copy(arena, event->value);
	return kept;
}

struct hub_str hubctl_header(const struct hub_kafka_event *event, const char *name)
{
	return hub_header_last(event->headers, event->header_count, hub_str_from(name));
}

bool hubctl_trace_id(const struct hub_kafka_event *event, char text[HUB_TRACE_ID_TEXT])
{
	struct hub_trace trace;
	if (!hub_traceparent_parse(hubctl_header(event, "traceparent"), &trace) &&
	        !hub_traceparent_parse(hubctl_header(event, "hub_dlq_traceparent"), &trace))
		return false;
	hub_trace_id_text(&trace, text);
	return true;
}

void hubctl_put_hex(struct hub_buf *out, struct hub_str bytes, uint32_t limit)
{
	for (uint32_t i = 0; i < bytes.len && i < limit; i++)
		hub_buf_printf(out, "%02x", (unsigned)(unsigned char)bytes.data[i]);
	if (bytes.len > limit)
		hub_buf_text(out, "…");
}

static void put_record(const struct hubctl_seen *seen, bool personal, struct hub_buf *out)
{
	if (!personal) {
		struct hub_buf line;
		hub_buf_init(&line, 1 << 20);
		hub_record_print(seen->schema, seen->record, false, &line);
		hubctl_text_put(out, hub_buf_slice(&line));
		hub_buf_done(&line);
		return;
	}
	json_t *json = hub_record_to_json(seen->schema, seen->record, false);
	char *text = json_dumps(json, JSON_COMPACT);
	hub_buf_printf(out, "%s ", seen->schema->name);
	hubctl_text_put(out, hub_str_from(text)); /* JSON escapes few control characters */
	free(text);
	json_decref(json);
}

static void put_dead_letter(const struct hubctl_seen *seen, struct hub_str reason, struct hub_buf *out)
{
	hubctl_text_put(out, reason);
	hub_buf_text(out, " (");
	hubctl_text_put(out, hubctl_header(seen->event, "hub_dlq_detail"));
	hub_buf_text(out, ") from ");
	hubctl_text_put(out, hubctl_header(seen->event, "hub_dlq_topic"));
	hub_buf_text(out, " ");
	hubctl_text_put(out, hubctl_header(seen->event, "hub_dlq_partition"));
	hub_buf_text(out, ":");
	hubctl_text_put(out, hubctl_header(seen->event, "hub_dlq_offset"));
	hub_buf_text(out, ": ");
}

void hubctl_event_line(const struct hubctl_seen *seen, bool personal, struct hub_buf *out)
{
	const struct hub_kafka_event *event = seen->event;
	char at[HUBCTL_CLOCK_LEN];
	hubctl_clock(seen->at_ms, at);
	hub_buf_printf(out, "%s %3d:%-6lld ", at, event->at.partition, (long long)event->offset);
	struct hub_str key = event->has_key ? event->key : HUB_STR("-");
	hubctl_text_put(out, key);
	hub_buf_text(out, "  ");
	struct hub_str reason = hubctl_header(event, "hub_dlq_reason");
	if (reason.len)
		put_dead_letter(seen, reason, out);
	if (seen->schema) {
		put_record(seen, personal, out);
	} else if (!event->has_value) {
		bool left_out = hub_dead_letter_left_out(event->headers, event->header_count);
		hub_buf_text(out, left_out ? "(left out)" : "(deleted)");
	} else {
		hub_buf_printf(out, "%u bytes, %s: ", event->value.len, seen->error.text);
		hubctl_put_hex(out, event->value, personal ? UINT32_MAX : 16);
	}
	hub_buf_byte(out, '\n');
}

static json_t *text_json(struct hub_str text)
{
	json_t *json = json_stringn(text.data ? text.data : "", text.len);
	if (json)
		return json;
	struct hub_buf clean;
	hub_buf_init(&clean, (size_t)text.len * 3 + 1);
	hubctl_text_put(&clean, text);
	json = json_stringn(clean.data ? clean.data : "", clean.len);
	hub_buf_done(&clean);
	return json;
}

static json_t *time_json(int64_t at_ms)
{
	char text[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, text);
	return json_string(text);
}

static void put_undecoded(json_t *json, const struct hubctl_seen *seen, bool personal)
{
	struct hub_buf hex;
	hub_buf_init(&hex, 8 << 20);
	hubctl_put_hex(&hex, seen->event->value, personal ? UINT32_MAX : FIRST_BYTES);
	json_object_set_new(json, "error", json_string(seen->error.text));
	json_object_set_new(json, "bytes", json_integer(seen->event->value.len));
	json_object_set_new(json, "hex", json_stringn(hex.data ? hex.data : "", hex.len));
	hub_buf_done(&hex);
}

json_t *hubctl_event_json(const struct hubctl_seen *seen, bool personal)
{
	const struct hub_kafka_event *event = seen->event;
	json_t *json = json_object();
	json_object_set_new(json, "topic", json_string(seen->topic));
	json_object_set_new(json, "partition", json_integer(event->at.partition));
	json_object_set_new(json, "offset", json_integer((json_int_t)event->offset));
	json_object_set_new(json, "timestamp", time_json(event->timestamp_ms));
	json_object_set_new(json, "key", event->has_key ? text_json(event->key) : json_null());
	char trace_id[HUB_TRACE_ID_TEXT];
	json_object_set_new(
	        json, "trace_id", hubctl_trace_id(event, trace_id) ? json_string(trace_id) : json_null());
	json_t *headers = json_object();
	for (uint32_t i = 0; i < event->header_count; i++) {
		struct hub_str name = event->headers[i].name;
		char text[128];
		size_t n = name.len < sizeof(text) ? name.len : sizeof(text) - 1;
		memcpy(text, name.data, n);
		text[n] = 0;
		json_object_set_new(headers, text, text_json(event->headers[i].value));
	}
	json_object_set_new(json, "headers", headers);
	if (seen->schema) {
		json_object_set_new(json, "record", json_string(seen->schema->name));
		json_object_set_new(json, "value", hub_record_to_json(seen->schema, seen->record, !personal));
	} else if (event->has_value) {
		put_undecoded(json, seen, personal);
	} else {
		json_object_set_new(json, "value", json_null());
	}
	return json;
}
