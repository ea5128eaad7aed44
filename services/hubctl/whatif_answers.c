#include "hubctl/whatif_answers.h"

#include "base/map.h"
#include "hubctl/fields.h"
#include "records/catalogue.h"
#include "records/event_head.h"
#include "records/referral_routed.h"
#include "records/referral_state.h"
#include "referral-router/machine.h"

#include <stdlib.h>

enum { KEY_MAX = 300, RECORD_MAX = 2 << 20 };

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

/* Kept, in the order in which they were said. */
struct kept {
	struct kept *next;
	uint32_t topic;
	int64_t offset;
	const struct hub_schema *schema;
	struct hub_str value; /* framed; behind the struct */
};

struct queue {
	struct kept *first, **last;
};

/* Of a referral that nobody is asked for. */
struct referral {
	struct queue queue;
	struct hub_str id; /* behind the struct */
};

struct hubctl_answers {
	struct hub_map *referrals; /* by id */
	struct queue ready;        /* somebody is asked now */
	struct hub_arena *arena;   /* of what resume gave out */
	struct hub_buf scratch;
};

struct hubctl_answers *hubctl_answers_new(void)
{
	struct hubctl_answers *answers = calloc(1, sizeof(*answers));
	if (!answers)
		return NULL;
	answers->referrals = hub_map_new();
	answers->arena = hub_arena_new(RECORD_MAX);
	answers->ready.last = &answers->ready.first;
	hub_buf_init(&answers->scratch, RECORD_MAX);
	if (answers->arena)
		return answers;
	hubctl_answers_free(answers);
	return NULL;
}

static void free_queue(struct queue *queue)
{
	while (queue->first) {
		struct kept *next = queue->first->next;
		free(queue->first);
		queue->first = next;
	}
}

void hubctl_answers_free(struct hubctl_answers *answers)
{
	size_t at = 0;
	struct hub_str id;
	void *referral;
	if (!answers)
		return;
	while (hub_map_next(answers->referrals, &at, &id, &referral)) {
		free_queue(&((struct referral *)referral)->queue);
		free(referral);
	}
	free_queue(&answers->ready);
	hub_map_free(answers->referrals);
	hub_arena_free(answers->arena);
	hub_buf_done(&answers->scratch);
	free(answers);
}

static struct referral *referral_of(struct hubctl_answers *answers, struct hub_str id)
{
	struct referral *referral = hub_map_get(answers->referrals, id);
	if (referral)
		return referral;
	referral = calloc(1, sizeof(*referral) + id.len);
	if (!referral)
		return NULL;
	memcpy(referral + 1, id.data, id.len);
	referral->id = (struct hub_str){ (const char *)(referral + 1), id.len };
	referral->queue.last = &referral->queue.first;
	hub_map_put(answers->referrals, referral->id, referral);
	return referral;
}

static void keep(
        struct hubctl_answers *answers, struct hub_str referral_id, const struct hubctl_whatif_input *input)
{
	hub_buf_reset(&answers->scratch);
	struct referral *referral = referral_of(answers, referral_id);
	if (!referral || hub_frame_encode(input->schema, input->record, &answers->scratch, NULL))
		return;
	size_t len = answers->scratch.len;
	struct kept *kept = malloc(sizeof(*kept) + len);
	if (!kept)
		return;
	memcpy(kept + 1, answers->scratch.data, len);
	*kept = (struct kept){ NULL, input->topic, input->offset, input->schema,
		{ (const char *)(kept + 1), (uint32_t)len } };
	*referral->queue.last = kept;
	referral->queue.last = &kept->next;
}

bool hubctl_answers_adapt(struct hubctl_answers *answers, const struct hub_table *table,
        const struct hubctl_whatif_step *step, const struct hubctl_whatif_input *input,
        struct hub_arena *arena)
{
	const struct hub_schema *schema = input->schema;
	const struct hub_field *org = hub_schema_field(schema, HUB_STR("org_id"));
	if ((step && step->refused) || schema->head != HUB_HEAD_EVENT || !org ||
	        org->type != HUB_TYPE_STRING || !is_answer(schema))
		return true;
	struct hub_str referral_id = hubctl_text_of(schema, input->record, "referral_id");
	const struct hub_referral_state *state = state_of(table, referral_id, arena);
	if (!state)
		return true;
	if (!state->has_to_org_id) {
		keep(answers, referral_id, input);
		return false;
	}
	memcpy((char *)input->record + org->offset, &state->to_org_id, sizeof(state->to_org_id));
	((struct hub_event_head *)input->record)->source_org_id = state->to_org_id;
	return true;
}

void hubctl_answers_decided(
        struct hubctl_answers *answers, const struct hub_schema *schema, const void *record)
{
	if (schema != &hub_referral_routed_schema || hub_map_count(answers->referrals) == 0)
		return;
	struct hub_str id = ((const struct hub_referral_routed *)record)->referral_id;
	struct referral *referral = hub_map_remove(answers->referrals, id);
	if (!referral)
		return;
	if (referral->queue.first) {
		*answers->ready.last = referral->queue.first;
		answers->ready.last = referral->queue.last;
	}
	free(referral);
}

bool hubctl_answers_resume(struct hubctl_answers *answers, struct hubctl_whatif_input *ret)
{
	struct kept *kept = answers->ready.first;
	if (!kept)
		return false;
	answers->ready.first = kept->next;
	if (!answers->ready.first)
		answers->ready.last = &answers->ready.first;
	*ret = (struct hubctl_whatif_input){ .topic = kept->topic, .offset = kept->offset };
	hub_arena_reset(answers->arena);
	struct hub_str bytes = hub_arena_copy(answers->arena, kept->value);
	bool whole = hub_frame_decode(&hub_all_schemas, bytes, answers->arena, &ret->schema, &ret->record,
	                     NULL) == HUB_OK;
	free(kept);
	return whole;
}
