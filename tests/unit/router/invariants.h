/* What must hold after every step of the router, whatever came: I-4 slots add up, I-5 one terminal state,
 * REF-11 never back, every event answered once, indexes and hot state equal to what the state itself gives.
 */
#ifndef TESTS_INVARIANTS_H
#define TESTS_INVARIANTS_H

#include "hot_state.h"
#include "partition.h"

struct invariants;

struct invariants *invariants_new(void);
void invariants_free(struct invariants *invariants);

/* After each step: record NULL for a timer. A violation is printed and ends the test. */
void invariants_after(struct invariants *invariants, struct partition *partition,
        const struct hub_schema *schema, const void *record, const struct hub_effects *effects);

/* The whole state against itself: slower, so at will. */
void invariants_check(struct invariants *invariants, struct partition *partition, int64_t now_ms);

/* The hot state that all changes so far amount to. */
const struct hot_state *invariants_hot(const struct invariants *invariants);

#endif
