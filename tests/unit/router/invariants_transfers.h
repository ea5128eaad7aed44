/* What must be true of the hand-shake between counties, of one state record at a time. */
#ifndef TESTS_INVARIANTS_TRANSFERS_H
#define TESTS_INVARIANTS_TRANSFERS_H

#include "referral-router/world.h"

/* at_rest: nothing is under way between the counties. The words of what is violated, or NULL. */
const char *transfers_violated(
        struct referral_world *world, bool at_rest, const struct hub_schema *schema, const void *record);

#endif
