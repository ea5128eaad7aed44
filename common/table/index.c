#include "table/index.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "table/table.h"

#include <stdlib.h>

enum { CONTRIBUTIONS_LIMIT = 64 * 1024, DUE_LEN = 8 };

/* Entries that are walked together. Groups are small and there are many, so a hash finds the group, and what
 * is ordered within it stays within a few cache lines; one tree over all entries took a third of the router's
 * time. */
struct group {
	struct hub_sorted entries;
	struct hub_str key;
	uint32_t count;
	char bytes[];
};

struct hub_index_node {
	struct hub_sorted_node node; /* first: nodes of the trees are these */
	struct hub_index_node *next; /* of the same owner */
	struct group *group;         /* NULL: in the timers' tree; bytes: due time, rest of the name */
	bool wanted;                 /* while contributions are listed anew */
	char bytes[];
};

/* Bytes of the sink: the group's, then the entry's. */
struct piece {
	uint32_t at;
	uint32_t group_len;
	uint32_t len;
	bool timer;
	bool present;
};

struct hub_index_sink {
	struct hub_buf bytes;
	struct piece *pieces;
	uint32_t count;
	uint32_t room;
};

struct hub_indexes {
	struct hub_map *groups; /* by key; none is empty */
	struct hub_sorted timers;
	struct hub_index_sink sink;
};

struct hub_indexes *hub_indexes_new(void)
{
	struct hub_indexes *indexes = calloc(1, sizeof(*indexes));
	hub_check(indexes != NULL);
	indexes->groups = hub_map_new();
	hub_sorted_init(&indexes->timers);
	hub_buf_init(&indexes->sink.bytes, CONTRIBUTIONS_LIMIT);
	return indexes;
}

void hub_indexes_free(struct hub_indexes *indexes)
{
	if (!indexes)
		return;
	hub_check(hub_map_count(indexes->groups) == 0);
	hub_map_free(indexes->groups);
	hub_buf_done(&indexes->sink.bytes);
	free(indexes->sink.pieces);
	free(indexes);
}

static void add_piece(struct hub_index_sink *sink, struct piece piece)
{
	if (sink->count == sink->room) {
		sink->room = sink->room ? sink->room * 2 : 16;
		sink->pieces = realloc(sink->pieces, sink->room * sizeof(*sink->pieces));
		hub_check(sink->pieces != NULL);
	}
	piece.len = (uint32_t)(sink->bytes.len - piece.at) - piece.group_len;
	sink->pieces[sink->count++] = piece;
}

void hub_index_add(struct hub_index_sink *sink, struct hub_str group, struct hub_str bytes)
{
	struct piece piece = { .at = (uint32_t)sink->bytes.len, .group_len = group.len };
	hub_buf_str(&sink->bytes, group);
	hub_buf_str(&sink->bytes, bytes);
	add_piece(sink, piece);
}

void hub_index_timer(struct hub_index_sink *sink, int64_t due_at_ms, struct hub_str name)
{
	struct piece piece = { .at = (uint32_t)sink->bytes.len, .timer = true };
	hub_buf_ordered_i64(&sink->bytes, due_at_ms);
	hub_buf_str(&sink->bytes, name);
	add_piece(sink, piece);
}

struct hub_index_sink *hub_indexes_begin(struct hub_indexes *indexes)
{
	hub_buf_reset(&indexes->sink.bytes);
	indexes->sink.count = 0;
	return &indexes->sink;
}

static struct hub_str piece_group(const struct hub_index_sink *sink, const struct piece *piece)
{
	return (struct hub_str){ sink->bytes.data + piece->at, piece->group_len };
}

static struct hub_str piece_bytes(const struct hub_index_sink *sink, const struct piece *piece)
{
	return (struct hub_str){ sink->bytes.data + piece->at + piece->group_len, piece->len };
}

static struct group *group_of(struct hub_indexes *indexes, struct hub_str key)
{
	struct group *group = hub_map_get(indexes->groups, key);
	if (group)
		return group;
	group = malloc(sizeof(*group) + key.len);
	hub_check(group != NULL);
	memcpy(group->bytes, key.data, key.len);
	group->key = (struct hub_str){ group->bytes, key.len };
	group->count = 0;
	hub_sorted_init(&group->entries);
	hub_map_put(indexes->groups, group->key, group);
	return group;
}

/* A timer's place in its tree is (due time, entity, name); other entries' are the bytes themselves. */
static struct hub_index_node *node_new(struct hub_index_owner *owner, struct hub_str bytes, bool timer)
{
	size_t len = bytes.len + (timer ? owner->key.len + 1 : 0);
	struct hub_index_node *node = calloc(1, sizeof(*node) + len);
	hub_check(node != NULL);
	if (timer) {
		char *to = node->bytes;
		memcpy(to, bytes.data, DUE_LEN);
		memcpy(to + DUE_LEN, owner->key.data, owner->key.len);
		memcpy(to + DUE_LEN + owner->key.len + 1, bytes.data + DUE_LEN, bytes.len - DUE_LEN);
	} else {
		memcpy(node->bytes, bytes.data, bytes.len);
	}
	node->node.key = (struct hub_str){ node->bytes, (uint32_t)len };
	node->node.owner = owner;
	return node;
}

