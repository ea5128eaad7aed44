/* The referral's state machine as data (referral.def): the stages, what can happen, and what follows. */
#ifndef REFERRAL_ROUTER_MACHINE_H
#define REFERRAL_ROUTER_MACHINE_H

#include "base/str.h"
#include "records/direction.h"
#include "records/referral_stage.h"

#include <stdbool.h>

/* What can happen to a referral. */
enum referral_event {
#define EVENT(event, name, who, meaning) REFERRAL_EVENT_##event,
#include "referral-router/referral.def"
	REFERRAL_EVENT_COUNT,
};

enum { REFERRAL_STAGE_COUNT = HUB_REFERRAL_STAGE_RETURN_CONFIRMED + 1 }; /* UNKNOWN among them */

/* Who may say it, and who an organisation is to a referral: a set. */
enum referral_who {
	REFERRAL_WHO_HUB = 0,
	REFERRAL_WHO_SENDER = 1,
	REFERRAL_WHO_ADDRESSED = 2,
	REFERRAL_WHO_CONTROL = 4,
	REFERRAL_WHO_HOSPITAL = 8,
	REFERRAL_WHO_ANYONE = 15,
};

struct referral_transition {
	enum hub_referral_stage from;
	enum referral_event event;
	enum hub_referral_stage to;
	const char *rule;
};

/* NULL: nothing follows from event in that stage. */
const struct referral_transition *referral_machine_find(
        enum hub_referral_stage from, enum referral_event event);

/* All rows, in the order of referral.def. */
const struct referral_transition *referral_machine_rows(uint32_t *ret_count);

/* COMPLETED, NO_SHOW, CANCELLED, RETURNED, RETURN_CONFIRMED (REF-10). */
bool referral_machine_ended(enum hub_referral_stage stage);
const char *referral_machine_stage_meaning(enum hub_referral_stage stage);

/* The record that says it ("ReferralAccepted"); "" for what happens inside the hub. */
const char *referral_machine_event_name(enum referral_event event);
const char *referral_machine_event_meaning(enum referral_event event);

/* REF-16: only a down referral is confirmed. */
bool referral_machine_concerns(enum referral_event event, enum hub_direction direction);

/* The set of those who may say it. */
unsigned referral_machine_who(enum referral_event event);

#endif
