/* An event in the making. */
#ifndef SIM_DRAFT_H
#define SIM_DRAFT_H

#include "dice.h"
#include "publishers.h"

#include "records/event_head.h"
#include "records/referral_state.h"
#include "wire/schema.h"

enum { NAME = 32 };

/* Its texts live as long as it. */
struct draft {
	struct publishers *publishers;
	struct dice dice;
	uint32_t county;
	char event_id[NAME], consortium[NAME], org[NAME], id[NAME], patient[NAME], more[NAME];
	int64_t ahead_ms;
};

/* A new event of that organisation, in the draft's county. */
struct hub_event_head head_of(struct draft *draft, const char *org);

/* It goes out, now or after the next one. */
void say(struct draft *draft, const struct hub_schema *schema, const void *record);

/* The bytes as they are, at once. */
void append(struct publishers *publishers, const struct said *said);

/* hostile.c: below 4 rubbish, below 8 a true event, spoilt; else somebody who has no say. */
void hostile_act(struct draft *draft, uint32_t kind);

/* loops.c: somebody acts on a referral that waits: for the hospital's answer, for a supplement, for an authorisation, for
 * whoever takes it. */
void loops_act(struct draft *draft, const struct hub_referral_state *referral);

#endif