static bool node_is(const struct hub_index_node *node, const struct hub_index_owner *owner,
        const struct hub_index_sink *sink, const struct piece *piece)
{
	struct hub_str bytes = piece_bytes(sink, piece);
	if (piece->timer != (node->group == NULL))
		return false;
	if (!piece->timer)
		return hub_str_eq(node->node.key, bytes) &&
		       hub_str_eq(node->group->key, piece_group(sink, piece));
	struct hub_str name = { bytes.data + DUE_LEN, bytes.len - DUE_LEN };
	uint32_t before_name = DUE_LEN + owner->key.len + 1;
	return node->node.key.len == before_name + name.len &&
	       memcmp(node->bytes, bytes.data, DUE_LEN) == 0 &&
	       (name.len == 0 || memcmp(node->bytes + before_name, name.data, name.len) == 0);
}

static bool keep_if_there(
        struct hub_index_owner *owner, const struct hub_index_sink *sink, const struct piece *piece)
{
	for (struct hub_index_node *node = owner->nodes; node; node = node->next) {
		if (!node_is(node, owner, sink, piece))
			continue;
		node->wanted = true;
		return true;
	}
	return false;
}

static void take_out(struct hub_indexes *indexes, struct hub_index_node *node)
{
	struct group *group = node->group;
	hub_sorted_remove(group ? &group->entries : &indexes->timers, &node->node);
	free(node);
	if (!group || --group->count)
		return;
	hub_map_remove(indexes->groups, group->key);
	free(group);
}

static void drop_unwanted(struct hub_indexes *indexes, struct hub_index_owner *owner)
{
	for (struct hub_index_node **link = &owner->nodes; *link;) {
		struct hub_index_node *node = *link;
		if (node->wanted) {
			node->wanted = false;
			link = &node->next;
			continue;
		}
		*link = node->next;
		take_out(indexes, node);
	}
}

static void put_in(struct hub_indexes *indexes, struct hub_index_owner *owner, const struct piece *piece)
{
	const struct hub_index_sink *sink = &indexes->sink;
	struct hub_index_node *node = node_new(owner, piece_bytes(sink, piece), piece->timer);
	struct hub_sorted *tree = &indexes->timers;
	if (!piece->timer) {
		node->group = group_of(indexes, piece_group(sink, piece));
		node->group->count++;
		tree = &node->group->entries;
	}
	node->next = owner->nodes;
	owner->nodes = node;
	hub_check(hub_sorted_add(tree, &node->node) == NULL);
}

void hub_indexes_end(struct hub_indexes *indexes, struct hub_index_owner *owner)
{
	struct hub_index_sink *sink = &indexes->sink;
	hub_check(!hub_buf_failed(&sink->bytes));
	for (uint32_t i = 0; i < sink->count; i++)
		sink->pieces[i].present = keep_if_there(owner, sink, &sink->pieces[i]);
	drop_unwanted(indexes, owner);
	for (uint32_t i = 0; i < sink->count; i++)
		if (!sink->pieces[i].present)
			put_in(indexes, owner, &sink->pieces[i]);
}

void hub_indexes_clear(struct hub_indexes *indexes, struct hub_index_owner *owner)
{
	for (struct hub_index_node *node = owner->nodes; node; node = node->next)
		node->wanted = false;
	drop_unwanted(indexes, owner);
}

/* Looking does not change a tree, but <sys/tree.h> knows no const. */
static struct hub_sorted *unconst(const struct hub_sorted *tree)
{
	return (struct hub_sorted *)(uintptr_t)tree;
}

const struct hub_sorted_node *hub_indexes_seek(
        const struct hub_indexes *indexes, struct hub_str key, struct hub_str bytes)
{
	struct group *group = hub_map_get(indexes->groups, key);
	return group ? hub_sorted_seek(&group->entries, bytes) : NULL;
}

bool hub_indexes_each_group(const struct hub_indexes *indexes, size_t *at, struct hub_str *ret_group)
{
	void *group;
	return hub_map_next(indexes->groups, at, ret_group, &group);
}

const struct hub_sorted_node *hub_indexes_next(const struct hub_sorted_node *node)
{
	return hub_sorted_next((struct hub_sorted_node *)(uintptr_t)node);
}

bool hub_indexes_first_timer(const struct hub_indexes *indexes, int64_t *ret_due_ms,
        struct hub_str *ret_entity, struct hub_str *ret_name)
{
	const struct hub_sorted_node *node = hub_sorted_seek(unconst(&indexes->timers), HUB_STR(""));
	if (!node)
		return false;
	const struct hub_index_owner *owner = node->owner;
	uint64_t bits = 0;
	for (int i = 0; i < DUE_LEN; i++)
		bits = bits << 8 | (unsigned char)node->key.data[i];
	uint32_t before_name = DUE_LEN + owner->key.len + 1;
	*ret_due_ms = (int64_t)(bits ^ (UINT64_C(1) << 63));
	*ret_entity = owner->key;
	*ret_name = (struct hub_str){ node->key.data + before_name, node->key.len - before_name };
	return true;
}
