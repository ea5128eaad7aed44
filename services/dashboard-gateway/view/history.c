/* /referrals/{id}/history: the decisions that the viewer may see, as steps. Free text, and what the request says of the patient, is
 * for desks that are party to it, decision by decision. */
#include "dashboard-gateway/view/referral_json.h"
#include "dashboard-gateway/view/steps.h"
#include "records/decision_head.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"

/* What a step may show, whatever its record; filled from the record, nothing else is written. */
struct step {
	struct hub_str to_org_id, session_id, reason_code, path, waits_for;
	int64_t starts_at, due_at;
	struct hub_str_array flags;
	struct hub_considered_array considered;
	int32_t attempt, position; /* 0: none */
	const struct hub_said *said;
	const struct hub_referral_event_refused *refused;
};

static void from_routed(const struct hub_referral_routed *routed, struct step *step)
{
	step->to_org_id = routed->to_org_id;
	step->path = hub_str_from(hub_route_path_name(routed->path));
	step->flags = routed->flags;
	step->considered = routed->considered;
	step->attempt = routed->attempt;
	step->due_at = routed->answer_by;
	step->said = routed->has_said ? &routed->said : NULL;
	if (routed->has_session_id)
		step->session_id = routed->session_id;
	if (routed->has_starts_at)
		step->starts_at = routed->starts_at;
}

static void from_waitlisted(const struct hub_referral_waitlisted *listed, struct step *step)
{
	step->position = listed->position;
	step->waits_for = hub_str_from(hub_waits_for_name(listed->waits_for));
	step->considered = listed->considered;
	step->said = listed->has_said ? &listed->said : NULL;
}

static void from_progressed(const struct hub_referral_progressed *progressed, struct step *step)
{
	step->due_at = progressed->has_due_at ? progressed->due_at : GATEWAY_NO_TIME;
	step->said = progressed->has_said ? &progressed->said : NULL;
}

static void from_reminder(const struct hub_referral_reminder *reminder, struct step *step)
{
	step->to_org_id = reminder->to_org_id;
	step->reason_code = reminder->reason_code;
	step->due_at = reminder->due_at;
}

static void from_closed(const struct hub_referral_closed *closed, struct step *step)
{
	if (closed->has_to_org_id)
		step->to_org_id = closed->to_org_id;
	step->said = closed->has_said ? &closed->said : NULL;
}

static void from_unplaced(const struct hub_referral_unplaced *unplaced, struct step *step)
{
	step->considered = unplaced->considered;
	step->said = unplaced->has_said ? &unplaced->said : NULL;
}

static struct step step_of(const struct gateway_decision *decision)
{
	struct step step = { .starts_at = GATEWAY_NO_TIME, .due_at = GATEWAY_NO_TIME };
	const struct hub_schema *schema = decision->schema;
	const void *record = decision->record;
	if (schema == &hub_referral_routed_schema)
		from_routed(record, &step);
	else if (schema == &hub_referral_waitlisted_schema)
		from_waitlisted(record, &step);
	else if (schema == &hub_referral_progressed_schema)
		from_progressed(record, &step);
	else if (schema == &hub_referral_reminder_schema)
		from_reminder(record, &step);
	else if (schema == &hub_referral_closed_schema)
		from_closed(record, &step);
	else if (schema == &hub_referral_unplaced_schema)
		from_unplaced(record, &step);
	else if (schema == &hub_referral_expired_schema)
		step.to_org_id = ((const struct hub_referral_expired *)record)->org_id;
	else if (schema == &hub_referral_event_refused_schema)
		step.refused = record;
	return step;
}

static void put_considered(struct gateway_json *json, const struct hub_considered_array *considered)
{
	gateway_json_array(json, "considered");
	for (uint32_t i = 0; i < considered->count; i++) {
		gateway_json_object(json, NULL);
		gateway_json_text(json, "org_id", considered->items[i].org_id);
		gateway_json_text(json, "path", hub_str_from(hub_route_path_name(considered->items[i].path)));
		gateway_json_text(json, "reason_code", considered->items[i].reason_code);
		gateway_json_end_object(json);
	}
	gateway_json_end_array(json);
}

static void put_said(struct gateway_json *json, const struct hub_said *said, bool personal)
{
	if (!said) {
		gateway_json_null(json, "said");
		return;
	}
	gateway_json_object(json, "said");
	gateway_json_text(json, "org_id", said->org_id);
	gateway_json_str(json, "reason_code", said->has_reason_code ? said->reason_code : HUB_STR(""));
	gateway_json_str(json, "text", personal && said->has_text ? said->text : HUB_STR(""));
	gateway_json_str(json, "outcome",
	        said->has_outcome ? hub_str_from(hub_treatment_outcome_name(said->outcome)) : HUB_STR(""));
	gateway_json_end_object(json);
}

static void put_cause(struct gateway_json *json, const struct hub_decision_head *head)
{
	gateway_json_str(json, "timer", head->has_timer ? head->timer.name : HUB_STR(""));
	if (!head->has_answers) {
		gateway_json_null(json, "answers");
		return;
	}
	gateway_json_object(json, "answers");
	gateway_json_text(json, "source_org_id", head->answers.source_org_id);
	gateway_json_text(json, "event_id", head->answers.event_id);
	gateway_json_end_object(json);
}

static void put_numbers(struct gateway_json *json, const struct step *step)
{
	gateway_json_str(json, "path", step->path);
	if (step->attempt)
		gateway_json_int(json, "attempt", step->attempt);
	else
		gateway_json_null(json, "attempt");
	if (step->position)
		gateway_json_int(json, "position", step->position);
	else
		gateway_json_null(json, "position");
	gateway_json_str(json, "waits_for", step->waits_for);
}

