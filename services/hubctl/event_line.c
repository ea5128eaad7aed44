#include "hubctl/event_line.h"

#include "base/calendar.h"
#include "hubctl/fields.h"
#include "records/catalogue.h"
#include "wire/near.h"
#include "wire/record.h"
#include "wire/record_json.h"

enum { EVENT_MAX = 1 << 20 };

/* The topic that publishers write schema's records to; NULL when they do not. */
static const char *topic_of(const struct hub_schema *schema)
{
	const struct hub_topic_spec *topic = hub_topic_of(schema);
	return topic && strcmp(topic->writer, "publishers") == 0 ? topic->name : NULL;
}

static int no_record(struct hub_str name, struct hub_error *err)
{
	struct hub_near near = hub_near_start(name);
	for (uint32_t i = 0; i < hub_all_schemas.count; i++)
		if (topic_of(hub_all_schemas.schemas[i]))
			hub_near_offer(&near, hub_all_schemas.schemas[i]->name);
	return hub_error_set(err, HUB_E_INVALID, "record", "no record \"%.*s\" (%s%s)", HUB_STR_ARG(name),
	        near.best ? "did you mean " : "hubctl help send lists what may be sent",
	        near.best ? near.best : "");
}

/* Takes "record" or "type" off the object and finds the schema. */
static int take_schema(json_t *json, struct hubctl_event *ret, struct hub_error *err)
{
	const char *member = json_object_get(json, "record") ? "record" : "type";
	const char *text = json_string_value(json_object_get(json, member));
	if (!text)
		return hub_error_set(err, HUB_E_INVALID, "record",
		        "missing; each line says which record it is: %s",
		        "{\"record\": \"ReferralRequested\", ...}");
	struct hub_str name = hub_str_from(text);
	ret->schema = hub_schema_by_name(&hub_all_schemas, name);
	if (!ret->schema)
		return no_record(name, err);
	ret->topic = topic_of(ret->schema);
	if (!ret->topic)
		return hub_error_set(
		        err, HUB_E_INVALID, "record", "%s is not written by publishers", ret->schema->name);
	json_object_del(json, member);
	json_object_del(json, "//");
	return HUB_OK;
}

static void header(struct hubctl_event *event, const char *name, struct hub_str value)
{
	event->headers[event->header_count++] = (struct hub_header){ hub_str_from(name), value };
}

/* The Kafka binding of CloudEvents, binary mode. */
static void put_headers(struct hubctl_event *event, struct hub_arena *arena)
{
	char at[HUB_TIME_LEN + 1];
	hub_time_format(hubctl_long_of(event->schema, event->record, "occurred_at", 0), at);
	event->header_count = 0;
	header(event, "ce_specversion", HUB_STR("1.0"));
	header(event, "ce_id", hubctl_text_of(event->schema, event->record, "event_id"));
	header(event, "ce_source",
	        hub_arena_printf(arena, "/org/%.*s",
	                HUB_STR_ARG(hubctl_text_of(event->schema, event->record, "source_org_id"))));
	header(event, "ce_type", hub_str_from(event->schema->full_name));
	header(event, "ce_time", hub_arena_copy(arena, hub_str_from(at)));
}

/* Keys and ids that are empty pass the schema and help nobody. */
static int check_head(const struct hubctl_event *event, struct hub_error *err)
{
	static const char *const ids[] = { "event_id", "county_id", "source_org_id" };
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (hub_str_empty(hubctl_text_of(event->schema, event->record, ids[i])))
			return hub_error_set(err, HUB_E_INVALID, ids[i], "must not be empty");
	return hub_record_check_steering(event->schema, event->record, err);
}

static int encode(struct hubctl_event *event, struct hub_arena *arena, struct hub_error *err)
{
	struct hub_buf buf;
	hub_buf_init(&buf, EVENT_MAX);
	int result = hub_frame_encode(event->schema, event->record, &buf, err);
	if (result == HUB_E_TOO_LARGE)
		result = hub_error_set(
		        err, HUB_E_INVALID, event->schema->name, "more than 1 MiB, the limit of a record");
	if (!result)
		event->value = hub_arena_copy(arena, hub_buf_slice(&buf));
	hub_buf_done(&buf);
	return result;
}

static int complete(struct hubctl_event *event, struct hub_arena *arena, struct hub_error *err)
{
	int result = encode(event, arena, err);
	if (result)
		return result;
	event->key = hubctl_text_of(event->schema, event->record, "county_id");
	put_headers(event, arena);
	return HUB_OK;
}

static int from_json(json_t *json, struct hub_arena *arena, struct hubctl_event *ret, struct hub_error *err)
{
	if (!json_is_object(json))
		return hub_error_set(err, HUB_E_INVALID, "", "expected one JSON object a line");
	int result = take_schema(json, ret, err);
	if (result)
		return result;
	void *record = hub_arena_alloc(arena, ret->schema->size);
	if (!record)
		return hub_error_set(err, HUB_E_TOO_LARGE, "", "out of memory");
	ret->record = record;
	result = hub_record_from_json(ret->schema, json, arena, record, err);
	if (!result)
		result = check_head(ret, err);
	return result ? result : complete(ret, arena, err);
}

int hubctl_event_from_line(
        struct hub_str line, struct hub_arena *arena, struct hubctl_event *ret, struct hub_error *reterr)
{
	json_error_t syntax;
	*ret = (struct hubctl_event){ 0 };
	json_t *json = json_loadb(line.data ? line.data : "", line.len, JSON_REJECT_DUPLICATES, &syntax);
	if (!json)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "", "not JSON: %s (column %d)", syntax.text, syntax.column);
	int result = from_json(json, arena, ret, reterr);
	json_decref(json);
	return result;
}

int hubctl_event_as_saved(const struct hub_schema *schema, const void *record, struct hub_arena *arena,
        struct hubctl_event *ret, struct hub_error *ret_refusal, struct hub_error *reterr)
{
	*ret = (struct hubctl_event){ .schema = schema, .record = record, .topic = topic_of(schema) };
	*ret_refusal = (struct hub_error){ 0 };
	if (!ret->topic)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "record", "%s is not written by publishers", schema->name);
	(void)check_head(ret, ret_refusal);
	return complete(ret, arena, reterr);
}

int hubctl_event_from_record(const struct hub_schema *schema, const void *record, struct hub_arena *arena,
        struct hubctl_event *ret, struct hub_error *reterr)
{
	struct hub_error refusal;
	int result = hubctl_event_as_saved(schema, record, arena, ret, &refusal, reterr);
	if (result || !refusal.code)
		return result;
	return hub_error_set(reterr, refusal.code, refusal.place, "%s", refusal.text);
}
