/* Inside of table/: what is due, in a heap ordered by (time, entity, name). Times are compared in the heap's
 * own array, so most of its steps touch nothing else. Each due knows its place, so that it can be taken out.
 */
#ifndef HUB_TABLE_DUE_HEAP_H
#define HUB_TABLE_DUE_HEAP_H

#include "base/str.h"

#include <stdint.h>

struct hub_due {
	int64_t at_ms;
	struct hub_str entity; /* borrowed for the life of the due */
	struct hub_str name;   /* borrowed for the life of the due */
	uint32_t place;        /* the heap's */
};

struct hub_due_slot;

struct hub_due_heap {
	struct hub_due_slot *slots;
	uint32_t count;
	uint32_t room;
};

/* All zero is an empty heap. Frees the array; dues are the caller's. */
void hub_due_heap_done(struct hub_due_heap *heap);

void hub_due_heap_add(struct hub_due_heap *heap, struct hub_due *due);
void hub_due_heap_remove(struct hub_due_heap *heap, const struct hub_due *due);

/* NULL: nothing is due. */
const struct hub_due *hub_due_heap_first(const struct hub_due_heap *heap);

#endif
