/* REF-12 I-8: the same event sent twice has one effect. */
#ifndef REFERRAL_ROUTER_REPEATS_H
#define REFERRAL_ROUTER_REPEATS_H

#include "referral-router/world.h"

enum { REFERRAL_HASH_BYTES = 8, REFERRAL_HASHES_KEPT = 16 };

/* Whether hashes (event_hashes of an entity) has the event. */
bool referral_repeats_has(struct hub_str hashes, const struct hub_event_head *event);

/* hashes with the event in front, the oldest beyond 16 left out; in the arena. */
struct hub_str referral_repeats_add(
        struct hub_arena *arena, struct hub_str hashes, const struct hub_event_head *event);

/* Answers by the present state of a referral, with repeat_of. */
void referral_repeats_answer(struct referral_world *world, const struct hub_referral_state *referral);
void referral_repeats_answer_ended(
        struct referral_world *world, struct hub_str referral_id, const struct hub_referral_stub *stub);

#endif
