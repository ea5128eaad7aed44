#include "referral-router/referral_core.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/catalogue.h"
#include "records/out_of_county_authorised.h"
#include "records/patient_arrived.h"
#include "records/patient_no_show.h"
#include "records/referral_accepted.h"
#include "records/referral_cancelled.h"
#include "records/referral_claimed.h"
#include "records/referral_completed.h"
#include "records/referral_rejected.h"
#include "records/return_confirmed.h"
#include "records/supplement_requested.h"
#include "records/supplemented.h"
#include "referral-router/answers.h"
#include "referral-router/beds.h"
#include "referral-router/project.h"
#include "referral-router/refusals.h"
#include "referral-router/request.h"
#include "referral-router/sessions.h"
#include "referral-router/state_version.h"
#include "referral-router/timers.h"
#include "referral-router/transfers.h"

static void on_requested(struct referral_world *world, const void *record)
{
	referral_request(world, record);
}

static void on_opened(struct referral_world *world, const void *record)
{
	referral_session_open(world, record);
}

static void on_session_cancelled(struct referral_world *world, const void *record)
{
	referral_session_cancel(world, record);
}

static void on_taken(struct referral_world *world, const void *record)
{
	referral_session_take(world, record);
}

static void on_freed(struct referral_world *world, const void *record)
{
	referral_session_free(world, record);
}

static void on_beds(struct referral_world *world, const void *record)
{
	referral_beds_report(world, record);
}

/* Records that say no more than who and which. */
#define PLAIN_ANSWER(function, type, what, org)                                                              \
	static void function(struct referral_world *world, const void *record)                               \
	{                                                                                                    \
		const struct type *said = record;                                                            \
		referral_answer(world, &(struct referral_answer){ .event = REFERRAL_EVENT_##what,            \
		                               .referral_id = said->referral_id,                             \
		                               .org_id = said->org });                                       \
	}

PLAIN_ANSWER(on_accepted, hub_referral_accepted, ACCEPTED, org_id)
PLAIN_ANSWER(on_arrived, hub_patient_arrived, ARRIVED, org_id)
PLAIN_ANSWER(on_no_show, hub_patient_no_show, NO_SHOW, org_id)
PLAIN_ANSWER(on_authorised, hub_out_of_county_authorised, AUTHORISED, by_org_id)
PLAIN_ANSWER(on_claimed, hub_referral_claimed, CLAIMED, org_id)
PLAIN_ANSWER(on_confirmed, hub_return_confirmed, CONFIRMED, org_id)

static void on_asked(struct referral_world *world, const void *record)
{
	const struct hub_supplement_requested *said = record;
	referral_answer(world, &(struct referral_answer){
	                               .event = REFERRAL_EVENT_ASKED,
	                               .referral_id = said->referral_id,
	                               .org_id = said->org_id,
	                               .text = said->text,
	                               .attachments = said->attachments,
	                       });
}

static void on_supplemented(struct referral_world *world, const void *record)
{
	const struct hub_supplemented *said = record;
	referral_answer(world, &(struct referral_answer){
	                               .event = REFERRAL_EVENT_SUPPLEMENTED,
	                               .referral_id = said->referral_id,
	                               .org_id = said->org_id,
	                               .text = said->text,
	                               .attachments = said->attachments,
	                       });
}

static void on_rejected(struct referral_world *world, const void *record)
{
	const struct hub_referral_rejected *said = record;
	referral_answer(world, &(struct referral_answer){
	                               .event = REFERRAL_EVENT_REJECTED,
	                               .referral_id = said->referral_id,
	                               .org_id = said->org_id,
	                               .reason_code = said->reason_code,
	                               .text = said->reason,
	                       });
}

static void on_cancelled(struct referral_world *world, const void *record)
{
	const struct hub_referral_cancelled *said = record;
	referral_answer(world, &(struct referral_answer){
	                               .event = REFERRAL_EVENT_CANCELLED,
	                               .referral_id = said->referral_id,
	                               .org_id = said->org_id,
	                               .text = said->reason,
	                       });
}

static void on_completed(struct referral_world *world, const void *record)
{
	const struct hub_referral_completed *said = record;
	referral_answer(world, &(struct referral_answer){
	                               .event = REFERRAL_EVENT_COMPLETED,
	                               .referral_id = said->referral_id,
	                               .org_id = said->org_id,
	                               .text = said->summary,
	                               .has_outcome = true,
	                               .outcome = said->outcome,
	                               .down_referral_suggested = said->down_referral_suggested,
	                       });
}

