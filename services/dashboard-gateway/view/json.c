#include "dashboard-gateway/view/json.h"

#include "base/calendar.h"
#include "dashboard-gateway/hot/hot.h"
#include "wire/json_text.h"

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

void gateway_json_text(struct gateway_json *json, const char *name, struct hub_str value)
{
	begin(json, name);
	hub_json_text(value, json->out);
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
