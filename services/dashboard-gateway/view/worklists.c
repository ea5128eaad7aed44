#include "dashboard-gateway/view/worklists.h"

#include "base/check.h"
#include "dashboard-gateway/view/overdue.h"
#include "dashboard-gateway/view/stories.h"
#include "referral-router/deadlines.h"

/* What a row of the table may look at. */
struct question {
	const struct gateway_world *world;
	const struct gateway_viewer *viewer;
	const struct gateway_referral *referral;
};

static bool in(const struct question *question, struct hub_str state)
{
	return hub_str_eq(question->referral->state, state);
}

static bool mine(const struct question *question, struct hub_str org_id)
{
	return question->viewer->role != GATEWAY_ROLE_HOSPITAL ||
	       hub_str_eq(org_id, question->viewer->org_id);
}

static bool open_one(const struct question *question)
{
	return !question->referral->ended;
}

static bool to_answer(const struct question *question)
{
	return in(question, HUB_STR("ROUTED")) && mine(question, question->referral->to_org_id);
}

static bool to_supplement(const struct question *question)
{
	return in(question, HUB_STR("SUPPLEMENTING")) && mine(question, question->referral->from_org_id);
}

static bool returned_to_me(const struct question *question)
{
	return (in(question, HUB_STR("RETURNED")) || in(question, HUB_STR("UNPLACED"))) &&
	       mine(question, question->referral->from_org_id);
}

static bool to_confirm(const struct question *question)
{
	return question->referral->direction == HUB_DIRECTION_DOWN &&
	       (in(question, HUB_STR("ROUTED")) || in(question, HUB_STR("ACCEPTED")) ||
	               in(question, HUB_STR("ARRIVED"))) &&
	       mine(question, question->referral->to_org_id);
}

static bool awaits_authorisation(const struct question *question)
{
	return in(question, HUB_STR("WAITING")) &&
	       hub_str_eq(question->referral->waits_for, HUB_STR("AUTHORISATION"));
}

static bool waiting(const struct question *question)
{
	return in(question, HUB_STR("WAITING")) && !awaits_authorisation(question);
}

/* Past the first hour at which sender and control centre are told that it waits (REF-17). */
static bool waiting_long(const struct question *question)
{
	const struct referral_policy *policy = question->world->policy;
	const struct gateway_referral *referral = question->referral;
	if (!policy || !waiting(question))
		return false;
	int64_t since = gateway_on_worklist_since(GATEWAY_WAITING, question->world, referral);
	return since != GATEWAY_NO_TIME &&
	       referral_deadline_notice(policy, referral->county_id, since) <= question->world->now_ms;
}

static bool unplaced(const struct question *question)
{
	return in(question, HUB_STR("UNPLACED"));
}

static bool leaving_county(const struct question *question)
{
	struct hub_str asked = question->referral->asked_county_id;
	return awaits_authorisation(question) ||
	       (open_one(question) && asked.len && !hub_str_eq(asked, question->viewer->county_id));
}

static bool overdue(const struct question *question)
{
	const struct gateway_world *world = question->world;
	return gateway_overdue_since(question->referral, world->hot, world->policy, world->now_ms) !=
	       GATEWAY_NO_TIME;
}

/* REF-03: a condition that has a designated centre. */
static bool green_channel(const struct question *question)
{
	const struct gateway_referral *referral = question->referral;
	return open_one(question) &&
	       ((referral->condition.len && !hub_str_eq(referral->condition, HUB_STR("NONE"))) ||
	               hub_str_eq(referral->path, HUB_STR("GREEN_CHANNEL")));
}

/* placed: on the list since a decision put it there. */
static const struct worklist {
	const char *name;
	bool (*holds)(const struct question *question);
	bool placed;
} worklists[] = {
	[GATEWAY_ALL] = { "all", open_one, false },
	[GATEWAY_TO_ANSWER] = { "to_answer", to_answer, true },
	[GATEWAY_TO_SUPPLEMENT] = { "to_supplement", to_supplement, false },
	[GATEWAY_RETURNED_TO_ME] = { "returned_to_me", returned_to_me, true },
	[GATEWAY_TO_CONFIRM] = { "to_confirm", to_confirm, true },
	[GATEWAY_WAITING] = { "waiting", waiting, true },
	[GATEWAY_WAITING_LONG] = { "waiting_long", waiting_long, true },
	[GATEWAY_UNPLACED] = { "unplaced", unplaced, true },
	[GATEWAY_AWAITING_AUTHORISATION] = { "awaiting_authorisation", awaits_authorisation, true },
	[GATEWAY_LEAVING_COUNTY] = { "leaving_county", leaving_county, true },
	[GATEWAY_OVERDUE] = { "overdue", overdue, false },
	[GATEWAY_GREEN_CHANNEL] = { "green_channel", green_channel, false },
};

const char *gateway_worklist_name(enum gateway_worklist worklist)
{
	hub_check((unsigned)worklist < GATEWAY_WORKLISTS);
	return worklists[worklist].name;
}

bool gateway_on_worklist(enum gateway_worklist worklist, const struct gateway_world *world,
        const struct gateway_viewer *viewer, const struct gateway_referral *referral)
{
	const struct question question = { world, viewer, referral };
	return worklists[worklist].holds(&question);
}

int64_t gateway_on_worklist_since(enum gateway_worklist worklist, const struct gateway_world *world,
        const struct gateway_referral *referral)
{
	int64_t since = GATEWAY_NO_TIME;
	if (worklist == GATEWAY_OVERDUE)
		since = gateway_overdue_since(referral, world->hot, world->policy, world->now_ms);
	else if (worklists[worklist].placed && world->stories)
		since = gateway_stories_since(world->stories, referral->referral_id);
	if (since == GATEWAY_NO_TIME)
		since = referral->ended ? referral->ended_at : referral->requested_at;
	return since;
}
