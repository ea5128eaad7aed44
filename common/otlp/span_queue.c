#include "otlp/span_queue.h"

#include "base/check.h"

#include <stdatomic.h>
#include <stdlib.h>

/* A ring: pushed and taken count for ever, each written by one thread. */
struct hub_span_queue {
	uint32_t room;
	_Atomic uint32_t pushed, taken;
	_Atomic uint64_t dropped;
	struct hub_span spans[];
};

struct hub_span_queue *hub_span_queue_new(uint32_t room)
{
	hub_check(room > 0 && (room & (room - 1)) == 0);
	struct hub_span_queue *queue = calloc(1, sizeof(*queue) + room * sizeof(struct hub_span));
	hub_check(queue != NULL);
	queue->room = room;
	return queue;
}

void hub_span_queue_free(struct hub_span_queue *queue)
{
	free(queue);
}

void hub_span_queue_push(struct hub_span_queue *queue, const struct hub_span *span)
{
	uint32_t pushed = atomic_load_explicit(&queue->pushed, memory_order_relaxed);
	if (pushed - atomic_load_explicit(&queue->taken, memory_order_acquire) == queue->room) {
		atomic_fetch_add_explicit(&queue->dropped, 1, memory_order_relaxed);
		return;
	}
	queue->spans[pushed % queue->room] = *span;
	atomic_store_explicit(&queue->pushed, pushed + 1, memory_order_release);
}

uint32_t hub_span_queue_take(struct hub_span_queue *queue, struct hub_span *spans, uint32_t count)
{
	uint32_t taken = atomic_load_explicit(&queue->taken, memory_order_relaxed);
	uint32_t there = atomic_load_explicit(&queue->pushed, memory_order_acquire) - taken;
	if (count > there)
		count = there;
	for (uint32_t i = 0; i < count; i++)
		spans[i] = queue->spans[(taken + i) % queue->room];
	atomic_store_explicit(&queue->taken, taken + count, memory_order_release);
	return count;
}

uint64_t hub_span_queue_dropped(struct hub_span_queue *queue)
{
	return atomic_exchange_explicit(&queue->dropped, 0, memory_order_relaxed);
}
