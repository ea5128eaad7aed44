/* What all answers have in common: as of when, of which revision, and whether something is missing. */
#ifndef DASHBOARD_GATEWAY_VIEW_COLLECTION_H
#define DASHBOARD_GATEWAY_VIEW_COLLECTION_H

#include "dashboard-gateway/view/json.h"
#include "dashboard-gateway/view/page.h"

/* needs_history: what is shown is gathered from decisions. */
void gateway_json_head(struct gateway_json *json, const struct gateway_world *world, bool needs_history);
/* "<epoch>.<seq>" */
void gateway_json_revision(
        struct gateway_json *json, const char *name, const struct gateway_world *world, uint64_t seq);

/* A whole collection: head, total, the page's items, next. ret_next gets the cursor. HUB_E_TOO_LARGE: out is full. */
typedef void gateway_item_fn(struct gateway_json *json, void *user, const void *item);
int gateway_json_collection(const struct gateway_world *world, bool needs_history, struct gateway_page *page,
        gateway_item_fn *put, void *user, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr);

/* At the end of every answer: HUB_E_TOO_LARGE when out is full. */
int gateway_json_done(const struct gateway_json *json, struct hub_error *reterr);
/* The same answer for what is not there and what is not for this viewer. */
int gateway_not_found(struct hub_error *reterr, const char *what);

#endif
