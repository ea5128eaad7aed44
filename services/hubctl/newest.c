#include "hubctl/newest.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	struct hubctl_newest_place place;
	char *text;
	uint32_t len;
};

struct hubctl_newest {
	struct kept *kept;
	size_t count, room, limit;
	int64_t floor_ms; /* what is older is not wanted */
	bool sorted;
};

struct hubctl_newest *hubctl_newest_new(size_t limit)
{
	struct hubctl_newest *newest = calloc(1, sizeof(*newest));
	if (!newest)
		return NULL;
	newest->limit = limit;
	newest->floor_ms = INT64_MIN;
	return newest;
}

struct hubctl_newest *hubctl_newest_free(struct hubctl_newest *newest)
{
	if (!newest)
		return NULL;
	for (size_t i = 0; i < newest->count; i++)
		free(newest->kept[i].text);
	free(newest->kept);
	free(newest);
	return NULL;
}

bool hubctl_newest_wants(const struct hubctl_newest *newest, int64_t timestamp_ms)
{
	return timestamp_ms >= newest->floor_ms;
}

static int by_place(const void *a, const void *b)
{
	const struct hubctl_newest_place *x = &((const struct kept *)a)->place,
	                                 *y = &((const struct kept *)b)->place;
	if (x->timestamp_ms != y->timestamp_ms)
		return x->timestamp_ms < y->timestamp_ms ? -1 : 1;
	if (x->partition != y->partition)
		return x->partition < y->partition ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static void sort(struct hubctl_newest *newest)
{
	if (newest->count && !newest->sorted)
		qsort(newest->kept, newest->count, sizeof(*newest->kept), by_place);
	newest->sorted = true;
	if (newest->count < newest->limit)
		return;
	size_t older = newest->count - newest->limit;
	for (size_t i = 0; i < older; i++)
		free(newest->kept[i].text);
	memmove(newest->kept, newest->kept + older, newest->limit * sizeof(*newest->kept));
	newest->count = newest->limit;
	newest->floor_ms = newest->kept[0].place.timestamp_ms;
}

static bool grow(struct hubctl_newest *newest)
{
	size_t room = newest->room ? newest->room * 2 : 64;
	struct kept *kept = realloc(newest->kept, room * sizeof(*kept));
	if (!kept)
		return false;
	newest->kept = kept;
	newest->room = room;
	return true;
}

bool hubctl_newest_add(
        struct hubctl_newest *newest, const struct hubctl_newest_place *place, struct hub_str text)
{
	/* Twice as many, so that each sorting makes room for as many as it keeps. */
	if (newest->count >= 2 * newest->limit)
		sort(newest);
	if (newest->count == newest->room && !grow(newest))
		return false;
	char *copy = malloc((size_t)text.len + 1);
	if (!copy)
		return false;
	if (text.len)
		memcpy(copy, text.data, text.len);
	newest->sorted = false;
	newest->kept[newest->count++] = (struct kept){ *place, copy, text.len };
	return true;
}

int64_t hubctl_newest_floor(struct hubctl_newest *newest)
{
	sort(newest);
	return newest->floor_ms;
}

size_t hubctl_newest_count(const struct hubctl_newest *newest)
{
	return newest->count;
}

struct hub_str hubctl_newest_text(const struct hubctl_newest *newest, size_t i)
{
	return (struct hub_str){ newest->kept[i].text, newest->kept[i].len };
}
