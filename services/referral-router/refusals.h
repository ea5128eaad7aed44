/* REF-12: an event that changes nothing is answered with a clear ReferralEventRefused. All of them in
 * refusals.def. */
#ifndef REFERRAL_ROUTER_REFUSALS_H
#define REFERRAL_ROUTER_REFUSALS_H

#include "referral-router/world.h"

enum referral_refusal {
#define REFUSAL(id, reason_code, rule, text, remedy) REFERRAL_REFUSAL_##id,
#include "referral-router/refusals.def"
	REFERRAL_REFUSAL_COUNT,
};

/* Refuses the event. referral_id: what it is about, or empty. */
void referral_refuse(struct referral_world *world, enum referral_refusal refusal, struct hub_str referral_id);

/* The same with one fact behind the text, e.g. the referral that came first. */
void referral_refuse_with(struct referral_world *world, enum referral_refusal refusal,
        struct hub_str referral_id, const char *fact, struct hub_str value);

/* A hospital publishes only for itself, in the county that the registry names for it; false: refused. For events that
 * are about no referral. */
bool referral_refuse_unless_own(struct referral_world *world, struct hub_str org_id);

#endif
