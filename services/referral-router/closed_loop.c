/* REF-10 REF-17 */
#include "referral-router/closed_loop.h"

#include "records/beds_changed.h"
#include "records/decision_head.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"
#include "referral-router/allowed.h"
#include "referral-router/board.h"
#include "referral-router/capability.h"
#include "referral-router/criteria.h"
#include "referral-router/due.h"
#include "referral-router/shortages.h"

enum { MOST_PARTIES = 6 };

/* A hospital sees only referrals that it is party to. */
static void add_party(struct referral_world *world, struct hub_decision_head *head, struct hub_str org_id)
{
	struct hub_str_array *parties = &head->party_org_ids;
	if (!parties->items)
		parties->items = hub_arena_alloc(world->out->arena, MOST_PARTIES * sizeof(*parties->items));
	if (!parties->items || !org_id.len || parties->count == MOST_PARTIES)
		return;
	for (uint32_t i = 0; i < parties->count; i++) {
		if (hub_str_eq(parties->items[i], org_id))
			return;
	}
	parties->items[parties->count++] = org_id;
}

/* `answers` stands on one decision, the first about the event's own referral or session: true for that one.
 * Its publisher hears the answer. */
static bool answer(
        struct referral_world *world, struct hub_decision_head *head, struct hub_str state_key, bool repeat)
{
	const struct hub_event_head *cause = world->cause;
	if (!cause || world->answered || !hub_str_eq(state_key, world->own_key))
		return false;
	world->answered = true;
	head->has_answers = true;
	head->answers.source_org_id = cause->source_org_id;
	head->answers.event_id = cause->event_id;
	head->has_repeat_of = repeat;
	if (repeat)
		head->repeat_of = cause->event_id;
	add_party(world, head, cause->source_org_id);
	return true;
}

/* Begins a decision about a referral: sender and present hospital are party. */
static bool begin(struct referral_world *world, struct hub_decision_head *head,
        const struct hub_referral_state *referral, bool repeat)
{
	head->county_id = referral->county_id;
	head->consortium_id = referral->consortium_id;
	add_party(world, head, referral->referral.from_org_id);
	if (referral->has_to_org_id)
		add_party(world, head, referral->to_org_id);
	return answer(
	        world, head, referral_world_referral_key(world, referral->referral.referral_id), repeat);
}

/* The sender hears of every step, and what was said. */
static bool speaks(const struct referral_world *world, bool answering, struct hub_said *said)
{
	if (!answering || !world->has_said)
		return false;
	*said = world->said;
	return true;
}

static void add_flag(struct referral_world *world, struct hub_str_array *flags, const char *flag)
{
	enum { MOST_FLAGS = 4 };
	if (!flags->items)
		flags->items = hub_arena_alloc(world->out->arena, MOST_FLAGS * sizeof(*flags->items));
	if (flags->items && flags->count < MOST_FLAGS)
		flags->items[flags->count++] = hub_str_from(flag);
}

static void add_flags(struct referral_world *world, const struct hub_referral_state *referral,
        const struct referral_target *target, struct hub_referral_routed *routed)
{
	const struct hub_referral *asked = &referral->referral;
	/* REF-04: an up referral of something the sender itself can treat is routed but flagged. */
	if (asked->direction == HUB_DIRECTION_UP &&
	        referral_capability_states(world->policy, asked->from_org_id, asked->diagnosis))
		add_flag(world, &routed->flags, "WITHIN_SENDER_CAPABILITY");
	/* REF-20: none met: routed, flagged. */
	if (referral_criteria_judge(world->policy, referral->county_id, asked) == REFERRAL_CRITERIA_NOT_MET)
		add_flag(world, &routed->flags, "CRITERIA_NOT_MET");
	/* REF-02: a drug that the receiver's catalogue lacks. */
	if (routed->shortages.count)
		add_flag(world, &routed->flags, "DRUG_SHORTAGE");
	if (!target->has_slot && !target->has_bed)
		add_flag(world, &routed->flags, "NO_SLOT_NEEDED");
}

void referral_tell_routed(struct referral_world *world, const struct hub_referral_state *referral,
        const struct referral_target *target, struct hub_considered_array considered,
        struct hub_str lost_org_id)
{
	struct hub_referral_routed *routed = hub_effects_emit(world->out, &hub_referral_routed_schema);
	const struct hub_referral *asked = &referral->referral;
	const struct hub_due_timer *due = referral_due_find(&referral->timers, REFERRAL_DUE_ANSWER);
	if (!routed || !due)
		return;
	routed->has_said = speaks(world, begin(world, &routed->head, referral, false), &routed->said);
	add_party(world, &routed->head, lost_org_id);
	routed->referral_id = asked->referral_id;
	routed->from_org_id = asked->from_org_id;
	routed->to_org_id = referral->to_org_id;
	routed->referral = *asked;
	routed->has_session_id = routed->has_starts_at = routed->has_ends_at = target->has_slot;
	if (target->has_slot) {
		routed->session_id = target->session_id;
		routed->starts_at = target->starts_at;
		routed->ends_at = target->ends_at;
	}
	routed->attempt = referral->attempt;
	routed->answer_by = due->due_at;
	routed->path = target->path;
	routed->considered = considered;
	routed->shortages = referral_shortages(world->policy, asked, referral->to_org_id, world->out->arena);
	add_flags(world, referral, target, routed);
}

