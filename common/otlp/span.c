#include "otlp/span.h"

#include "base/check.h"

#include <stdio.h>

void hub_span_name(struct hub_span *span, const char *operation, const char *what)
{
	snprintf(span->name, sizeof(span->name), "%s %s", operation, what);
}

static void add(struct hub_span *span, struct hub_span_attribute attribute)
{
	hub_check(span->attribute_count < HUB_SPAN_ATTRIBUTES);
	span->attributes[span->attribute_count++] = attribute;
}

void hub_span_text(struct hub_span *span, const char *key, const char *text)
{
	if (text)
		add(span, (struct hub_span_attribute){ key, HUB_SPAN_TEXT, text, 0 });
}

void hub_span_int(struct hub_span *span, const char *key, int64_t number)
{
	add(span, (struct hub_span_attribute){ key, HUB_SPAN_INT, NULL, number });
}

void hub_span_digits(struct hub_span *span, const char *key, int64_t number)
{
	add(span, (struct hub_span_attribute){ key, HUB_SPAN_DIGITS, NULL, number });
}

void hub_span_messaging(struct hub_span *span, const char *operation, const char *topic)
{
	hub_span_name(span, operation, topic);
	hub_span_text(span, "messaging.system", "kafka");
	hub_span_text(span, "messaging.operation.type", operation);
	hub_span_text(span, "messaging.operation.name", operation);
	hub_span_text(span, "messaging.destination.name", topic);
}

void hub_span_place(struct hub_span *span, int32_t partition, int64_t offset)
{
	hub_span_digits(span, "messaging.destination.partition.id", partition);
	hub_span_int(span, "messaging.kafka.offset", offset);
}
