#include "dashboard-gateway/hot/hot.h"

#include "base/check.h"
#include "base/copy.h"
#include "base/map.h"
#include "dashboard-gateway/hot/parties.h"
#include "dashboard-gateway/hot/recent.h"
#include "dashboard-gateway/hot/row.h"

#include <stdlib.h>

/* All rows of a kind, in the order in which they came: nearly that of memory, which a walk over all of them goes by (the
 * map's order costs several times as much). */
struct list {
	struct gateway_row **rows;
	uint32_t count, room;
};

struct gateway_hot {
	struct hub_map *rows[GATEWAY_KINDS]; /* id to row, also rows that are gone */
	struct list lists[GATEWAY_KINDS];    /* the same rows */
	struct gateway_parties *parties;     /* the referrals among them */
	uint32_t there[GATEWAY_KINDS];
	struct gateway_words *words;
	struct gateway_recent recent;
	uint32_t tombstones;             /* kept at most */
	uint32_t gone;                   /* rows that are gone */
	struct gateway_row *oldest_gone; /* of them; NULL: none */
	uint64_t dropped;                /* number of the youngest tombstone that was dropped */
};

struct gateway_hot *gateway_hot_new(uint32_t tombstones)
{
	struct gateway_hot *hot = calloc(1, sizeof(*hot));
	hub_check(hot != NULL);
	for (int i = 0; i < GATEWAY_KINDS; i++)
		hot->rows[i] = hub_map_new();
	hot->parties = gateway_parties_new();
	hot->words = gateway_words_new();
	hot->tombstones = tombstones;
	return hot;
}

void gateway_hot_free(struct gateway_hot *hot)
{
	if (!hot)
		return;
	for (struct gateway_row *row = hot->recent.oldest, *newer; row; row = newer) {
		newer = row->newer;
		free(row);
	}
	for (int i = 0; i < GATEWAY_KINDS; i++)
		hub_map_free(hot->rows[i]);
	for (int i = 0; i < GATEWAY_KINDS; i++)
		free(hot->lists[i].rows);
	gateway_parties_free(hot->parties);
	gateway_words_free(hot->words);
	gateway_recent_done(&hot->recent);
	free(hot);
}

static void list_add(struct list *list, struct gateway_row *row)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->rows = realloc(list->rows, list->room * sizeof(*list->rows));
		hub_check(list->rows != NULL);
	}
	row->place = list->count;
	list->rows[list->count++] = row;
}

/* The last one takes its place. */
static void list_remove(struct list *list, const struct gateway_row *row)
{
	struct gateway_row *last = list->rows[--list->count];
	last->place = row->place;
	list->rows[row->place] = last;
}

/* A row with its key behind it. */
static struct gateway_row *new_row(const struct gateway_row_form *form, struct hub_str key)
{
	struct gateway_row *row = calloc(1, form->size + key.len);
	hub_check(row != NULL);
	char *text = (char *)row + form->size;
	(void)hub_copy(text, key.data, key.len);
	row->kind = form->kind;
	row->key = (struct hub_str){ text, key.len };
	return row;
}

/* The pointer to the oldest that is gone only goes towards newer rows: a row is passed once for each of its changes. */
static void pass_oldest_gone(struct gateway_hot *hot)
{
	struct gateway_row *row = hot->oldest_gone->newer;
	while (row && !row->gone)
		row = row->newer;
	hot->oldest_gone = row;
}

static struct gateway_referral *as_referral(struct gateway_row *row)
{
	return (struct gateway_referral *)(void *)row;
}

static void drop_tombstone(struct gateway_hot *hot)
{
	struct gateway_row *row = hot->oldest_gone;
	const struct gateway_row_form *form = gateway_row_form_of_kind(row->kind);
	pass_oldest_gone(hot);
	hot->gone--;
	hot->dropped = row->seq;
	gateway_recent_remove(&hot->recent, row);
	(void)hub_map_remove(hot->rows[row->kind], gateway_row_id(form, row->key));
	list_remove(&hot->lists[row->kind], row);
	if (row->kind == GATEWAY_REFERRAL)
		gateway_parties_remove(hot->parties, as_referral(row));
	gateway_row_release(form, hot->words, row);
	free(row);
}

static void trim_tombstones(struct gateway_hot *hot)
{
	while (hot->gone > hot->tombstones)
		drop_tombstone(hot);
}

static void changed(struct gateway_hot *hot, struct gateway_row *row)
{
	gateway_recent_remove(&hot->recent, row);
	gateway_recent_add(&hot->recent, row);
}

static void forget(struct gateway_hot *hot, struct gateway_row *row)
{
	changed(hot, row);
	row->gone = true;
	hot->gone++;
	hot->there[row->kind]--;
	if (!hot->oldest_gone)
		hot->oldest_gone = row;
}

static void come_back(struct gateway_hot *hot, struct gateway_row *row)
{
	if (row == hot->oldest_gone)
		pass_oldest_gone(hot);
	row->gone = false;
	hot->gone--;
	hot->there[row->kind]++;
	changed(hot, row);
}

