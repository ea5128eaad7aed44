#include "records/catalogue.h"
#include "wire/member.h"

const struct hub_topic_spec *hub_topic_by_name(struct hub_str name)
{
	for (uint32_t i = 0; i < hub_topics.count; i++) {
		if (hub_str_is(name, hub_topics.topics[i].name))
			return &hub_topics.topics[i];
	}
	return NULL;
}

const struct hub_topic_spec *hub_topic_of(const struct hub_schema *schema)
{
	for (uint32_t i = 0; i < hub_topics.count; i++) {
		const struct hub_schema_set *records = hub_topics.topics[i].records;
		for (uint32_t r = 0; records && r < records->count; r++) {
			if (records->schemas[r] == schema)
				return &hub_topics.topics[i];
		}
	}
	return NULL;
}

static const struct hub_natural_id *natural_id_of(const struct hub_schema *schema)
{
	for (uint32_t i = 0; i < hub_topics.natural_id_count; i++) {
		if (hub_topics.natural_ids[i].schema == schema)
			return &hub_topics.natural_ids[i];
	}
	return NULL;
}

static void put_part(const struct hub_field *field, const void *record, struct hub_buf *out)
{
	const void *at = hub_member_at(field, record);
	if (!hub_member_present(field, record)) {
		hub_buf_text(out, "-");
		return;
	}
	switch (field->type) {
	case HUB_TYPE_STRING:
		hub_buf_str(out, hub_member_str(at));
		break;
	case HUB_TYPE_ENUM:
		hub_buf_text(out, hub_enum_symbol(field->enumeration, hub_member_enum(at)));
		break;
	case HUB_TYPE_BOOLEAN:
		hub_buf_text(out, *(const bool *)at ? "true" : "false");
		break;
	default:
		hub_buf_printf(out, "%d", *(const int32_t *)at);
		break;
	}
}

int hub_registry_key(
        const struct hub_schema *schema, const void *record, struct hub_buf *out, struct hub_error *reterr)
{
	const struct hub_natural_id *id = natural_id_of(schema);
	if (!id)
		return hub_error_set(reterr, HUB_E_INVALID, schema->name, "not a registry record");
	hub_buf_printf(out, "%s:", schema->name);
	for (uint32_t i = 0; i < HUB_NATURAL_ID_FIELDS && id->fields[i]; i++) {
		hub_buf_text(out, i ? "/" : "");
		put_part(hub_schema_field(schema, hub_str_from(id->fields[i])), record, out);
	}
	const struct hub_field *valid_from = hub_schema_field(schema, HUB_STR("valid_from"));
	if (valid_from) {
		hub_buf_text(out, ":");
		put_part(valid_from, record, out);
	}
	return hub_buf_failed(out) ? hub_error_set(reterr, HUB_E_TOO_LARGE, schema->name, "key is too long")
	                           : HUB_OK;
}
