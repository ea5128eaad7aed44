/* One sentence about each record of a story. Free text stays out. */
#include "hubctl/explain.h"
#include "hubctl/fields.h"
#include "hubctl/when.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_requested.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "referral-router/board.h"
#include "referral-router/machine.h"

#include <stdio.h>

typedef void say_fn(const struct hubctl_story *story, const void *record, struct hub_buf *out);

static void put_minute(struct hub_buf *out, int64_t at_ms)
{
	char text[HUBCTL_CLOCK_LEN];
	hubctl_clock(at_ms, text);
	hub_buf_printf(out, "%.16s", text);
}

static void put_org(const struct hubctl_story *story, struct hub_str org_id, struct hub_buf *out)
{
	hub_buf_str(out, hubctl_story_org(story, org_id));
}

static void say_requested(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral *r = &((const struct hub_referral_requested *)record)->referral;
	hub_buf_printf(out, "ReferralRequested: %s %s %s", hub_direction_name(r->direction),
	        hub_urgency_name(r->urgency), hub_need_name(r->need));
	if (r->condition != HUB_CONDITION_NONE)
		hub_buf_printf(out, " %s", hub_condition_name(r->condition));
	if (r->need == HUB_NEED_BED)
		hub_buf_printf(out, " %s", hub_bed_kind_name(referral_bed_kind(r)));
	hub_buf_printf(out, " %.*s, by ", HUB_STR_ARG(r->specialty));
	put_org(story, r->from_org_id, out);
	for (uint32_t i = 0; i < r->criteria.count; i++)
		hub_buf_printf(
		        out, "%s%.*s", i ? ", " : "; meets criteria ", HUB_STR_ARG(r->criteria.items[i]));
	if (r->has_origin_referral_id)
		hub_buf_printf(out, "; after referral %.*s", HUB_STR_ARG(r->origin_referral_id));
}

static bool is_flagged(const struct hub_referral_routed *r, const char *flag)
{
	for (uint32_t i = 0; i < r->flags.count; i++)
		if (hub_str_is(r->flags.items[i], flag))
			return true;
	return false;
}

static void say_routed(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_routed *r = record;
	hub_buf_text(out, "routed to ");
	put_org(story, r->to_org_id, out);
	hub_buf_printf(out, " (%s, attempt %d)", hub_route_path_name(r->path), r->attempt);
	if (r->has_session_id) {
		hub_buf_printf(out, ", session %.*s", HUB_STR_ARG(r->session_id));
		if (r->has_starts_at) {
			hub_buf_text(out, " on ");
			put_minute(out, r->starts_at);
		}
	}
	if (r->referral.need == HUB_NEED_BED && !is_flagged(r, "NO_SLOT_NEEDED"))
		hub_buf_printf(
		        out, ", a bed is held (%s)", hub_bed_kind_name(referral_bed_kind(&r->referral)));
	hub_buf_text(out, ", to answer by ");
	put_minute(out, r->answer_by);
	for (uint32_t i = 0; i < r->flags.count; i++)
		hub_buf_printf(out, "%s%.*s", i ? " " : "; ", HUB_STR_ARG(r->flags.items[i]));
	for (uint32_t i = 0; i < r->shortages.count; i++)
		hub_buf_printf(out, "%s%.*s (%d days left)", i ? ", " : "; it lacks ",
		        HUB_STR_ARG(r->shortages.items[i].drug_code), r->shortages.items[i].days_left);
}

static void say_waitlisted(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_waitlisted *r = record;
	(void)story;
	hub_buf_printf(out, "waits for %s: place %d of the list for %.*s %s",
	        hub_waits_for_name(r->waits_for), r->position, HUB_STR_ARG(r->specialty),
	        hub_need_name(r->need));
}

static void say_unplaced(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	(void)story;
	(void)record;
	hub_buf_text(out, "UNPLACED: no candidate is left (REF-08)");
}

static void say_progressed(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_progressed *r = record;
	(void)story;
	hub_buf_printf(out, "now %s: %s", hub_referral_stage_name(r->state),
	        referral_machine_stage_meaning(r->state));
	if (r->has_due_at) {
		hub_buf_text(out, ", next deadline ");
		put_minute(out, r->due_at);
	}
}

