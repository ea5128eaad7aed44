/* The hot state in Redis, as schemas/hot-state.json promises it: what a change of a state record looks like
 * there. */
#ifndef REFERRAL_ROUTER_PROJECT_H
#define REFERRAL_ROUTER_PROJECT_H

#include "runtime/core.h"

/* hub_core.project. before, after: of schema, NULL when absent. A key that changes its record type is
 * projected twice: the former record's end, then the new one's begin. Nothing personal is written. */
void referral_project(struct hub_str key, const struct hub_schema *schema, const void *before,
        const void *after, struct hub_store_sink *sink);

#endif
