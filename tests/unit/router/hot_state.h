/* A Redis of hashes and sorted sets in memory, for the core's projection. */
#ifndef TESTS_HOT_STATE_H
#define TESTS_HOT_STATE_H

#include "runtime/core.h"

#include <jansson.h>

struct hot_state;

struct hot_state *hot_state_new(void);
void hot_state_free(struct hot_state *hot);

/* Projects one change as the runtime does. */
void hot_state_apply(struct hot_state *hot, const struct hub_core *core, const struct hub_change *change);

/* Projects everything in the table, as a rebuild does. */
void hot_state_rebuild(struct hot_state *hot, const struct hub_core *core, const struct hub_table *table);

/* True when both hold the same; otherwise the first difference is printed. */
bool hot_state_equal(const struct hot_state *a, const struct hot_state *b);

/* {"key": {"field": "value"}} with scores as numbers; borrowed. */
const json_t *hot_state_json(const struct hot_state *hot);

#endif
