/* Changes of state to hot-state commands, by the core's projection (schemas/hot-state.json). Pure. */
#ifndef HUB_RUNTIME_PROJECT_H
#define HUB_RUNTIME_PROJECT_H

#include "runtime/sink.h"

/* What change means. scratch is for decoding and is reset. */
void hub_project(const struct hub_core *core, const struct hub_change *change, struct hub_arena *scratch,
        struct hub_store_sink *sink);

#endif
