/* REF-08 REF-17 */
#include "referral-router/timers.h"

#include "base/check.h"
#include "referral-router/answers.h"
#include "referral-router/asking_county.h"
#include "referral-router/closed_loop.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"
#include "referral-router/foreign_holds.h"
#include "referral-router/long_stay.h"
#include "referral-router/notices.h"
#include "referral-router/placing.h"
#include "referral-router/returns.h"
#include "referral-router/sessions.h"
#include "referral-router/slots.h"
#include "referral-router/supplements.h"
#include "referral-router/waiting.h"

/* REF-08: past the answer time the referral goes to the next candidate and the control centre is told.
 * Decided: hospitals that let it pass are excluded like those that rejected. */
static void answer_time_passed(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	int64_t due_at_ms = due->due_at;
	struct referral_freed freed = referral_slots_give_back(world, referral);
	referral_world_move(world, referral, REFERRAL_EVENT_TOO_LATE);
	struct hub_str lost = referral_place_lose(world, referral, "EXPIRED");
	referral_tell_expired(world, referral, lost);
	referral_tell_control(world, referral, "ANSWER_OVERDUE", due_at_ms, 1);
	referral_place(world, referral, lost);
	referral_waiting_serve_freed(world, freed);
}

static int64_t again_at(struct referral_world *world, const struct hub_referral_state *referral,
        const struct hub_due_timer *due)
{
	return referral_deadline_next(world->policy, referral->county_id, due->due_at, world->now_ms);
}

/* Decided: the hospital is reminded each working day; NO_SHOW after 3 working days. Sender and control centre are told,
 * too, at 09:00. */
static void arrival_not_reported(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	int32_t days = referral_policy_limits(world->policy, referral->county_id)->no_show_working_days;
	int64_t no_show_ms =
	        referral_deadline_working_days(world->policy, referral->county_id, due->since, days);
	hub_effects_rule(world->out, "REF-17");
	/* From a day off on they end later than the reminders alone would count; after a standstill nobody was reminded. */
	if (due->times >= days && world->now_ms >= no_show_ms) {
		struct referral_freed freed = referral_slots_give_back(world, referral);
		referral_answer_close(world, referral, REFERRAL_EVENT_NEVER_CAME);
		referral_waiting_serve_freed(world, freed);
		return;
	}
	referral_due_again(due, again_at(world, referral, due));
	referral_tell_reminder(
	        world, referral, referral->to_org_id, "ARRIVAL_NOT_REPORTED", due->since, due->times);
	referral_notice_begin(world, referral);
	referral_world_put_referral(world, referral);
}

static void completion_not_reported(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	hub_effects_rule(world->out, "REF-17");
	referral_due_again(due, again_at(world, referral, due));
	referral_tell_reminder(
	        world, referral, referral->to_org_id, "COMPLETION_NOT_REPORTED", due->since, due->times);
	referral_notice_begin(world, referral);
	referral_world_put_referral(world, referral);
}

static void fire_referral(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_str name)
{
	static const struct {
		const char *name;
		void (*fire)(struct referral_world *, struct hub_referral_state *, struct hub_due_timer *);
	} timers[] = {
		{ REFERRAL_DUE_ANSWER, answer_time_passed },
		{ REFERRAL_DUE_SUPPLEMENT_REMIND, referral_supplement_remind },
		{ REFERRAL_DUE_SUPPLEMENT_RETURN, referral_supplement_return },
		{ REFERRAL_DUE_NOTICE, referral_notice_fire },
		{ REFERRAL_DUE_ARRIVAL, arrival_not_reported },
		{ REFERRAL_DUE_COMPLETION, completion_not_reported },
		{ REFERRAL_DUE_RETURN, referral_return_not_confirmed },
		{ REFERRAL_DUE_LONG_STAY, referral_long_stay_propose },
		{ REFERRAL_DUE_TRANSFER, referral_county_silent },
		{ REFERRAL_DUE_ABROAD_END, referral_county_session_over },
	};
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		struct hub_due_timer *due = referral_due_find(&referral->timers, timers[i].name);
		if (due && hub_str_is(name, timers[i].name)) {
			timers[i].fire(world, referral, due);
			return;
		}
	}
	hub_check(!"every timer of a referral has its place here");
}

void referral_timer_fire(struct referral_world *world, const struct hub_timer *timer)
{
	struct hub_str key = hub_arena_copy(world->out->arena, timer->entity);
	struct hub_str name = hub_arena_copy(world->out->arena, timer->name);
	struct hub_referral_state *referral = referral_world_at(world, key, &hub_referral_state_schema);
	struct hub_session_state *session = referral_world_at(world, key, &hub_session_state_schema);
	const struct hub_bed_board *board = referral_world_at(world, key, &hub_bed_board_schema);
	struct hub_foreign_hold_state *hold = referral_world_at(world, key, &hub_foreign_hold_state_schema);
	if (referral)
		fire_referral(world, referral, name);
	else if (session)
		referral_session_fire(world, session, name);
	else if (board)
		referral_waiting_go_on_beds(world, board);
	else if (hold)
		referral_foreign_fire(world, hold, name);
	else if (!hub_arena_exhausted(world->out->arena))
		/* An ended referral stays 30 days, then it is forgotten (I-8). */
		referral_world_remove(world, key);
}
