#include "daemon/spans.h"

#include <string.h>

static void put_input(const struct hub_span_notice *notice, const char *group, struct hub_span *span)
{
	span->kind = HUB_SPAN_CONSUMER;
	hub_span_messaging(span, "process", notice->topic);
	hub_span_place(span, notice->partition, notice->offset);
	hub_span_text(span, "messaging.consumer.group.name", group);
	hub_span_text(span, "hub.record", notice->record);
}

struct hub_span hub_span_of(const struct hub_span_notice *notice, const char *group)
{
	struct hub_span span = {
		.trace = notice->trace,
		.has_parent = notice->has_from,
		.kind = HUB_SPAN_INTERNAL,
		.failed = notice->reason != NULL,
		.began_us = notice->began_us,
		.ended_us = notice->ended_us,
	};
	memcpy(span.parent_id, notice->from_id, sizeof(span.parent_id));
	if (notice->topic) {
		put_input(notice, group, &span);
	} else {
		hub_span_name(&span, "timer", notice->record);
		hub_span_int(&span, "hub.partition", notice->partition);
	}
	hub_span_int(&span, "hub.decisions", notice->decisions);
	hub_span_text(&span, "error.type", notice->reason);
	return span;
}
