#include "hubctl/whatif_answers.h"

#include "hubctl/fields.h"
#include "records/catalogue.h"
#include "records/event_head.h"
#include "records/referral_state.h"
#include "referral-router/machine.h"

enum { KEY_MAX = 300 };

/* What only the hospital that was asked may say. */
static bool is_answer(const struct hub_schema *schema)
{
	for (int i = 0; i < REFERRAL_EVENT_COUNT; i++)
		if (strcmp(referral_machine_event_name((enum referral_event)i), schema->name) == 0)
			return referral_machine_who((enum referral_event)i) == REFERRAL_WHO_ADDRESSED;
	return false;
}

/* NULL: unknown, or ended. */
static const struct hub_referral_state *state_of(
        const struct hub_table *table, struct hub_str referral_id, struct hub_arena *arena)
{
	const struct hub_schema *schema;
	struct hub_str value;
	void *record;
	struct hub_str key = hub_arena_join(arena, HUB_STR("referral:"), referral_id);
	if (!key.len || key.len > KEY_MAX || !hub_table_get(table, key, &value) ||
	        hub_frame_decode(&hub_referral_router_state_schemas, value, arena, &schema, &record, NULL) ||
	        schema != &hub_referral_state_schema)
		return NULL;
	return record;
}

void hubctl_whatif_answer(const struct hub_table *table, const struct hubctl_whatif_step *step,
        const struct hub_schema *schema, void *record, struct hub_arena *arena)
{
	const struct hub_field *org = hub_schema_field(schema, HUB_STR("org_id"));
	if (step->refused || schema->head != HUB_HEAD_EVENT || !org || org->type != HUB_TYPE_STRING ||
	        !is_answer(schema))
		return;
	const struct hub_referral_state *state =
	        state_of(table, hubctl_text_of(schema, record, "referral_id"), arena);
	if (!state || !state->has_to_org_id)
		return;
	memcpy((char *)record + org->offset, &state->to_org_id, sizeof(state->to_org_id));
	((struct hub_event_head *)record)->source_org_id = state->to_org_id;
}