void referral_tell_waitlisted(struct referral_world *world, const struct hub_referral_state *referral,
        int32_t position, struct hub_considered_array considered, struct hub_str lost_org_id)
{
	struct hub_referral_waitlisted *listed =
	        hub_effects_emit(world->out, &hub_referral_waitlisted_schema);
	if (!listed)
		return;
	listed->has_said = speaks(world, begin(world, &listed->head, referral, false), &listed->said);
	add_party(world, &listed->head, lost_org_id);
	listed->referral_id = referral->referral.referral_id;
	listed->specialty = referral->referral.specialty;
	listed->need = referral->referral.need;
	listed->position = position;
	listed->waits_for = referral->waits_for;
	listed->considered = considered;
}

void referral_tell_unplaced(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_considered_array considered, struct hub_str lost_org_id)
{
	struct hub_referral_unplaced *unplaced = hub_effects_emit(world->out, &hub_referral_unplaced_schema);
	if (!unplaced)
		return;
	unplaced->has_said = speaks(world, begin(world, &unplaced->head, referral, false), &unplaced->said);
	add_party(world, &unplaced->head, lost_org_id);
	add_party(world, &unplaced->head, referral_policy_control_org(world->policy, referral->county_id));
	unplaced->referral_id = referral->referral.referral_id;
	unplaced->considered = considered;
}

static struct hub_referral_progressed *progressed_of(
        struct referral_world *world, const struct hub_referral_state *referral, bool repeat)
{
	struct hub_referral_progressed *progressed =
	        hub_effects_emit(world->out, &hub_referral_progressed_schema);
	const struct hub_due_timer *due = referral_due_next(&referral->timers);
	if (!progressed)
		return NULL;
	bool answering = begin(world, &progressed->head, referral, repeat);
	progressed->has_said = speaks(world, answering && !repeat, &progressed->said);
	progressed->referral_id = referral->referral.referral_id;
	progressed->state = referral->stage;
	progressed->by_event_id = world->cause->event_id;
	progressed->allowed_next = referral_allowed(
	        referral->stage, referral->referral.direction, REFERRAL_WHO_ANYONE, world->out->arena);
	progressed->has_due_at = due != NULL;
	progressed->due_at = due ? due->due_at : 0;
	return progressed;
}

void referral_tell_progressed(
        struct referral_world *world, const struct hub_referral_state *referral, bool repeat)
{
	progressed_of(world, referral, repeat);
}

void referral_tell_claimed(struct referral_world *world, const struct hub_referral_state *referral)
{
	struct hub_referral_progressed *progressed = progressed_of(world, referral, false);
	if (!progressed)
		return;
	progressed->has_referral = true;
	progressed->referral = referral->referral;
}

void referral_tell_closed(struct referral_world *world, struct hub_str referral_id,
        const struct hub_referral_stub *stub, bool repeat)
{
	struct hub_referral_closed *closed = hub_effects_emit(world->out, &hub_referral_closed_schema);
	if (!closed)
		return;
	closed->head.county_id = stub->county_id;
	closed->head.consortium_id = stub->consortium_id;
	add_party(world, &closed->head, stub->from_org_id);
	if (stub->has_to_org_id)
		add_party(world, &closed->head, stub->to_org_id);
	bool answering =
	        answer(world, &closed->head, referral_world_referral_key(world, referral_id), repeat);
	closed->has_said = speaks(world, answering && !repeat, &closed->said);
	closed->referral_id = referral_id;
	closed->final_state = stub->final_state;
	closed->direction = stub->direction;
	closed->urgency = stub->urgency;
	closed->need = stub->need;
	closed->specialty = stub->specialty;
	closed->diagnosis = stub->diagnosis;
	closed->from_org_id = stub->from_org_id;
	closed->has_to_org_id = stub->has_to_org_id;
	closed->to_org_id = stub->to_org_id;
	closed->accepted = stub->has_seconds_to_accept;
	closed->left_county = stub->left_county;
	closed->has_seconds_to_accept = stub->has_seconds_to_accept;
	closed->seconds_to_accept = stub->seconds_to_accept;
	closed->has_seconds_to_arrive = stub->has_seconds_to_arrive;
	closed->seconds_to_arrive = stub->seconds_to_arrive;
}

