/* Spans on their way from the thread that makes them to the thread that sends them: one of each. Neither ever waits for the other:
 * what does not fit is dropped and counted. */
#ifndef HUB_OTLP_SPAN_QUEUE_H
#define HUB_OTLP_SPAN_QUEUE_H

#include "otlp/span.h"

struct hub_span_queue;

/* room: a power of two. Never NULL. */
struct hub_span_queue *hub_span_queue_new(uint32_t room);
void hub_span_queue_free(struct hub_span_queue *queue); /* accepts NULL */

/* The maker: the span is copied. */
void hub_span_queue_push(struct hub_span_queue *queue, const struct hub_span *span);

/* The sender: the oldest spans, at most count; how many there are. */
uint32_t hub_span_queue_take(struct hub_span_queue *queue, struct hub_span *spans, uint32_t count);
/* The sender: how many were dropped since it last asked. */
uint64_t hub_span_queue_dropped(struct hub_span_queue *queue);

#endif
