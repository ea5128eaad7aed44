#include "table/index.h"

#include "base/buf.h"
#include "base/check.h"
#include "table/table.h"

#include <stdlib.h>

enum { CONTRIBUTIONS_LIMIT = 64 * 1024, DUE_LEN = 8 };

struct hub_index_node {
	struct hub_sorted_node node; /* first: nodes of the trees are these */
	struct hub_index_node *next; /* of the same owner */
	bool timer;                  /* in the timers' tree; bytes: due time, rest of the name */
	bool wanted;                 /* while contributions are listed anew */
	char bytes[];
};

struct piece {
	uint32_t at;
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
	struct hub_sorted entries;
	struct hub_sorted timers;
	struct hub_index_sink sink;
};

struct hub_indexes *hub_indexes_new(void)
{
	struct hub_indexes *indexes = calloc(1, sizeof(*indexes));
	hub_check(indexes != NULL);
	hub_sorted_init(&indexes->entries);
	hub_sorted_init(&indexes->timers);
	hub_buf_init(&indexes->sink.bytes, CONTRIBUTIONS_LIMIT);
	return indexes;
}

void hub_indexes_free(struct hub_indexes *indexes)
{
	if (!indexes)
		return;
	hub_buf_done(&indexes->sink.bytes);
	free(indexes->sink.pieces);
	free(indexes);
}

static void add_piece(struct hub_index_sink *sink, size_t at, bool timer)
{
	if (sink->count == sink->room) {
		sink->room = sink->room ? sink->room * 2 : 16;
		sink->pieces = realloc(sink->pieces, sink->room * sizeof(*sink->pieces));
		hub_check(sink->pieces != NULL);
	}
	sink->pieces[sink->count++] =
		(struct piece){ (uint32_t)at, (uint32_t)(sink->bytes.len - at), timer, false };
}

void hub_index_add(struct hub_index_sink *sink, struct hub_str bytes)
{
	size_t at = sink->bytes.len;
	hub_buf_str(&sink->bytes, bytes);
	add_piece(sink, at, false);
}

void hub_index_timer(struct hub_index_sink *sink, int64_t due_at_ms, struct hub_str name)
{
	size_t at = sink->bytes.len;
	hub_buf_ordered_i64(&sink->bytes, due_at_ms);
	hub_buf_str(&sink->bytes, name);
	add_piece(sink, at, true);
}

struct hub_index_sink *hub_indexes_begin(struct hub_indexes *indexes)
{
	hub_buf_reset(&indexes->sink.bytes);
	indexes->sink.count = 0;
	return &indexes->sink;
}

static struct hub_str piece_bytes(const struct hub_index_sink *sink, const struct piece *piece)
{
	return (struct hub_str){ sink->bytes.data + piece->at, piece->len };
}

/* A timer's place in its tree is (due time, entity, name); the other trees' entries are the bytes themselves. */
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
	node->timer = timer;
	node->wanted = true;
	return node;
}

static bool node_is(
	const struct hub_index_node *node, const struct hub_index_owner *owner, struct hub_str bytes, bool timer)
{
	if (node->timer != timer)
		return false;
	if (!timer)
		return hub_str_eq(node->node.key, bytes);
	struct hub_str name = { bytes.data + DUE_LEN, bytes.len - DUE_LEN };
	uint32_t before_name = DUE_LEN + owner->key.len + 1;
	return node->node.key.len == before_name + name.len && memcmp(node->bytes, bytes.data, DUE_LEN) == 0 &&
		(name.len == 0 || memcmp(node->bytes + before_name, name.data, name.len) == 0);
}

static struct hub_sorted *tree_of(struct hub_indexes *indexes, const struct hub_index_node *node)
{
	return node->timer ? &indexes->timers : &indexes->entries;
}

static bool keep_if_there(struct hub_index_owner *owner, struct hub_str bytes, bool timer)
{
	for (struct hub_index_node *node = owner->nodes; node; node = node->next) {
		if (!node_is(node, owner, bytes, timer))
			continue;
		node->wanted = true;
		return true;
	}
	return false;
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
		hub_sorted_remove(tree_of(indexes, node), &node->node);
		free(node);
	}
}

void hub_indexes_end(struct hub_indexes *indexes, struct hub_index_owner *owner)
{
	struct hub_index_sink *sink = &indexes->sink;
	hub_check(!hub_buf_failed(&sink->bytes));
	for (uint32_t i = 0; i < sink->count; i++)
		sink->pieces[i].present =
			keep_if_there(owner, piece_bytes(sink, &sink->pieces[i]), sink->pieces[i].timer);
	drop_unwanted(indexes, owner);
	for (uint32_t i = 0; i < sink->count; i++) {
		if (sink->pieces[i].present)
			continue;
		struct hub_index_node *node =
			node_new(owner, piece_bytes(sink, &sink->pieces[i]), sink->pieces[i].timer);
		node->wanted = false;
		node->next = owner->nodes;
		owner->nodes = node;
		hub_check(hub_sorted_add(tree_of(indexes, node), &node->node) == NULL);
	}
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

const struct hub_sorted_node *hub_indexes_seek(const struct hub_indexes *indexes, struct hub_str bytes)
{
	return hub_sorted_seek(unconst(&indexes->entries), bytes);
}

const struct hub_sorted_node *hub_indexes_next(const struct hub_sorted_node *node)
{
	return hub_sorted_next((struct hub_sorted_node *)(uintptr_t)node);
}

bool hub_indexes_first_timer(
	const struct hub_indexes *indexes, int64_t *ret_due_ms, struct hub_str *ret_entity, struct hub_str *ret_name)
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
