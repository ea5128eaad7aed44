#include "table/due_heap.h"

#include "base/check.h"

#include <stdlib.h>

/* Children of a slot: four of them lie in one cache line. */
enum { CHILDREN = 4, ROOM_START = 64 };

struct hub_due_slot {
	int64_t at_ms;
	struct hub_due *due;
};

static bool before(const struct hub_due_slot *a, const struct hub_due_slot *b)
{
	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms;
	int order = hub_str_cmp(a->due->entity, b->due->entity);
	return order ? order < 0 : hub_str_cmp(a->due->name, b->due->name) < 0;
}

static void put(struct hub_due_heap *heap, uint32_t place, struct hub_due_slot slot)
{
	heap->slots[place] = slot;
	slot.due->place = place;
}

/* Puts slot where it belongs, from the hole at place towards the root. */
static void rise(struct hub_due_heap *heap, uint32_t place, struct hub_due_slot slot)
{
	while (place > 0) {
		uint32_t parent = (place - 1) / CHILDREN;
		if (!before(&slot, &heap->slots[parent]))
			break;
		put(heap, place, heap->slots[parent]);
		place = parent;
	}
	put(heap, place, slot);
}

/* The same towards the leaves. */
static void sink(struct hub_due_heap *heap, uint32_t place, struct hub_due_slot slot)
{
	for (;;) {
		uint32_t first = place * CHILDREN + 1, least = first;
		if (first >= heap->count)
			break;
		for (uint32_t i = first + 1; i < first + CHILDREN && i < heap->count; i++)
			if (before(&heap->slots[i], &heap->slots[least]))
				least = i;
		if (!before(&heap->slots[least], &slot))
			break;
		put(heap, place, heap->slots[least]);
		place = least;
	}
	put(heap, place, slot);
}

void hub_due_heap_done(struct hub_due_heap *heap)
{
	free(heap->slots);
	*heap = (struct hub_due_heap){ 0 };
}

void hub_due_heap_add(struct hub_due_heap *heap, struct hub_due *due)
{
	if (heap->count == heap->room) {
		heap->room = heap->room ? 2 * heap->room : ROOM_START;
		heap->slots = realloc(heap->slots, heap->room * sizeof(*heap->slots));
		hub_check(heap->slots != NULL);
	}
	rise(heap, heap->count++, (struct hub_due_slot){ due->at_ms, due });
}

void hub_due_heap_remove(struct hub_due_heap *heap, const struct hub_due *due)
{
	uint32_t place = due->place;
	hub_check(place < heap->count && heap->slots[place].due == due);
	struct hub_due_slot last = heap->slots[--heap->count];
	if (place == heap->count)
		return;
	if (place > 0 && before(&last, &heap->slots[(place - 1) / CHILDREN]))
		rise(heap, place, last);
	else
		sink(heap, place, last);
}

const struct hub_due *hub_due_heap_first(const struct hub_due_heap *heap)
{
	return heap->count ? heap->slots[0].due : NULL;
}
