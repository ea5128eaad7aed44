#include "dashboard-gateway/view/json.h"

#include "base/calendar.h"
#include "dashboard-gateway/hot/hot.h"
#include "wire/utf8.h"

#include <stdio.h>

static void begin(struct gateway_json *json, const char *name)
{
	if (json->comma)
		hub_buf_byte(json->out, ',');
	if (name) {
		hub_buf_byte(json->out, '"');
		hub_buf_text(json->out, name); /* ours: nothing to escape */
		hub_buf_bytes(json->out, "\":", 2);
	}
	json->comma = true;
}

static void open(struct gateway_json *json, const char *name, uint8_t bracket)
{
	begin(json, name);
	hub_buf_byte(json->out, bracket);
	json->comma = false;
}

static void close(struct gateway_json *json, uint8_t bracket)
{
	hub_buf_byte(json->out, bracket);
	json->comma = true;
}

void gateway_json_object(struct gateway_json *json, const char *name)
{
	open(json, name, '{');
}

void gateway_json_array(struct gateway_json *json, const char *name)
{
	open(json, name, '[');
}

void gateway_json_end_object(struct gateway_json *json)
{
	close(json, '}');
}

void gateway_json_end_array(struct gateway_json *json)
{
	close(json, ']');
}

void gateway_json_null(struct gateway_json *json, const char *name)
{
	begin(json, name);
	hub_buf_text(json->out, "null");
}

void gateway_json_bool(struct gateway_json *json, const char *name, bool value)
{
	begin(json, name);
	hub_buf_text(json->out, value ? "true" : "false");
}

void gateway_json_int(struct gateway_json *json, const char *name, int64_t value)
{
	begin(json, name);
	hub_buf_decimal(json->out, value);
}

/* Bytes of the UTF-8 sequence that begins at a byte that is not ASCII; 0: none does. */
static uint32_t sequence(struct hub_str text)
{
	for (uint32_t len = 2; len <= 4 && len <= text.len; len++)
		if (hub_utf8_valid_slowly((struct hub_str){ text.data, len }))
			return len;
	return 0;
}

static void put_escaped(struct hub_buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c ? memchr(from, c, sizeof(from) - 1) : NULL;
	if (at) {
		hub_buf_byte(out, '\\');
		hub_buf_byte(out, (uint8_t)to[at - from]);
	} else {
		hub_buf_printf(out, "\\u%04x", c);
	}
}

static bool plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<';
}

static void put_string(struct hub_buf *out, struct hub_str text)
{
	hub_buf_byte(out, '"');
	for (uint32_t at = 0; at < text.len;) {
		struct hub_str rest = { text.data + at, 0 };
		while (at + rest.len < text.len && plain((unsigned char)rest.data[rest.len]))
			rest.len++;
		hub_buf_str(out, rest);
		at += rest.len;
		if (at == text.len)
			break;
		rest = (struct hub_str){ text.data + at, text.len - at };
		uint32_t len = (unsigned char)rest.data[0] < 0x80 ? 0 : sequence(rest);
		if (len)
			hub_buf_bytes(out, rest.data, len);
		else if ((unsigned char)rest.data[0] < 0x80)
			put_escaped(out, (unsigned char)rest.data[0]);
		else
			hub_buf_text(out, "\\ufffd");
		at += len ? len : 1;
	}
	hub_buf_byte(out, '"');
}

void gateway_json_text(struct gateway_json *json, const char *name, struct hub_str value)
{
	begin(json, name);
	put_string(json->out, value);
}

void gateway_json_str(struct gateway_json *json, const char *name, struct hub_str value)
{
	if (value.len)
		gateway_json_text(json, name, value);
	else
		gateway_json_null(json, name);
}

void gateway_json_strs(struct gateway_json *json, const char *name, const struct hub_str_array *values)
{
	gateway_json_array(json, name);
	for (uint32_t i = 0; i < values->count; i++)
		gateway_json_text(json, NULL, values->items[i]);
	gateway_json_end_array(json);
}

/* "2026-02-09T08:30:00" of the seconds, then the milliseconds, then the zone. */
void gateway_json_time(struct gateway_json *json, const char *name, int64_t at_ms)
{
	enum { SECONDS_LEN = HUB_TIME_LEN - 6 };
	char text[HUB_TIME_LEN + 1];
	if (at_ms == GATEWAY_NO_TIME) {
		gateway_json_null(json, name);
		return;
	}
	begin(json, name);
	hub_time_format(at_ms, text);
	hub_buf_byte(json->out, '"');
	hub_buf_bytes(json->out, text, SECONDS_LEN);
	int ms = (int)(at_ms % HUB_SECOND_MS + HUB_SECOND_MS) % HUB_SECOND_MS;
	if (ms)
		hub_buf_printf(json->out, ".%03d", ms);
	hub_buf_text(json->out, text + SECONDS_LEN);
	hub_buf_byte(json->out, '"');
}
