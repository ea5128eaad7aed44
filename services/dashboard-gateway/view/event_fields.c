#include "dashboard-gateway/view/event_fields.h"

#include "records/catalogue.h"

/* Open lists that a form offers as choices: the known values, as the schema's doc has them. */
static const char *const rejections[] = { "NO_CAPACITY", "NOT_INDICATED", "WRONG_SPECIALTY", "INCOMPLETE",
	"EQUIPMENT_DOWN", "OTHER", NULL };

static const struct {
	const char *record, *field;
	const char *const *choices;
} open_lists[] = {
	{ "ReferralRejected", "reason_code", rejections },
};

static const char *const *choices_of(const struct hub_schema *schema, const struct hub_field *field)
{
	for (size_t i = 0; i < sizeof(open_lists) / sizeof(open_lists[0]); i++)
		if (strcmp(schema->name, open_lists[i].record) == 0 &&
		        strcmp(field->name, open_lists[i].field) == 0)
			return open_lists[i].choices;
	return NULL;
}

/* The gateway fills these in. */
static bool known(const struct hub_field *field)
{
	static const char *const names[] = { "referral_id", "org_id", "by_org_id" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(field->name, names[i]) == 0)
			return true;
	return false;
}

static const char *type_of(const struct hub_field *field, const char *const *choices)
{
	if (field->type == HUB_TYPE_ENUM || choices)
		return "choice";
	if (field->type == HUB_TYPE_BOOLEAN)
		return "boolean";
	return field->type == HUB_TYPE_STRING ? "text" : NULL;
}

static void put_choices(struct gateway_json *json, const struct hub_field *field, const char *const *choices)
{
	if (!choices && field->type != HUB_TYPE_ENUM) {
		gateway_json_null(json, "choices");
		return;
	}
	gateway_json_array(json, "choices");
	for (; choices && *choices; choices++)
		gateway_json_text(json, NULL, hub_str_from(*choices));
	for (uint32_t i = 1; field->type == HUB_TYPE_ENUM && i < field->enumeration->count; i++)
		gateway_json_text(json, NULL, hub_str_from(field->enumeration->symbols[i]));
	gateway_json_end_array(json);
}

static void put_field(
        struct gateway_json *json, const struct hub_schema *schema, const struct hub_field *field)
{
	const char *const *choices = choices_of(schema, field);
	const char *type = type_of(field, choices);
	if (!type || known(field))
		return;
	gateway_json_object(json, NULL);
	gateway_json_text(json, "name", hub_str_from(field->name));
	gateway_json_text(json, "type", hub_str_from(type));
	gateway_json_bool(json, "required", !field->has_default && !field->nullable);
	put_choices(json, field, choices);
	gateway_json_bool(json, "personal", field->personal);
	gateway_json_end_object(json);
}

void gateway_json_event_fields(struct gateway_json *json, struct hub_str record)
{
	const struct hub_schema *schema = hub_schema_by_name(&hub_referral_event_schemas, record);
	gateway_json_object(json, NULL);
	gateway_json_text(json, "record", record);
	gateway_json_array(json, "fields");
	for (uint32_t i = schema ? schema->head_count : 0; schema && i < schema->field_count; i++)
		put_field(json, schema, &schema->fields[i]);
	gateway_json_end_array(json);
	gateway_json_end_object(json);
}
