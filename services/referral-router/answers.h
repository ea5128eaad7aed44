/* REF-08 REF-10 REF-11 REF-12: what hospitals and senders say about a referral. */
#ifndef REFERRAL_ROUTER_ANSWERS_H
#define REFERRAL_ROUTER_ANSWERS_H

#include "referral-router/world.h"

/* One event about a referral, whatever its record. */
struct referral_answer {
	enum referral_event event;
	struct hub_str referral_id;
	struct hub_str org_id; /* who says it, as the record names it */
	struct hub_str reason_code;
	struct hub_str text;
	struct hub_attachment_array attachments;
	bool has_outcome;
	enum hub_treatment_outcome outcome;
	bool down_referral_suggested;
};

void referral_answer(struct referral_world *world, const struct referral_answer *answer);

/* Ends the referral by that event: the one way into a terminal state. It must hold no slot. */
void referral_answer_close(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event);

#endif