/* Why somebody is told (REF-17). */
static const struct {
	const char *code;
	const char *text;
} reminders[] = {
	{ "ANSWER_OVERDUE", "the hospital let its time pass (REF-08)" },
	{ "UNPLACED", "nobody has taken it (REF-08)" },
	{ "CLAIMED", "a hospital took what nobody had taken (REF-08)" },
	{ "WAITS_FOR_SLOT", "it waits for a slot (REF-07)" },
	{ "WAITS_FOR_BED", "it waits for a bed (REF-22)" },
	{ "WAITS_FOR_AUTHORISATION", "it may not leave the county yet (REF-01)" },
	{ "SUPPLEMENT_OVERDUE", "the sender has not supplemented; soon it gets the referral back (REF-13)" },
	{ "ARRIVAL_NOT_REPORTED", "nobody has reported that the patient came, or did not" },
	{ "COMPLETION_NOT_REPORTED", "nobody has reported how the treatment ended" },
	{ "RETURN_NOT_CONFIRMED", "the receiver has not confirmed (REF-16)" },
	{ "COUNTY_SILENT", "the other county has not answered in time (REF-01)" },
	{ "LONG_STAY", "the patient is still there: a down referral is proposed (REF-22)" },
};

static void say_reminder(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_reminder *r = record;
	hub_buf_text(out, "told ");
	put_org(story, r->to_org_id, out);
	hub_buf_printf(out, ": %.*s, due ", HUB_STR_ARG(r->reason_code));
	put_minute(out, r->due_at);
	hub_buf_printf(out, " (reminder %d)", r->times);
	for (size_t i = 0; i < sizeof(reminders) / sizeof(reminders[0]); i++)
		if (hub_str_is(r->reason_code, reminders[i].code))
			hub_buf_printf(out, ": %s", reminders[i].text);
}

static void say_expired(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_expired *r = record;
	put_org(story, r->org_id, out);
	hub_buf_text(out, " let its time pass (REF-08)");
}

/* The stage of the state machine in which the referral has ended. */
static const char *final_meaning(enum hub_final_state final_state)
{
	for (int stage = 1; stage < REFERRAL_STAGE_COUNT; stage++)
		if (strcmp(hub_referral_stage_name(stage), hub_final_state_name(final_state)) == 0)
			return referral_machine_stage_meaning(stage);
	return "";
}

static void put_seconds(struct hub_buf *out, const char *what, bool has, int64_t seconds)
{
	char text[HUBCTL_DURATION_LEN];
	if (!has)
		return;
	hubctl_duration(seconds * 1000, text);
	hub_buf_printf(out, ", %s after %s", what, text);
}

static void say_closed(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_closed *r = record;
	hub_buf_printf(
	        out, "closed: %s, %s", hub_final_state_name(r->final_state), final_meaning(r->final_state));
	if (r->has_to_org_id) {
		hub_buf_text(out, " at ");
		put_org(story, r->to_org_id, out);
	}
	put_seconds(out, "accepted", r->has_seconds_to_accept, r->seconds_to_accept);
	put_seconds(out, "arrived", r->has_seconds_to_arrive, r->seconds_to_arrive);
}

static const struct {
	const char *code;
	const char *text;
} refusals[] = {
	{ "UNKNOWN_REFERRAL", "the hub knows no such referral in this county" },
	{ "ENDED", "the referral has ended" },
	{ "WRONG_STATE", "not possible in its state (REF-18)" },
	{ "NOT_YOURS", "the sender has no say in it (REF-12)" },
	{ "DUPLICATE_ACTIVE", "the patient has an active one already (REF-14)" },
	{ "UNKNOWN_ORGANISATION", "the registry has no such organisation" },
	{ "UNKNOWN_CONSORTIUM", "the registry has no such consortium" },
	{ "CLOCK_SKEW", "the sender's clock is ahead" },
};

static void say_refused(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_referral_event_refused *r = record;
	(void)story;
	hub_buf_printf(out, "refused event %.*s: %.*s", HUB_STR_ARG(r->refused_event_id),
	        HUB_STR_ARG(r->reason_code));
	if (r->has_rule)
		hub_buf_printf(out, " %.*s", HUB_STR_ARG(r->rule));
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (hub_str_is(r->reason_code, refusals[i].code))
			hub_buf_printf(out, ", %s", refusals[i].text);
}

