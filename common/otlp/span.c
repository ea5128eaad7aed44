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
