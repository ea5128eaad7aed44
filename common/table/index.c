#include "table/index.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "table/due_heap.h"
#include "table/table.h"

#include <stdlib.h>

enum { CONTRIBUTIONS_LIMIT = 64 * 1024 };

/* Entries that are walked together. Groups are small and many: a hash finds the group, a small tree orders
 * within it. */
struct group {
	struct hub_sorted entries;
	struct hub_str key;
	uint32_t count;
	char bytes[];
};

struct hub_index_node {
	struct hub_index_node *next; /* of the same owner */
	struct group *group;         /* NULL: a timer */
	bool wanted;                 /* while contributions are listed anew */
	union {
		struct hub_sorted_node entry;
		struct hub_due due;
	};
	char bytes[]; /* the entry's key, the timer's name */
};

/* One contribution. Bytes of the sink: the group's, then the entry's; a timer's name. */
struct piece {
	int64_t due_at_ms;
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
	struct hub_due_heap timers;
	struct hub_index_sink sink;
};

struct hub_indexes *hub_indexes_new(void)
{
	struct hub_indexes *indexes = calloc(1, sizeof(*indexes));
	hub_check(indexes != NULL);
	indexes->groups = hub_map_new();
	hub_buf_init(&indexes->sink.bytes, CONTRIBUTIONS_LIMIT);
	return indexes;
}

void hub_indexes_free(struct hub_indexes *indexes)
{
	if (!indexes)
		return;
	hub_check(hub_map_count(indexes->groups) == 0);
	hub_map_free(indexes->groups);
	hub_due_heap_done(&indexes->timers);
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
	struct piece piece = { .due_at_ms = due_at_ms, .at = (uint32_t)sink->bytes.len, .timer = true };
	hub_buf_str(&sink->bytes, name);
	add_piece(sink, piece);
}

struct hub_index_sink *hub_indexes_begin(struct hub_indexes *indexes)
{
	hub_buf_reset(&indexes->sink.bytes);
	indexes->sink.count = 0;
	return &indexes->sink;
}

/* The buffer of a sink that was given empty names only is NULL. */
static struct hub_str part(const struct hub_index_sink *sink, uint32_t at, uint32_t len)
{
	return len ? (struct hub_str){ sink->bytes.data + at, len } : HUB_STR("");
}

static struct hub_str piece_group(const struct hub_index_sink *sink, const struct piece *piece)
{
	return part(sink, piece->at, piece->group_len);
}

static struct hub_str piece_bytes(const struct hub_index_sink *sink, const struct piece *piece)
{
	return part(sink, piece->at + piece->group_len, piece->len);
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

static struct hub_index_node *node_new(struct hub_str bytes)
{
	struct hub_index_node *node = calloc(1, sizeof(*node) + bytes.len);
	hub_check(node != NULL);
	memcpy(node->bytes, bytes.data, bytes.len);
	return node;
}

static bool node_is(
        const struct hub_index_node *node, const struct hub_index_sink *sink, const struct piece *piece)
{
	struct hub_str bytes = piece_bytes(sink, piece);
	if (piece->timer)
		return !node->group && node->due.at_ms == piece->due_at_ms &&
		       hub_str_eq(node->due.name, bytes);
	return node->group && hub_str_eq(node->entry.key, bytes) &&
	       hub_str_eq(node->group->key, piece_group(sink, piece));
}

static bool keep_if_there(
        struct hub_index_owner *owner, const struct hub_index_sink *sink, const struct piece *piece)
{
	for (struct hub_index_node *node = owner->nodes; node; node = node->next) {
		if (!node_is(node, sink, piece))
			continue;
		node->wanted = true;
		return true;
	}
	return false;
}

static void take_out_of_group(struct hub_indexes *indexes, struct hub_index_node *node)
{
	struct group *group = node->group;
	hub_sorted_remove(&group->entries, &node->entry);
	if (--group->count)
		return;
	hub_map_remove(indexes->groups, group->key);
	free(group);
}

static void take_out(struct hub_indexes *indexes, struct hub_index_node *node)
{
	if (node->group)
		take_out_of_group(indexes, node);
	else
		hub_due_heap_remove(&indexes->timers, &node->due);
	free(node);
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

static bool put_in(struct hub_indexes *indexes, struct hub_index_owner *owner, const struct piece *piece)
{
	const struct hub_index_sink *sink = &indexes->sink;
	struct hub_index_node *node = node_new(piece_bytes(sink, piece));
	struct hub_str bytes = { node->bytes, piece->len };
	node->next = owner->nodes;
	owner->nodes = node;
	if (piece->timer) {
		node->due =
		        (struct hub_due){ .at_ms = piece->due_at_ms, .entity = owner->key, .name = bytes };
		hub_due_heap_add(&indexes->timers, &node->due);
		return true;
	}
	node->entry = (struct hub_sorted_node){ .key = bytes, .owner = owner };
	node->group = group_of(indexes, piece_group(sink, piece));
	if (hub_sorted_add(&node->group->entries, &node->entry) == NULL) {
		node->group->count++;
		return true;
	}
	owner->nodes = node->next; /* another one's place; so the group has others */
	free(node);
	return false;
}

bool hub_indexes_end(struct hub_indexes *indexes, struct hub_index_owner *owner)
{
	struct hub_index_sink *sink = &indexes->sink;
	hub_check(!hub_buf_failed(&sink->bytes));
	for (uint32_t i = 0; i < sink->count; i++)
		sink->pieces[i].present = keep_if_there(owner, sink, &sink->pieces[i]);
	drop_unwanted(indexes, owner);
	for (uint32_t i = 0; i < sink->count; i++)
		if (!sink->pieces[i].present && !put_in(indexes, owner, &sink->pieces[i]))
			return false;
	return true;
}

void hub_indexes_clear(struct hub_indexes *indexes, struct hub_index_owner *owner)
{
	for (struct hub_index_node *node = owner->nodes; node; node = node->next)
		node->wanted = false;
	drop_unwanted(indexes, owner);
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
	/* Looking does not change a tree, but <sys/tree.h> knows no const. */
	return hub_sorted_next((struct hub_sorted_node *)(uintptr_t)node);
}

const struct hub_due *hub_indexes_first_due(const struct hub_indexes *indexes)
{
	return hub_due_heap_first(&indexes->timers);
}
