/* REF-13 REF-17 */
#include "referral-router/supplements.h"

#include "base/calendar.h"
#include "referral-router/answers.h"
#include "referral-router/asking_county.h"
#include "referral-router/closed_loop.h"
#include "referral-router/deadlines.h"
#include "referral-router/due.h"
#include "referral-router/notices.h"
#include "referral-router/slots.h"
#include "referral-router/waiting.h"

/* The most that a state record keeps. */
enum { MOST_ASKED = 256 };

/* Decided: three supplements per addressed hospital (supplement_max). */
bool referral_supplement_may_be_asked(struct referral_world *world, const struct hub_referral_state *referral)
{
	const struct hub_str_array *asked = &referral->supplements_asked_by;
	int32_t times = 0;
	for (uint32_t i = 0; i < asked->count; i++)
		times += hub_str_eq(asked->items[i], referral->to_org_id);
	return asked->count < MOST_ASKED &&
	       times < referral_policy_limits(world->policy, referral->county_id)->supplement_max;
}

static void note_asked(struct referral_world *world, struct hub_referral_state *referral)
{
	struct hub_str_array *asked = &referral->supplements_asked_by;
	struct hub_str *items = hub_arena_alloc(world->out->arena, (asked->count + 1) * sizeof(*items));
	if (!items)
		return;
	if (asked->count)
		memcpy(items, asked->items, asked->count * sizeof(*items));
	items[asked->count] = referral->to_org_id;
	*asked = (struct hub_str_array){ items, asked->count + 1 };
}

static void put_and_tell(struct referral_world *world, struct hub_referral_state *referral)
{
	referral_world_put_referral(world, referral);
	referral_tell_progressed(world, referral, false);
}

/* The hospital's answer clock stops, the slot stays held; the sender has 12 h (ROUTINE 1 working day). Decided:
 * remainders use the clock's unit, working time for ROUTINE. */
void referral_supplement_ask(struct referral_world *world, struct hub_referral_state *referral)
{
	enum hub_urgency urgency = referral->referral.urgency;
	const struct hub_due_timer *answer = referral_due_find(&referral->timers, REFERRAL_DUE_ANSWER);
	referral_world_move(world, referral, REFERRAL_EVENT_ASKED);
	note_asked(world, referral);
	referral->has_answer_left_ms = true;
	referral->answer_left_ms = answer ? referral_deadline_left(world->policy, referral->county_id,
	                                            urgency, world->now_ms, answer->due_at)
	                                  : 0;
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_SUPPLEMENT_REMIND,
	        referral_deadline_supplement(world->policy, referral->county_id, urgency, world->now_ms));
	referral_county_watch_session(world, referral);
	put_and_tell(world, referral);
}

/* `Supplemented` resumes what was left of the clock. */
void referral_supplement_give(struct referral_world *world, struct hub_referral_state *referral)
{
	int64_t left_ms = referral->answer_left_ms;
	referral_world_move(world, referral, REFERRAL_EVENT_SUPPLEMENTED);
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_ANSWER,
	        referral_deadline_add(world->policy, referral->county_id, referral->referral.urgency,
	                world->now_ms, left_ms));
	referral_county_watch_session(world, referral);
	put_and_tell(world, referral);
}

/* The sender gets one reminder, and 1 h later the referral is returned to it: an hour that it has, however late the
 * reminder went out. */
void referral_supplement_remind(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	int64_t due_at_ms = due->due_at;
	int64_t grace_ms =
	        referral_policy_limits(world->policy, referral->county_id)->supplement_grace_minutes *
	        (int64_t)HUB_MINUTE_MS;
	int64_t return_ms = referral_deadline_add(
	        world->policy, referral->county_id, referral->referral.urgency, world->now_ms, grace_ms);
	referral->timers.count = 0;
	referral_due_set(world->out->arena, &referral->timers, REFERRAL_DUE_SUPPLEMENT_RETURN, return_ms);
	referral_county_watch_session(world, referral);
	/* One reminder: those of each working day are for a grace that is longer than a day (REF-17). */
	if (return_ms - world->now_ms > HUB_DAY_MS)
		referral_notice_begin(world, referral);
	hub_effects_rule(world->out, "REF-13");
	hub_effects_rule(world->out, "REF-17");
	referral_tell_reminder(
	        world, referral, referral->referral.from_org_id, "SUPPLEMENT_OVERDUE", due_at_ms, 1);
	referral_tell_control(world, referral, "SUPPLEMENT_OVERDUE", due_at_ms, 1);
	referral_world_put_referral(world, referral);
}

/* Returned, never dropped: the sender hears that it has ended, and the head of the waiting list gets the slot. */
void referral_supplement_return(
        struct referral_world *world, struct hub_referral_state *referral, struct hub_due_timer *due)
{
	(void)due;
	struct referral_freed freed = referral_slots_give_back(world, referral);
	referral_answer_close(world, referral, REFERRAL_EVENT_NOT_SUPPLEMENTED);
	referral_waiting_serve_freed(world, freed);
}