/* Why an event of the viewer's own was refused is its to read, whoever it is. */
static void put_refused(struct gateway_json *json, const struct hub_referral_event_refused *refused,
        const struct gateway_viewer *viewer)
{
	if (!refused) {
		gateway_json_null(json, "refused");
		return;
	}
	const struct hub_decision_head *head = &refused->head;
	bool own = gateway_may_send(viewer) && head->has_answers &&
	           hub_str_eq(head->answers.source_org_id, viewer->org_id);
	gateway_json_refused(json, "refused", refused->reason_code,
	        refused->has_rule ? refused->rule : HUB_STR(""),
	        own || gateway_sees_personal(viewer) ? refused->reason : HUB_STR(""), false);
}

static void put_step(struct gateway_json *json, const struct gateway_decision *decision,
        const struct gateway_viewer *viewer)
{
	const struct hub_decision_head *head = decision->record;
	const struct step step = step_of(decision);
	gateway_json_object(json, NULL);
	gateway_json_time(json, "at", head->occurred_at);
	gateway_json_text(json, "record", hub_str_from(decision->schema->name));
	gateway_json_str(json, "rule", gateway_step_rule(decision->schema, decision->record));
	gateway_json_str(json, "state", gateway_step_state(decision->schema, decision->record));
	gateway_json_str(json, "to_org_id", step.to_org_id);
	gateway_json_str(json, "session_id", step.session_id);
	gateway_json_time(json, "starts_at", step.starts_at);
	gateway_json_str(json, "reason_code", step.reason_code);
	gateway_json_strs(json, "flags", &step.flags);
	gateway_json_time(json, "due_at", step.due_at);
	put_considered(json, &step.considered);
	put_numbers(json, &step);
	put_said(json, step.said, gateway_sees_personal(viewer));
	put_cause(json, head);
	put_refused(json, step.refused, viewer);
	gateway_json_text(json, "id", head->event_id);
	gateway_json_end_object(json);
}

/* NULL: the decision does not carry what was asked for. */
static const struct hub_referral *asked_in(const struct gateway_decision *decision)
{
	if (decision->schema == &hub_referral_routed_schema)
		return &((const struct hub_referral_routed *)decision->record)->referral;
	if (decision->schema == &hub_referral_progressed_schema) {
		const struct hub_referral_progressed *progressed = decision->record;
		return progressed->has_referral ? &progressed->referral : NULL;
	}
	return NULL;
}

static void put_patient(struct gateway_json *json, const struct hub_patient *patient)
{
	gateway_json_object(json, "patient");
	gateway_json_text(json, "sex", hub_str_from(hub_sex_name(patient->sex)));
	gateway_json_int(json, "birth_year", patient->birth_year);
	gateway_json_text(json, "patient_id", patient->patient_id);
	gateway_json_end_object(json);
}

static void put_medications(struct gateway_json *json, const struct hub_medication_array *medications)
{
	gateway_json_array(json, "medications");
	for (uint32_t i = 0; i < medications->count; i++) {
		gateway_json_object(json, NULL);
		gateway_json_text(json, "drug_code", medications->items[i].drug_code);
		gateway_json_text(json, "name", medications->items[i].name);
		gateway_json_int(json, "days_left", medications->items[i].days_left);
		gateway_json_end_object(json);
	}
	gateway_json_end_array(json);
}

static void put_request(struct gateway_json *json, const struct hub_referral *asked, bool personal)
{
	if (!asked) {
		gateway_json_null(json, "request");
		return;
	}
	gateway_json_object(json, "request");
	gateway_json_str(json, "diagnosis", asked->diagnosis);
	if (personal) {
		gateway_json_str(json, "reason", asked->reason);
		gateway_json_str(json, "care_plan", asked->has_care_plan ? asked->care_plan : HUB_STR(""));
		put_medications(json, &asked->medications);
		put_patient(json, &asked->patient);
		gateway_json_strs(json, "criteria", &asked->criteria);
		gateway_json_str(json, "preferred_org_id",
		        asked->has_preferred_org_id ? asked->preferred_org_id : HUB_STR(""));
	}
	gateway_json_end_object(json);
}

static bool may_see(const struct gateway_viewer *viewer, const struct gateway_decision *decision)
{
	const struct hub_decision_head *head = decision->record;
	return gateway_sees_decision(viewer, &head->party_org_ids, head->county_id, head->consortium_id);
}

int gateway_view_history(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str referral_id, const struct gateway_decision *decisions, uint32_t count,
        struct hub_buf *out, struct hub_error *reterr)
{
	bool personal = gateway_sees_personal(viewer);
	const struct hub_referral *asked = NULL;
	struct gateway_json json = gateway_json(out);
	if (!gateway_referral_for(world, viewer, referral_id))
		return gateway_not_found(reterr, "referral");
	for (uint32_t i = 0; i < count && !asked; i++)
		asked = may_see(viewer, &decisions[i]) ? asked_in(&decisions[i]) : NULL;
	gateway_json_object(&json, NULL);
	gateway_json_head(&json, world, true);
	gateway_json_text(&json, "referral_id", referral_id);
	put_request(&json, asked, personal);
	gateway_json_array(&json, "items");
	for (uint32_t i = 0; i < count; i++)
		if (may_see(viewer, &decisions[i]))
			put_step(&json, &decisions[i], viewer);
	gateway_json_end_array(&json);
	gateway_json_end_object(&json);
	return gateway_json_done(&json, reterr);
}
