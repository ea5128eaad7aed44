/* Nobody waits in silence (REF-17), and what a supplement does to clock and slot (REF-13). */
#include "check.h"
#include "world.h"

#include "records/referral_state.h"

bool check_has_timer(const struct hub_due_timer_array *timers, const char *name)
{
	for (uint32_t i = 0; i < timers->count; i++)
		if (hub_str_is(timers->items[i].name, name))
			return true;
	return false;
}

/* Each stage has the timer that ends it, or tells of it. */
static void check_deadline(const struct check *check, const struct fact *fact)
{
	static const struct {
		enum hub_referral_stage stage;
		const char *timers[2];
	} due[] = {
		{ HUB_REFERRAL_STAGE_WAITING, { "waiting_notice" } },
		{ HUB_REFERRAL_STAGE_ASKING_COUNTY, { "transfer" } },
		{ HUB_REFERRAL_STAGE_UNPLACED, { "waiting_notice" } },
		{ HUB_REFERRAL_STAGE_ROUTED, { "answer" } },
		{ HUB_REFERRAL_STAGE_SUPPLEMENTING, { "supplement_remind", "supplement_return" } },
		{ HUB_REFERRAL_STAGE_ACCEPTED, { "arrival", "return_confirm" } },
		{ HUB_REFERRAL_STAGE_ARRIVED, { "completion", "return_confirm" } },
	};
	const struct hub_referral_state *referral = fact->record;
	for (size_t i = 0; i < sizeof(due) / sizeof(due[0]); i++)
		for (int n = 0; due[i].stage == referral->stage && n < 2 && due[i].timers[n]; n++)
			if (check_has_timer(&referral->timers, due[i].timers[n]))
				return;
	check_failed(check->world, "%.*s is %s and has no deadline", HUB_STR_ARG(fact->key),
	        hub_referral_stage_name(referral->stage));
}

/* A clock stands still while the sender is asked, no longer; three times a hospital. */
static void check_asked(const struct check *check, const struct fact *fact)
{
	enum { MOST = 3 };
	const struct hub_referral_state *referral = fact->record;
	const struct hub_str_array *asked = &referral->supplements_asked_by;
	if (referral->has_answer_left_ms != (referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING))
		check_failed(check->world, "%.*s: its answer clock stands still, or does not",
		        HUB_STR_ARG(fact->key));
	for (uint32_t i = 0; i < asked->count; i++) {
		uint32_t times = 0;
		for (uint32_t n = 0; n < asked->count; n++)
			times += hub_str_eq(asked->items[n], asked->items[i]);
		if (times > MOST)
			check_failed(check->world, "%.*s: %.*s has asked %u times", HUB_STR_ARG(fact->key),
			        HUB_STR_ARG(asked->items[i]), times);
	}
}

static int64_t answer_due(const struct hub_referral_state *referral)
{
	for (uint32_t i = 0; i < referral->timers.count; i++)
		if (hub_str_is(referral->timers.items[i].name, "answer"))
			return referral->timers.items[i].due_at;
	return INT64_MAX;
}

/* From asked to supplemented the slot stays held, and only what was left of the clock runs on. */
static void check_loop(
        const struct check *check, const struct checked_partition *partition, const struct fact *fact)
{
	const struct hub_referral_state *was = fact->former, *is = fact->record;
	if (!was || was->attempt != is->attempt)
		return;
	bool asked = was->stage == HUB_REFERRAL_STAGE_ROUTED && is->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING;
	bool supplemented = was->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING &&
	                    is->stage == HUB_REFERRAL_STAGE_ROUTED &&
	                    was->supplements_asked_by.count == is->supplements_asked_by.count;
	if ((asked || supplemented) && was->has_session_id != is->has_session_id)
		check_failed(check->world, "%.*s loses its slot while the sender is asked",
		        HUB_STR_ARG(fact->key));
	if (supplemented && is->referral.urgency != HUB_URGENCY_ROUTINE &&
	        answer_due(is) > partition->clock_ms + was->answer_left_ms)
		check_failed(check->world, "%.*s: more runs on than was left of the answer clock",
		        HUB_STR_ARG(fact->key));
}

void check_wait(const struct check *check, const struct checked_partition *partition, const struct fact *fact)
{
	check_deadline(check, fact);
	check_asked(check, fact);
	check_loop(check, partition, fact);
}
