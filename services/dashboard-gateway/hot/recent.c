#include "dashboard-gateway/hot/recent.h"

#include "base/check.h"

#include <stdlib.h>

void gateway_recent_done(struct gateway_recent *recent)
{
	free(recent->posts);
	*recent = (struct gateway_recent){ 0 };
}

static void put_signpost(struct gateway_recent *recent, struct gateway_row *row)
{
	if (recent->count == recent->room) {
		recent->room = recent->room ? recent->room * 2 : 16;
		recent->posts = realloc(recent->posts, recent->room * sizeof(*recent->posts));
		hub_check(recent->posts != NULL);
	}
	recent->posts[recent->count++] = (struct gateway_signpost){ row->seq, row };
	row->signpost = true;
	recent->since = 0;
}

void gateway_recent_add(struct gateway_recent *recent, struct gateway_row *row)
{
	row->seq = ++recent->seq;
	row->older = recent->newest;
	row->newer = NULL;
	if (recent->newest)
		recent->newest->newer = row;
	else
		recent->oldest = row;
	recent->newest = row;
	if (++recent->since == GATEWAY_SIGNPOST_EVERY)
		put_signpost(recent, row);
}

/* How many signposts stand at seq or before it. */
static uint32_t posts_until(const struct gateway_recent *recent, uint64_t seq)
{
	uint32_t low = 0, high = recent->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (recent->posts[middle].seq <= seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The row leaves: its signpost goes to the older neighbour, so no stretch becomes longer; where that has one, or there
 * is none, it goes altogether. */
static void move_signpost(struct gateway_recent *recent, struct gateway_row *row)
{
	struct gateway_row *older = row->older;
	uint32_t at = posts_until(recent, row->seq) - 1;
	hub_check(recent->posts[at].row == row);
	row->signpost = false;
	if (older && !older->signpost) {
		recent->posts[at] = (struct gateway_signpost){ older->seq, older };
		older->signpost = true;
		return;
	}
	recent->count--;
	memmove(&recent->posts[at], &recent->posts[at + 1], (recent->count - at) * sizeof(*recent->posts));
}

void gateway_recent_remove(struct gateway_recent *recent, struct gateway_row *row)
{
	if (row->signpost)
		move_signpost(recent, row);
	if (row->older)
		row->older->newer = row->newer;
	else
		recent->oldest = row->newer;
	if (row->newer)
		row->newer->older = row->older;
	else
		recent->newest = row->older;
	row->older = row->newer = NULL;
}

struct gateway_row *gateway_recent_after(const struct gateway_recent *recent, uint64_t seq)
{
	if (seq >= recent->seq)
		return NULL;
	uint32_t before = posts_until(recent, seq);
	struct gateway_row *row = before ? recent->posts[before - 1].row : recent->oldest;
	while (row && row->seq <= seq)
		row = row->newer;
	return row;
}
