/* An ordered set of byte strings (memcmp order), each with a pointer: the one structure behind every index
 * (sessions by start, waiting lists by rank). Nodes live where the caller puts them, so
 * one owner can hold all the nodes that it contributed and take them out again without a search. */
#ifndef HUB_BASE_SORTED_H
#define HUB_BASE_SORTED_H

#include "base/str.h"

#include <stdint.h>

#include <bsd/sys/tree.h>

struct hub_sorted_node {
	RB_ENTRY(hub_sorted_node) link;
	struct hub_str key; /* borrowed: lives as long as the node */
	void *owner;        /* the caller's */
};

RB_HEAD(hub_sorted, hub_sorted_node);

/* In place: an empty set. Nothing to free. */
void hub_sorted_init(struct hub_sorted *set);

/* Adds node (key and owner filled in). Keys must be unique; NULL, or the node that is already there (then not
 * added). */
struct hub_sorted_node *hub_sorted_add(struct hub_sorted *set, struct hub_sorted_node *node);

/* Takes a node out that is in. */
void hub_sorted_remove(struct hub_sorted *set, struct hub_sorted_node *node);

/* The first node whose key is >= key; NULL when there is none. */
struct hub_sorted_node *hub_sorted_seek(struct hub_sorted *set, struct hub_str key);

struct hub_sorted_node *hub_sorted_next(struct hub_sorted_node *node);

/* A number as part of a key: big-endian with the sign flipped, so that byte order is numeric order. */
enum { HUB_ORDERED_I64_LEN = 8 };
void hub_ordered_i64(int64_t value, unsigned char ret_bytes[HUB_ORDERED_I64_LEN]);

#endif