void referral_tell_expired(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id)
{
	struct hub_referral_expired *expired = hub_effects_emit(world->out, &hub_referral_expired_schema);
	if (!expired)
		return;
	begin(world, &expired->head, referral, false);
	add_party(world, &expired->head, org_id);
	add_party(world, &expired->head, referral_policy_control_org(world->policy, referral->county_id));
	expired->referral_id = referral->referral.referral_id;
	expired->org_id = org_id;
}

/* Only who is told sees a reminder: it says nothing that others wait for. */
void referral_tell_reminder(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_str to_org_id, const char *reason_code, int64_t due_at_ms, int32_t times)
{
	if (!to_org_id.len)
		return;
	struct hub_referral_reminder *reminder = hub_effects_emit(world->out, &hub_referral_reminder_schema);
	if (!reminder)
		return;
	reminder->head.county_id = referral->county_id;
	reminder->head.consortium_id = referral->consortium_id;
	add_party(world, &reminder->head, to_org_id);
	reminder->referral_id = referral->referral.referral_id;
	reminder->to_org_id = to_org_id;
	reminder->reason_code = hub_str_from(reason_code);
	reminder->due_at = due_at_ms;
	reminder->times = times;
}

void referral_tell_control(struct referral_world *world, const struct hub_referral_state *referral,
        const char *reason_code, int64_t due_at_ms, int32_t times)
{
	referral_tell_reminder(world, referral,
	        referral_policy_control_org(world->policy, referral->county_id), reason_code, due_at_ms,
	        times);
}

void referral_tell_foreign_overdue(struct referral_world *world, const struct hub_foreign_hold_state *hold,
        int64_t due_at_ms, int32_t times)
{
	struct hub_referral_state referral = {
		.county_id = hold->county_id, .consortium_id = hold->consortium_id, .referral = hold->referral
	};
	referral_tell_control(world, &referral, "HOLD_OVERDUE", due_at_ms, times);
}

void referral_tell_session(struct referral_world *world, const struct hub_session_state *session,
        enum hub_session_cause cause, bool repeat)
{
	struct hub_session_changed *changed = hub_effects_emit(world->out, &hub_session_changed_schema);
	const struct hub_slot_counts *reserved = &session->reserved, *common = &session->common;
	if (!changed)
		return;
	changed->head.county_id = session->county_id;
	changed->head.consortium_id = session->consortium_id;
	add_party(world, &changed->head, session->org_id);
	answer(world, &changed->head, referral_world_session_key(world, session->org_id, session->session_id),
	        repeat);
	changed->org_id = session->org_id;
	changed->session_id = session->session_id;
	changed->specialty = session->specialty;
	changed->need = session->need;
	changed->expert = session->expert;
	changed->revision = session->revision;
	changed->cause = cause;
	changed->reserved = reserved->open + reserved->held + reserved->used_referred;
	changed->open = reserved->open + common->open;
	changed->held = reserved->held + common->held;
	changed->used_referred = reserved->used_referred + common->used_referred;
	changed->used_own = common->used_own;
	changed->capacity = changed->open + changed->held + changed->used_referred + changed->used_own;
}

void referral_tell_beds(struct referral_world *world, const struct hub_bed_board *board, bool repeat)
{
	struct hub_beds_changed *changed = hub_effects_emit(world->out, &hub_beds_changed_schema);
	if (!changed)
		return;
	changed->head.county_id = board->county_id;
	changed->head.consortium_id = board->consortium_id;
	add_party(world, &changed->head, board->org_id);
	answer(world, &changed->head, referral_world_beds_key(world, board->org_id, board->bed_kind), repeat);
	changed->org_id = board->org_id;
	changed->bed_kind = board->bed_kind;
	changed->revision = board->revision;
	changed->total = board->total;
	changed->reported_free = board->free;
	changed->held = referral_board_held(board);
	changed->free = referral_board_free(board);
}

void referral_tell_refused(struct referral_world *world, struct hub_str referral_id, const char *reason_code,
        const char *rule, struct hub_str reason)
{
	struct hub_referral_event_refused *refused =
	        hub_effects_emit(world->out, &hub_referral_event_refused_schema);
	if (!refused)
		return;
	refused->head.county_id = world->cause->county_id;
	refused->head.consortium_id = world->cause->consortium_id;
	answer(world, &refused->head, world->own_key, false);
	refused->has_referral_id = referral_id.len > 0;
	refused->referral_id = referral_id;
	refused->refused_event_id = world->cause->event_id;
	refused->reason_code = hub_str_from(reason_code);
	refused->has_rule = rule[0] != '\0';
	refused->rule = hub_str_from(rule);
	refused->reason = reason;
}
