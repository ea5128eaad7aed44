/* REF-08 REF-11: who shall not be asked again. */
#ifndef REFERRAL_ROUTER_EXCLUSIONS_H
#define REFERRAL_ROUTER_EXCLUSIONS_H

#include "records/considered.h"

#include "referral-router/candidates.h"

/* Why a hospital that had the referral and lost it is never asked again: REJECTED, EXPIRED; NULL: it may be. */
const char *referral_exclusion_of(struct hub_str reason_code);

/* Those among considered are excluded from the search; borrowed, as search is. Nobody when the arena is exhausted. */
void referral_exclude(struct hub_arena *arena, const struct hub_considered_array *considered,
        struct referral_search *search);

#endif
