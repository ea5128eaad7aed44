/* Inside of table/: the indexes of one table. Each entity (owner) has a list of nodes, its contributions; a
 * change of the entity lists its contributions anew and only the difference touches the indexes. */
#ifndef HUB_TABLE_INDEX_H
#define HUB_TABLE_INDEX_H

#include "base/sorted.h"

#include <stdbool.h>
#include <stdint.h>

struct hub_due;
struct hub_indexes;
struct hub_index_sink;
struct hub_index_node;

struct hub_index_owner {
	struct hub_str key;           /* the entity's key */
	struct hub_index_node *nodes; /* owned */
};

struct hub_indexes *hub_indexes_new(void);

/* Every owner must have been cleared before. Accepts NULL. */
void hub_indexes_free(struct hub_indexes *indexes);

/* begin, then hub_index_add / hub_index_timer on the sink, then end: the owner's contributions are exactly
 * those. False: one of them is another owner's already; then they are some of those, to be cleared. */
struct hub_index_sink *hub_indexes_begin(struct hub_indexes *indexes);
bool hub_indexes_end(struct hub_indexes *indexes, struct hub_index_owner *owner);

/* Takes out all that owner contributed. */
void hub_indexes_clear(struct hub_indexes *indexes, struct hub_index_owner *owner);

const struct hub_sorted_node *hub_indexes_seek(
        const struct hub_indexes *indexes, struct hub_str group, struct hub_str bytes);
bool hub_indexes_each_group(const struct hub_indexes *indexes, size_t *at, struct hub_str *ret_group);
const struct hub_sorted_node *hub_indexes_next(const struct hub_sorted_node *node);

/* NULL: nothing is due. */
const struct hub_due *hub_indexes_first_due(const struct hub_indexes *indexes);

#endif
