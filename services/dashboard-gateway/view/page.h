/* One page of a long list in one pass: the total is counted, and of what lies behind the cursor only the first `limit` are kept,
 * in a heap. Nothing is sorted but the page.
 *
 * A cursor is the place of the last item shown, not its number: rows may come, go and move meanwhile, and what has not
 * been shown and lies behind that place comes next. It carries the time of the first page, so that rows whose order depends on
 * the time (what is overdue) keep it from page to page. */
#ifndef DASHBOARD_GATEWAY_VIEW_PAGE_H
#define DASHBOARD_GATEWAY_VIEW_PAGE_H

#include "base/buf.h"
#include "dashboard-gateway/view/params.h"

/* Where an item stands: by the numbers, then by id, all ascending. */
struct gateway_rank {
	int64_t first, second;
	struct hub_str id; /* unique; borrowed */
};

struct gateway_page_item {
	struct gateway_rank rank;
	const void *item;
};

enum { GATEWAY_CURSOR_ID_MAX = 400 };

struct gateway_page {
	char order; /* names resource and sort: a cursor of another one is an error */
	uint32_t limit;
	int64_t at_ms; /* of the first page */
	bool has_after;
	struct gateway_rank after;
	char after_id[GATEWAY_CURSOR_ID_MAX];
	int64_t total;   /* all that were offered */
	uint64_t behind; /* of these, behind the cursor */
	uint32_t count;
	struct gateway_page_item items[GATEWAY_LIMIT_MAX];
};

/* Reads `limit` and `cursor`. */
int gateway_page_init(struct gateway_page *page, char order, int64_t now_ms,
        const struct gateway_params *params, struct hub_error *reterr);
void gateway_page_offer(struct gateway_page *page, const struct gateway_rank *rank, const void *item);
/* The items in order; then the cursor of the next page, appended to next (nothing when this was the last one). */
void gateway_page_finish(struct gateway_page *page, struct hub_buf *next);

#endif
