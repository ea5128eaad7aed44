/* The newest bodies of GET, so that readers who see the same and ask the same within a second cost one walk over the rows. Pure;
 * the oldest are forgotten. */
#ifndef DASHBOARD_GATEWAY_HTTP_BODIES_H
#define DASHBOARD_GATEWAY_HTTP_BODIES_H

#include "base/str.h"

#include <stdbool.h>

struct gateway_bodies;

/* Longer ones are not kept. */
enum { GATEWAY_BODY_MAX = 256 * 1024 };

/* most: how many are kept. Never NULL (memory aborts). */
struct gateway_bodies *gateway_bodies_new(uint32_t most);
void gateway_bodies_free(struct gateway_bodies *bodies); /* accepts NULL */

/* key: whatever the body follows from. Borrowed until the next call that keeps one; next: the next page's cursor. */
bool gateway_bodies_find(const struct gateway_bodies *bodies, struct hub_str key, struct hub_str *ret_body,
        struct hub_str *ret_next);
void gateway_bodies_keep(
        struct gateway_bodies *bodies, struct hub_str key, struct hub_str body, struct hub_str next);

#endif
