#include "otlp/otlp_json.h"

#include "wire/json_text.h"

/* "key":"hex" of an id. */
static void put_id(const char *key, const uint8_t *id, uint32_t len, struct hub_buf *out)
{
	static const char digits[] = "0123456789abcdef";
	hub_buf_text(out, key);
	hub_buf_byte(out, '"');
	for (uint32_t i = 0; i < len; i++) {
		hub_buf_byte(out, (uint8_t)digits[id[i] >> 4]);
		hub_buf_byte(out, (uint8_t)digits[id[i] & 15]);
	}
	hub_buf_byte(out, '"');
}

static void put_digits(const char *key, int64_t number, const char *zeros, struct hub_buf *out)
{
	hub_buf_text(out, key);
	hub_buf_byte(out, '"');
	hub_buf_decimal(out, number);
	hub_buf_text(out, zeros);
	hub_buf_byte(out, '"');
}

static void put_attribute(const struct hub_span_attribute *attribute, struct hub_buf *out)
{
	hub_buf_text(out, "{\"key\":");
	hub_json_text(hub_str_from(attribute->key), out);
	hub_buf_text(out, ",\"value\":{");
	switch (attribute->value) {
	case HUB_SPAN_TEXT:
		hub_buf_text(out, "\"stringValue\":");
		hub_json_text(hub_str_from(attribute->text), out);
		break;
	case HUB_SPAN_INT:
		put_digits("\"intValue\":", attribute->number, "", out);
		break;
	case HUB_SPAN_DIGITS:
		put_digits("\"stringValue\":", attribute->number, "", out);
		break;
	}
	hub_buf_text(out, "}}");
}

static void put_attributes(const struct hub_span_attribute *attributes, uint32_t count, struct hub_buf *out)
{
	hub_buf_text(out, "\"attributes\":[");
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			hub_buf_byte(out, ',');
		put_attribute(&attributes[i], out);
	}
	hub_buf_byte(out, ']');
}

static void put_span(const struct hub_span *span, struct hub_buf *out)
{
	const char *const nanoseconds = "000"; /* behind microseconds */
	put_id("{\"traceId\":", span->trace.trace_id, HUB_TRACE_ID_LEN, out);
	put_id(",\"spanId\":", span->trace.span_id, HUB_SPAN_ID_LEN, out);
	if (span->has_parent)
		put_id(",\"parentSpanId\":", span->parent_id, HUB_SPAN_ID_LEN, out);
	hub_buf_text(out, ",\"flags\":");
	hub_buf_decimal(out, span->trace.flags);
	hub_buf_text(out, ",\"name\":");
	hub_json_text(hub_str_from(span->name), out);
	hub_buf_text(out, ",\"kind\":");
	hub_buf_decimal(out, span->kind);
	put_digits(",\"startTimeUnixNano\":", span->began_us, nanoseconds, out);
	put_digits(",\"endTimeUnixNano\":", span->ended_us, nanoseconds, out);
	hub_buf_byte(out, ',');
	put_attributes(span->attributes, span->attribute_count, out);
	hub_buf_text(out, span->failed ? ",\"status\":{\"code\":2}}" : ",\"status\":{}}");
}

void hub_otlp_json(const struct hub_otlp_resource *resource, const struct hub_span *spans, uint32_t count,
        struct hub_buf *out)
{
	const struct hub_span_attribute about[] = {
		{ "service.name", HUB_SPAN_TEXT, resource->service, 0 },
		{ "service.version", HUB_SPAN_TEXT, resource->version, 0 },
		{ "service.instance.id", HUB_SPAN_TEXT, resource->instance, 0 },
	};
	hub_buf_text(out, "{\"resourceSpans\":[{\"resource\":{");
	put_attributes(about, sizeof(about) / sizeof(about[0]), out);
	hub_buf_text(out, "},\"scopeSpans\":[{\"scope\":{\"name\":");
	hub_json_text(hub_str_from(resource->service), out);
	hub_buf_text(out, "},\"spans\":[");
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			hub_buf_byte(out, ',');
		put_span(&spans[i], out);
	}
	hub_buf_text(out, "]}]}]}");
}
