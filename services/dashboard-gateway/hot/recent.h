/* Rows in the order of their newest change: a list, with signposts so that "after 4711" is found without walking. Pure. */
#ifndef DASHBOARD_GATEWAY_HOT_RECENT_H
#define DASHBOARD_GATEWAY_HOT_RECENT_H

#include "dashboard-gateway/hot/hot.h"

struct gateway_signpost {
	uint64_t seq;
	struct gateway_row *row; /* its seq is that */
};

struct gateway_recent {
	struct gateway_row *oldest, *newest;
	uint64_t seq; /* the newest change's */
	/* Some of the rows, by seq: never more than GATEWAY_SIGNPOST_EVERY rows from one to the next. */
	struct gateway_signpost *posts; /* owned; count of them */
	uint32_t count, room;
	uint32_t since; /* rows added since the last signpost */
};

enum { GATEWAY_SIGNPOST_EVERY = 64 };

/* All zeroes is an empty list. The rows are the caller's. */
void gateway_recent_done(struct gateway_recent *recent);

/* The row, which is not in the list, gets the next number and comes last. */
void gateway_recent_add(struct gateway_recent *recent, struct gateway_row *row);
void gateway_recent_remove(struct gateway_recent *recent, struct gateway_row *row);
/* The first row with a number above seq; NULL: none. */
struct gateway_row *gateway_recent_after(const struct gateway_recent *recent, uint64_t seq);

#endif