/* What is done about each record of referral.events. */
static const struct {
	const struct hub_schema *schema;
	void (*decide)(struct referral_world *world, const void *record);
} decisions[] = {
	{ &hub_referral_requested_schema, on_requested },
	{ &hub_referral_accepted_schema, on_accepted },
	{ &hub_referral_rejected_schema, on_rejected },
	{ &hub_patient_arrived_schema, on_arrived },
	{ &hub_patient_no_show_schema, on_no_show },
	{ &hub_referral_completed_schema, on_completed },
	{ &hub_referral_cancelled_schema, on_cancelled },
	{ &hub_supplement_requested_schema, on_asked },
	{ &hub_supplemented_schema, on_supplemented },
	{ &hub_out_of_county_authorised_schema, on_authorised },
	{ &hub_referral_claimed_schema, on_claimed },
	{ &hub_return_confirmed_schema, on_confirmed },
	{ &hub_slots_opened_schema, on_opened },
	{ &hub_session_cancelled_schema, on_session_cancelled },
	{ &hub_slot_taken_schema, on_taken },
	{ &hub_slot_freed_schema, on_freed },
	{ &hub_beds_reported_schema, on_beds },
};

/* The referral that an event is about, to name it in a refusal; empty when it is about none. */
static struct hub_str about_of(const struct hub_input *input)
{
	for (uint32_t i = 0; i < input->schema->field_count; i++) {
		const struct hub_field *field = &input->schema->fields[i];
		if (strcmp(field->name, "referral_id") == 0)
			return *(const struct hub_str *)((const char *)input->record + field->offset);
	}
	return (struct hub_str){ NULL, 0 };
}

/* What is asked of every event: a clock that is not ahead, an organisation and a consortium that the registry
 * knows. */
static bool may_be_decided(struct referral_world *world, const struct hub_input *input)
{
	const struct hub_event_head *head = world->cause;
	const struct hub_referral_limits *limits = referral_policy_limits(world->policy, head->county_id);
	if (head->occurred_at > world->now_ms + limits->clock_skew_minutes * (int64_t)HUB_MINUTE_MS)
		referral_refuse(world, REFERRAL_REFUSAL_CLOCK_AHEAD, about_of(input));
	else if (!referral_policy_org(world->policy, head->source_org_id))
		referral_refuse(world, REFERRAL_REFUSAL_ORGANISATION, about_of(input));
	else if (!referral_policy_consortium(world->policy, head->consortium_id))
		referral_refuse(world, REFERRAL_REFUSAL_CONSORTIUM, about_of(input));
	else if (!referral_version_is_newest(world) &&
	         referral_version_needs_newest(input->schema, input->record))
		referral_refuse(world, REFERRAL_REFUSAL_STATE_VERSION, about_of(input));
	else
		return true;
	return false;
}

static void decide(
        struct hub_table *table, const void *policy, const struct hub_input *input, struct hub_effects *out)
{
	struct referral_world world = {
		.table = table, .policy = policy, .out = out, .now_ms = input->now_ms
	};
	if (input->schema->head == HUB_HEAD_DECISION) {
		referral_transfer_decide(&world, input->schema, input->record);
		return;
	}
	world.cause = input->record;
	size_t i = 0;
	while (i < sizeof(decisions) / sizeof(decisions[0]) && decisions[i].schema != input->schema)
		i++;
	hub_check(i < sizeof(decisions) / sizeof(decisions[0]));
	if (may_be_decided(&world, input))
		decisions[i].decide(&world, input->record);
	/* Every event has exactly one answer, or is a dead letter. */
	hub_check(world.answered || out->dead_reason || hub_arena_exhausted(out->arena));
}

static void fire(struct hub_table *table, const void *policy, const struct hub_timer *timer, int64_t now_ms,
        struct hub_effects *out)
{
	struct referral_world world = { .table = table, .policy = policy, .out = out, .now_ms = now_ms };
	referral_timer_fire(&world, timer);
}

static void *policy_new(const struct hub_registry *registry, int32_t day, const void *options)
{
	(void)options;
	return referral_policy_new(registry, day);
}

static void policy_free(void *policy)
{
	referral_policy_free(policy);
}

static const struct hub_core_topic inputs[] = {
	{ "referral.events", &hub_referral_event_schemas },
	{ "referral.transfers", &hub_referral_transfer_schemas },
	{ NULL, NULL },
};

static const struct hub_core_topic outputs[] = {
	{ "referral.decisions", &hub_referral_decision_schemas },
	{ "referral.transfers", &hub_referral_transfer_schemas },
	{ NULL, NULL },
};

const struct hub_core referral_router_core = {
	.name = "referral-router",
	.inputs = inputs,
	.outputs = outputs,
	.table = &referral_world_table,
	.state_version = REFERRAL_STATE_VERSION,
	.policy_new = policy_new,
	.policy_free = policy_free,
	.policy_faults = referral_policy_faults,
	.decide = decide,
	.fire = fire,
	.project = referral_project,
};