static struct gateway_row *add(
        struct gateway_hot *hot, const struct gateway_row_form *form, struct hub_str key)
{
	struct gateway_row *row = new_row(form, key);
	(void)hub_map_put(hot->rows[form->kind], gateway_row_id(form, row->key), row);
	list_add(&hot->lists[form->kind], row);
	hot->there[form->kind]++;
	gateway_recent_add(&hot->recent, row);
	return row;
}

static void adopt(struct gateway_hot *hot, const struct gateway_row_form *form, struct gateway_row *row,
        const union gateway_any_row *read)
{
	bool moves =
	        row->kind == GATEWAY_REFERRAL && !gateway_parties_same(as_referral(row), &read->referral);
	if (moves)
		gateway_parties_remove(hot->parties, as_referral(row));
	gateway_row_adopt(form, hot->words, row, read);
	if (moves)
		gateway_parties_add(hot->parties, as_referral(row));
}

int gateway_hot_put(struct gateway_hot *hot, int32_t partition, struct hub_str key,
        const struct gateway_field *fields, uint32_t count, struct hub_error *reterr)
{
	union gateway_any_row read;
	const struct gateway_row_form *form = gateway_row_form_of(key);
	if (!form)
		return HUB_OK;
	int r = gateway_row_read(form, fields, count, &read, reterr);
	if (r < 0)
		return r;
	struct gateway_row *row = hub_map_get(hot->rows[form->kind], gateway_row_id(form, key));
	if (!row)
		row = add(hot, form, key);
	else if (row->gone)
		come_back(hot, row);
	else if (!gateway_row_equal(form, row, &read))
		changed(hot, row);
	row->partition = partition;
	adopt(hot, form, row, &read);
	return HUB_OK;
}

static struct gateway_row *find(const struct gateway_hot *hot, struct hub_str key)
{
	const struct gateway_row_form *form = gateway_row_form_of(key);
	struct gateway_row *row = form ? hub_map_get(hot->rows[form->kind], gateway_row_id(form, key)) : NULL;
	return row && !row->gone ? row : NULL;
}

void gateway_hot_remove(struct gateway_hot *hot, struct hub_str key)
{
	struct gateway_row *row = find(hot, key);
	if (!row)
		return;
	forget(hot, row);
	trim_tombstones(hot);
}

/* Rows that go are met once more at the end of the list. Tombstones are dropped afterwards: one of them may be the next
 * row of the walk. */
void gateway_hot_sweep(struct gateway_hot *hot, int32_t partition,
        bool (*keep)(void *user, const struct gateway_row *row), void *user)
{
	for (struct gateway_row *row = hot->recent.oldest, *newer; row; row = newer) {
		newer = row->newer;
		if (row->partition == partition && !row->gone && !(keep && keep(user, row)))
			forget(hot, row);
	}
	trim_tombstones(hot);
}

const struct gateway_row *gateway_hot_get(const struct gateway_hot *hot, struct hub_str key)
{
	return find(hot, key);
}

const struct gateway_referral *gateway_hot_referral(const struct gateway_hot *hot, struct hub_str referral_id)
{
	const struct gateway_referral *referral = hub_map_get(hot->rows[GATEWAY_REFERRAL], referral_id);
	return referral && !referral->row.gone ? referral : NULL;
}

/* Rows that are met in a moment are fetched now: each has several cache lines, of which walks look at the first. */
static void fetch_ahead(const struct list *list, size_t at)
{
	enum { AHEAD = 8, LINE = 64, LOOKED_AT = 256 };
	if (at + AHEAD >= list->count)
		return;
	for (size_t line = 0; line < LOOKED_AT; line += LINE)
		__builtin_prefetch((const char *)list->rows[at + AHEAD] + line);
}

const struct gateway_row *gateway_hot_each(const struct gateway_hot *hot, enum gateway_kind kind, size_t *at)
{
	const struct list *list = &hot->lists[kind];
	while (*at < list->count) {
		fetch_ahead(list, *at);
		const struct gateway_row *row = list->rows[(*at)++];
		if (!row->gone)
			return row;
	}
	return NULL;
}

const struct gateway_referral *gateway_hot_each_of(
        const struct gateway_hot *hot, struct hub_str org_id, size_t *at)
{
	const struct gateway_referral *referral;
	do
		referral = gateway_parties_each(hot->parties, org_id, at);
	while (referral && referral->row.gone);
	return referral;
}

const struct gateway_referral *gateway_hot_each_unplaced(
        const struct gateway_hot *hot, struct hub_str county_id, size_t *at)
{
	const struct gateway_referral *referral;
	do
		referral = gateway_parties_each_unplaced(hot->parties, county_id, at);
	while (referral && referral->row.gone);
	return referral;
}

uint32_t gateway_hot_count(const struct gateway_hot *hot, enum gateway_kind kind)
{
	return hot->there[kind];
}

uint64_t gateway_hot_seq(const struct gateway_hot *hot)
{
	return hot->recent.seq;
}

bool gateway_hot_can_resume(const struct gateway_hot *hot, uint64_t seq)
{
	return seq >= hot->dropped && seq <= hot->recent.seq;
}

const struct gateway_row *gateway_hot_after(const struct gateway_hot *hot, uint64_t seq)
{
	return gateway_recent_after(&hot->recent, seq);
}
