/* What a desk fills in for an event: the record's own fields, from its schema. */
#ifndef DASHBOARD_GATEWAY_VIEW_EVENT_FIELDS_H
#define DASHBOARD_GATEWAY_VIEW_EVENT_FIELDS_H

#include "dashboard-gateway/view/json.h"

/* {"record", "fields": [{"name", "type": "text|choice|boolean", "required", "choices": [..]|null, "personal"}]}. Without the
 * head, referral_id and who says it, which the gateway knows, and without attachments, which no form can make. */
void gateway_json_event_fields(struct gateway_json *json, struct hub_str record);

#endif
