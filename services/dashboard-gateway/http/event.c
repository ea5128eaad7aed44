#include "dashboard-gateway/http/event.h"

#include "records/catalogue.h"
#include "wire/cloudevent.h"
#include "wire/framing.h"
#include "wire/record_json.h"

enum { VALUE_BYTES = 1 << 20 };

/* Members that follow from who sends it, about what. */
static const char *const given[] = { "event_id", "occurred_at", "county_id", "consortium_id", "source_org_id",
	"referral_id", "org_id", "by_org_id" };

static int take_type(json_t *json, struct gateway_event *ret, struct hub_error *reterr)
{
	const char *type = json_string_value(json_object_get(json, "type"));
	const struct hub_schema *schema =
	        type ? hub_schema_by_name(&hub_referral_event_schemas, hub_str_from(type)) : NULL;
	if (!schema || strcmp(schema->name, type) != 0 || !hub_schema_field(schema, HUB_STR("referral_id")) ||
	        schema->head != HUB_HEAD_EVENT)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "type", "expected the name of an event about a referral");
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (json_object_get(json, given[i]))
			return hub_error_set(
			        reterr, HUB_E_INVALID, given[i], "is filled in by the hub: leave it out");
	json_object_del(json, "type");
	ret->schema = schema;
	return HUB_OK;
}

static void put(json_t *json, const struct hub_schema *schema, const char *name, struct hub_str value)
{
	if (hub_schema_field(schema, hub_str_from(name)))
		json_object_set_new(json, name, json_stringn(value.len ? value.data : "", value.len));
}

static void put_given(
        json_t *json, const struct hub_schema *schema, const struct gateway_event_source *source)
{
	put(json, schema, "event_id", source->event_id);
	json_object_set_new(json, "occurred_at", json_integer(source->occurred_at));
	put(json, schema, "county_id", source->referral->county_id);
	put(json, schema, "consortium_id", source->referral->consortium_id);
	put(json, schema, "source_org_id", source->viewer->org_id);
	put(json, schema, "referral_id", source->referral->referral_id);
	put(json, schema, "org_id", source->viewer->org_id);
	put(json, schema, "by_org_id", source->viewer->org_id);
}

static bool put_headers(const struct gateway_event_source *source, const void *record,
        struct hub_arena *arena, struct gateway_event *ret)
{
	struct hub_trace span = hub_trace_child(source->trace, source->event_id);
	char text[HUB_TRACEPARENT_LEN + 1];
	if (!hub_cloudevent_build(ret->schema, record, "dashboard-gateway", arena, ret->headers))
		return false;
	hub_traceparent_format(&span, text);
	ret->headers[HUB_CLOUDEVENT_HEADERS] =
	        (struct hub_header){ HUB_STR("traceparent"), hub_arena_copy(arena, hub_str_from(text)) };
	ret->header_count = HUB_CLOUDEVENT_HEADERS + 1;
	if (source->tracestate.len)
		ret->headers[ret->header_count++] = (struct hub_header){ HUB_STR("tracestate"),
			hub_arena_copy(arena, source->tracestate) };
	return true;
}

static int encode(const struct gateway_event_source *source, const void *record, struct hub_arena *arena,
        struct gateway_event *ret, struct hub_error *reterr)
{
	struct hub_buf buf;
	hub_buf_init(&buf, VALUE_BYTES);
	int code = hub_frame_encode(ret->schema, record, &buf, reterr);
	if (!code) {
		ret->key = hub_arena_copy(arena, source->referral->county_id);
		ret->value = hub_arena_copy(arena, hub_buf_slice(&buf));
	}
	hub_buf_done(&buf);
	if (!code && (!put_headers(source, record, arena, ret) || hub_arena_exhausted(arena)))
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "", "the event is too large");
	return code;
}

/* "ReferralRejected.reason" is "reason" to who wrote the body. */
static void shorten_place(const struct hub_schema *schema, struct hub_error *err)
{
	size_t len = strlen(schema->name);
	if (err && strncmp(err->place, schema->name, len) == 0 && err->place[len] == '.')
		memmove(err->place, err->place + len + 1, strlen(err->place + len + 1) + 1);
}

int gateway_event_build(const struct gateway_event_source *source, json_t *json, struct hub_arena *arena,
        struct gateway_event *ret, struct hub_error *reterr)
{
	*ret = (struct gateway_event){ 0 };
	int code = take_type(json, ret, reterr);
	if (code)
		return code;
	put_given(json, ret->schema, source);
	void *record = hub_arena_alloc(arena, ret->schema->size);
	if (!record)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "", "the event is too large");
	code = hub_record_from_json(ret->schema, json, arena, record, reterr);
	if (!code)
		code = hub_record_check_steering(ret->schema, record, reterr);
	if (!code)
		return encode(source, record, arena, ret, reterr);
	shorten_place(ret->schema, reterr);
	return code;
}
