/* Bytes that others chose, where the gateway's views meet them: texts that become JSON, headers and keys of dead letters, ids in
 * paths. What is written is always JSON, and never more of a key than a code. */
#include "take.h"

#include "base/check.h"
#include "dashboard-gateway/view/json.h"
#include "dashboard-gateway/view/letters.h"

#include <jansson.h>

enum { OUT_MAX = 4 * 1024 * 1024 };

static void check_json(const struct hub_buf *out)
{
	json_t *json = json_loadb(out->data, out->len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	hub_check(json != NULL);
	hub_check(!memchr(out->data, '<', out->len));
	json_decref(json);
}

static void write_text(struct hub_str text)
{
	struct hub_buf out;
	hub_buf_init(&out, OUT_MAX);
	struct gateway_json json = gateway_json(&out);
	gateway_json_array(&json, NULL);
	gateway_json_text(&json, NULL, text);
	gateway_json_str(&json, NULL, text);
	gateway_json_end_array(&json);
	check_json(&out);
	hub_buf_done(&out);
}

static void read_letter(struct bytes *bytes)
{
	const struct hub_header headers[] = { { HUB_STR("hub_dlq_reason"), take_text(bytes) },
		{ HUB_STR("hub_dlq_detail"), take_text(bytes) },
		{ HUB_STR("hub_dlq_partition"), take_text(bytes) },
		{ HUB_STR("hub_dlq_offset"), take_text(bytes) }, { take_text(bytes), take_text(bytes) } };
	struct hub_kafka_event event = { .kind = HUB_KAFKA_RECORD,
		.at = { 0, take_byte(bytes) },
		.offset = take_byte(bytes),
		.timestamp_ms = take_byte(bytes),
		.headers = headers,
		.header_count = 5,
		.has_key = true,
		.key = take_text(bytes) };
	struct gateway_world world = { .hot = gateway_hot_new(1), .letters = gateway_letters_new(2) };
	struct gateway_viewer viewer = { .role = GATEWAY_ROLE_COUNTY, .county_id = HUB_STR("990121") };
	struct gateway_place place;
	struct hub_buf out, next;
	gateway_letters_add((struct gateway_letters *)(uintptr_t)world.letters, &event);
	(void)gateway_letters_find(&world, &viewer, take_text(bytes), &place, NULL);
	hub_buf_init(&out, OUT_MAX);
	hub_buf_init(&next, OUT_MAX);
	hub_check(gateway_view_dead_letters(&world, &viewer, NULL, 0, &out, &next, NULL) == HUB_OK);
	check_json(&out);
	hub_buf_done(&out);
	hub_buf_done(&next);
	gateway_letters_free((struct gateway_letters *)(uintptr_t)world.letters);
	gateway_hot_free((struct gateway_hot *)(uintptr_t)world.hot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	write_text((struct hub_str){ (const char *)data, (uint32_t)size });
	read_letter(&bytes);
	return 0;
}
