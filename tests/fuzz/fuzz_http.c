/* What a reader sends to the gateway besides credentials: target, lists in headers, body of an event. The first byte chooses. */
#include "take.h"

#include "base/check.h"
#include "dashboard-gateway/http/etag.h"
#include "dashboard-gateway/http/event.h"
#include "dashboard-gateway/http/headers.h"
#include "dashboard-gateway/http/routes.h"
#include "records/catalogue.h"
#include "records/event_head.h"
#include "wire/cloudevent.h"
#include "wire/framing.h"
#include "wire/utf8.h"

enum { ARENA_BYTES = 16 << 20, BODY_MAX = 64 << 10 };

static void expect_decoded(struct hub_str text)
{
	hub_check(hub_utf8_valid(text));
	for (uint32_t i = 0; i < text.len; i++)
		hub_check((unsigned char)text.data[i] >= ' ' && text.data[i] != 0x7f);
}

/* What was taken is plain, and written again it is read as the same. */
static void try_target(struct hub_str raw)
{
	static struct gateway_target target, again;
	struct hub_str subject;
	struct hub_buf out;
	unsigned methods;
	int code = gateway_target_parse(raw, &target, NULL);
	hub_check(code == HUB_OK || code == HUB_E_INVALID || code == HUB_E_TOO_LARGE);
	if (code)
		return;
	gateway_route_find(GATEWAY_METHOD_GET, &target, &subject, &methods);
	hub_buf_init(&out, 4 * GATEWAY_TARGET_MAX);
	for (uint32_t i = 0; i < target.segment_count; i++) {
		expect_decoded(target.segments[i]);
		hub_check(target.segments[i].len &&
		          !memchr(target.segments[i].data, '/', target.segments[i].len));
		hub_buf_byte(&out, '/');
		gateway_target_escape(target.segments[i], &out);
	}
	if (out.len && out.len <= GATEWAY_TARGET_MAX) {
		hub_check(gateway_target_parse(hub_buf_slice(&out), &again, NULL) == HUB_OK);
		hub_check(again.segment_count == target.segment_count);
		for (uint32_t i = 0; i < target.segment_count; i++)
			hub_check(hub_str_eq(again.segments[i], target.segments[i]));
	}
	for (uint32_t i = 0; i < target.param_count; i++) {
		expect_decoded(target.params[i].name);
		expect_decoded(target.params[i].value);
	}
	hub_buf_done(&out);
}

static void try_lists(struct hub_str text)
{
	bool strong = gateway_etag_listed(text, HUB_STR("\"1.2\""), false);
	bool weak = gateway_etag_listed(text, HUB_STR("\"1.2\""), true);
	hub_check(weak || !strong);
	gateway_accepts(text, HUB_STR("application/json"));
	gateway_content_is(text, HUB_STR("application/json"));
	gateway_origin_is(text, HUB_STR("hub.example"));
	struct hub_str last = gateway_list_last(text);
	hub_check(last.len <= text.len);
	gateway_header_name_valid(text);
	gateway_header_value_valid(text);
}

/* What was taken is what the router takes. */
static void try_body(struct hub_str text)
{
	static const struct gateway_viewer viewer = { .role = GATEWAY_ROLE_HOSPITAL, .org_id = { "H2", 2 } };
	static const struct gateway_referral referral = { .referral_id = { "R1", 2 },
		.county_id = { "330281", 6 } };
	static const struct hub_trace trace = { .trace_id = { 1 }, .span_id = { 1 } };
	const struct gateway_event_source source = {
		.viewer = &viewer,
		.referral = &referral,
		.event_id = { "dashboard-1", 11 },
		.occurred_at = 1795900000123,
		.trace = &trace,
	};
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	const struct hub_schema *schema;
	struct gateway_event event;
	void *record;
	json_t *json = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(json) && gateway_event_build(&source, json, arena, &event, NULL) == HUB_OK) {
		hub_check(hub_frame_decode(&hub_referral_event_schemas, event.value, arena, &schema, &record,
		                  NULL) == HUB_OK);
		hub_check(hub_cloudevent_check(schema, record, event.headers, event.header_count, NULL) ==
		          HUB_OK);
		hub_check(hub_str_is(((const struct hub_event_head *)record)->source_org_id, "H2"));
	}
	json_decref(json);
	hub_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > BODY_MAX)
		return 0;
	struct hub_str text = { (const char *)data + 1, (uint32_t)size - 1 };
	if (data[0] == 't')
		try_target(text);
	else if (data[0] == 'l')
		try_lists(text);
	else
		try_body(text);
	return 0;
}