static const struct {
	const struct hub_schema *schema;
	say_fn *say;
} sayers[] = {
	{ &hub_referral_requested_schema, say_requested },
	{ &hub_referral_routed_schema, say_routed },
	{ &hub_referral_waitlisted_schema, say_waitlisted },
	{ &hub_referral_unplaced_schema, say_unplaced },
	{ &hub_referral_progressed_schema, say_progressed },
	{ &hub_referral_reminder_schema, say_reminder },
	{ &hub_referral_expired_schema, say_expired },
	{ &hub_referral_closed_schema, say_closed },
	{ &hub_referral_event_refused_schema, say_refused },
};

/* Any other event: its name, who says it, and its closed-list reasons. */
static void say_other(const struct hubctl_story *story, const struct hubctl_step *step, struct hub_buf *out)
{
	const struct hub_schema *schema = step->seen.schema;
	const void *record = step->seen.record;
	hub_buf_printf(out, "%s by ", schema->name);
	put_org(story, hubctl_text_of(schema, record, "source_org_id"), out);
	struct hub_str reason = hubctl_symbol_of(schema, record, "reason_code");
	if (!reason.len)
		reason = hubctl_text_of(schema, record, "reason_code");
	if (!reason.len)
		reason = hubctl_symbol_of(schema, record, "outcome");
	if (reason.len)
		hub_buf_printf(out, ": %.*s", HUB_STR_ARG(reason));
}

static void say_dead_letter(const struct hubctl_step *step, struct hub_buf *out)
{
	hub_buf_printf(out, "DEAD LETTER %.*s (%.*s): %s",
	        HUB_STR_ARG(hubctl_header(&step->event, "hub_dlq_reason")),
	        HUB_STR_ARG(hubctl_header(&step->event, "hub_dlq_detail")),
	        step->seen.schema ? step->seen.schema->name : "");
}

static void say(const struct hubctl_story *story, const struct hubctl_step *step, struct hub_buf *out)
{
	if (hubctl_header(&step->event, "hub_dlq_reason").len) {
		say_dead_letter(step, out);
		return;
	}
	if (!step->seen.schema) {
		hub_buf_printf(out, "%u bytes, %s", step->event.value.len, step->seen.error.text);
		return;
	}
	if (hubctl_transfer_text(story, step, out))
		return;
	for (size_t i = 0; i < sizeof(sayers) / sizeof(sayers[0]); i++)
		if (sayers[i].schema == step->seen.schema) {
			sayers[i].say(story, step->seen.record, out);
			return;
		}
	say_other(story, step, out);
}

/* A slot that another referral gave back, a new session: the cause is a record that is not about this one. */
static bool comes_from_elsewhere(const struct hubctl_story *story, const struct hubctl_step *step)
{
	if (!step->decision || !step->decision->has_decided_from)
		return false;
	const struct hub_decided_from *from = &step->decision->decided_from;
	bool transfer = hubctl_is_from_transfer(step->decision);
	for (uint32_t i = 0; i < story->step_count; i++) {
		const struct hubctl_step *other = &story->steps[i];
		bool same_topic =
		        transfer ? strcmp(other->seen.topic, "referral.transfers") == 0 : !other->decision;
		if (same_topic && other->event.at.partition == from->partition &&
		        other->event.offset == from->offset)
			return false;
	}
	return true;
}

struct hub_str hubctl_step_text(const struct hubctl_story *story, const struct hubctl_step *step)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	say(story, step, &out);
	if (step->decision && step->decision->has_repeat_of)
		hub_buf_printf(&out, " (repeat of event %.*s, answered again)",
		        HUB_STR_ARG(step->decision->repeat_of));
	if (step->decision && step->decision->has_timer)
		hub_buf_printf(&out, " (timer %.*s)", HUB_STR_ARG(step->decision->timer.name));
	if (comes_from_elsewhere(story, step))
		hub_buf_printf(&out, " (because of %s %d:%lld)",
		        hubctl_is_from_transfer(step->decision) ? "transfer" : "event",
		        step->decision->decided_from.partition,
		        (long long)step->decision->decided_from.offset);
	struct hub_str text = hub_arena_copy(story->arena, hub_buf_slice(&out));
	hub_buf_done(&out);
	return text;
}
