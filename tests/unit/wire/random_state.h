/* Random records of the router's state. */
#ifndef HUB_TESTS_RANDOM_STATE_H
#define HUB_TESTS_RANDOM_STATE_H

#include "random_record.h"

/* As random_record, with counts as the rules may leave them (their sums are capacities), and a timer that is shown as a field. */
void random_state(
        struct random_source *source, const struct hub_schema *schema, struct hub_arena *arena, void *record);

#endif
