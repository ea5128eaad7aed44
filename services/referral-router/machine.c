#include "referral-router/machine.h"

#include "base/check.h"

#include <stddef.h>

static const struct {
	enum hub_referral_stage stage;
	bool ended;
	const char *meaning;
} stages[] = {
	{ HUB_REFERRAL_STAGE_UNKNOWN, false, "" },
#define STATE(stage, ended, meaning) { HUB_REFERRAL_STAGE_##stage, ended, meaning },
#include "referral-router/referral.def"
};

_Static_assert(sizeof(stages) / sizeof(stages[0]) == REFERRAL_STAGE_COUNT, "referral.def has every stage");

enum {
	HUB = REFERRAL_WHO_HUB,
	SENDER = REFERRAL_WHO_SENDER,
	ADDRESSED = REFERRAL_WHO_ADDRESSED,
	CONTROL = REFERRAL_WHO_CONTROL,
	HOSPITAL = REFERRAL_WHO_HOSPITAL
};

static const struct {
	const char *name;
	unsigned who;
	const char *meaning;
} events[] = {
#define EVENT(event, name, who, meaning) { name, who, meaning },
#include "referral-router/referral.def"
};

static const struct referral_transition transitions[] = {
#define TRANSITION(from, event, to, rule)                                                                    \
	{ HUB_REFERRAL_STAGE_##from, REFERRAL_EVENT_##event, HUB_REFERRAL_STAGE_##to, rule },
#include "referral-router/referral.def"
};

enum { TRANSITIONS = sizeof(transitions) / sizeof(transitions[0]) };

/* The rows' numbers by name: a pair of stage and event that stands twice does not compile. */
enum row {
#define TRANSITION(from, event, to, rule) ROW_##from##_##event,
#include "referral-router/referral.def"
};

/* Where the row of a stage and an event is, from 1; 0: there is none. */
static const unsigned char row_of[REFERRAL_STAGE_COUNT][REFERRAL_EVENT_COUNT] = {
#define TRANSITION(from, event, to, rule)                                                                    \
	[HUB_REFERRAL_STAGE_##from][REFERRAL_EVENT_##event] = ROW_##from##_##event + 1,
#include "referral-router/referral.def"
};

_Static_assert(TRANSITIONS < 256, "a row's number is a byte");

const struct referral_transition *referral_machine_find(
        enum hub_referral_stage from, enum referral_event event)
{
	hub_check((int)from < REFERRAL_STAGE_COUNT && event < REFERRAL_EVENT_COUNT);
	unsigned row = row_of[from][event];
	return row ? &transitions[row - 1] : NULL;
}

const struct referral_transition *referral_machine_rows(uint32_t *ret_count)
{
	*ret_count = TRANSITIONS;
	return transitions;
}

bool referral_machine_ended(enum hub_referral_stage stage)
{
	hub_check((int)stage < REFERRAL_STAGE_COUNT && stages[stage].stage == stage);
	return stages[stage].ended;
}

const char *referral_machine_stage_meaning(enum hub_referral_stage stage)
{
	hub_check((int)stage < REFERRAL_STAGE_COUNT);
	return stages[stage].meaning;
}

const char *referral_machine_event_name(enum referral_event event)
{
	hub_check(event < REFERRAL_EVENT_COUNT);
	return events[event].name;
}

const char *referral_machine_event_meaning(enum referral_event event)
{
	hub_check(event < REFERRAL_EVENT_COUNT);
	return events[event].meaning;
}

bool referral_machine_concerns(enum referral_event event, enum hub_direction direction)
{
	return event != REFERRAL_EVENT_CONFIRMED || direction == HUB_DIRECTION_DOWN;
}

unsigned referral_machine_who(enum referral_event event)
{
	hub_check(event < REFERRAL_EVENT_COUNT);
	return events[event].who;
}
