/* What the counties of a test say to each other (referral.transfers): in order, later when the county that it is for is
 * silent. */
#ifndef TESTS_POST_H
#define TESTS_POST_H

#include "base/arena.h"
#include "effects/effects.h"

#include <stdbool.h>

struct post;

struct post *post_new(void);
void post_free(struct post *post);

/* Takes what of the effects is for a county. */
void post_put(struct post *post, const struct hub_effects *effects);

/* The oldest for a county that is not silent, decoded into arena; false: none. */
bool post_take(
        struct post *post, struct hub_arena *arena, const struct hub_schema **ret_schema, void **ret_record);

/* Nothing is under way, not even to a silent county. */
bool post_is_empty(const struct post *post);

void post_silence(struct post *post, struct hub_str county_id, bool silent);

#endif
