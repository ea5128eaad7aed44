#include "wire/cloudevent.h"

#include "base/calendar.h"
#include "wire/member.h"
#include "wire/moment.h"

/* What the head says; it begins every record that has one. */
struct about {
	struct hub_str id;
	struct hub_str source_org_id; /* events only */
	int64_t time_ms;
};

/* Where the heads have these fields: the generator begins every record that has a head with exactly its
 * fields. */
enum { HEAD_EVENT_ID = 0, HEAD_OCCURRED_AT = 1, EVENT_HEAD_SOURCE = 4 };

static bool read_head(const struct hub_schema *schema, const void *record, struct about *ret)
{
	const struct hub_field *fields = schema->fields;
	bool event = schema->head == HUB_HEAD_EVENT;
	if (!event && schema->head != HUB_HEAD_DECISION)
		return false;
	ret->id = hub_member_str(hub_member_at(&fields[HEAD_EVENT_ID], record));
	ret->time_ms = *(const int64_t *)hub_member_at(&fields[HEAD_OCCURRED_AT], record);
	ret->source_org_id = event ? hub_member_str(hub_member_at(&fields[EVENT_HEAD_SOURCE], record))
	                           : (struct hub_str){ NULL, 0 };
	return true;
}

bool hub_cloudevent_build(const struct hub_schema *schema, const void *record, const char *daemon,
        struct hub_arena *arena, struct hub_header headers[HUB_CLOUDEVENT_HEADERS])
{
	struct about about;
	char moment[HUB_MOMENT_LEN + 1];
	if (!read_head(schema, record, &about) || !hub_moment_format(about.time_ms, moment))
		return false;
	struct hub_str source = schema->head == HUB_HEAD_EVENT
	                                ? hub_arena_join(arena, HUB_STR("/org/"), about.source_org_id)
	                                : hub_arena_join(arena, HUB_STR("/hub/"), hub_str_from(daemon));
	headers[0] = (struct hub_header){ HUB_STR("ce_specversion"), HUB_STR("1.0") };
	headers[1] = (struct hub_header){ HUB_STR("ce_id"), about.id };
	headers[2] = (struct hub_header){ HUB_STR("ce_source"), source };
	headers[3] = (struct hub_header){ HUB_STR("ce_type"), hub_str_from(schema->full_name) };
	headers[4] = (struct hub_header){ HUB_STR("ce_time"), hub_arena_copy(arena, hub_str_from(moment)) };
	headers[5] = (struct hub_header){ HUB_STR("content-type"), HUB_STR("application/avro") };
	return !hub_arena_exhausted(arena);
}

static bool is_source(const struct hub_schema *schema, const struct about *about, struct hub_str value)
{
	static const uint32_t prefix = 5; /* of /org/ and /hub/ */
	if (schema->head == HUB_HEAD_DECISION)
		return hub_str_starts_with(value, HUB_STR("/hub/"));
	return hub_str_starts_with(value, HUB_STR("/org/")) &&
	       hub_str_eq((struct hub_str){ value.data + prefix, value.len - prefix }, about->source_org_id);
}

static bool is_time(int64_t time_ms, struct hub_str value)
{
	int64_t said;
	if (!hub_time_parse(value, &said))
		return false;
	return said == time_ms ||
	       (said % HUB_SECOND_MS == 0 && said <= time_ms && time_ms - said < HUB_SECOND_MS);
}

static bool agrees(
        const struct hub_schema *schema, const struct about *about, const struct hub_header *header)
{
	if (hub_str_is(header->name, "ce_specversion"))
		return hub_str_is(header->value, "1.0");
	if (hub_str_is(header->name, "ce_id"))
		return hub_str_eq(header->value, about->id);
	if (hub_str_is(header->name, "ce_source"))
		return is_source(schema, about, header->value);
	if (hub_str_is(header->name, "ce_type"))
		return hub_str_is(header->value, schema->full_name);
	if (hub_str_is(header->name, "ce_time"))
		return is_time(about->time_ms, header->value);
	if (hub_str_is(header->name, "content-type"))
		return hub_str_is(header->value, "application/avro");
	return true;
}

int hub_cloudevent_check(const struct hub_schema *schema, const void *record,
        const struct hub_header *headers, uint32_t count, struct hub_error *reterr)
{
	struct about about;
	if (count == 0 || !read_head(schema, record, &about))
		return HUB_OK;
	for (uint32_t i = 0; i < count; i++) {
		char name[32];
		if (agrees(schema, &about, &headers[i]))
			continue;
		/* Only the names compared above come here, and they are short. */
		uint32_t len = headers[i].name.len < sizeof(name) ? headers[i].name.len : sizeof(name) - 1;
		memcpy(name, headers[i].name.data, len);
		name[len] = '\0';
		return hub_error_set(reterr, HUB_E_INVALID, name, "contradicts the record");
	}
	return HUB_OK;
}
