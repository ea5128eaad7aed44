/* A span as OpenTelemetry has it, as far as ours need it; of fixed size, so that a queue of them is an array. Texts are borrowed for
 * the program's life: literals, rows of tables, names of topics. None of them is personal. Pure. */
#ifndef HUB_OTLP_SPAN_H
#define HUB_OTLP_SPAN_H

#include "wire/traceparent.h"

enum hub_span_kind { /* OTLP's numbers */
	HUB_SPAN_INTERNAL = 1,
	HUB_SPAN_SERVER = 2,
	HUB_SPAN_PRODUCER = 4,
	HUB_SPAN_CONSUMER = 5,
};

enum { HUB_SPAN_ATTRIBUTES = 12, HUB_SPAN_NAME = 128 };

enum hub_span_value { HUB_SPAN_TEXT, HUB_SPAN_INT, HUB_SPAN_DIGITS /* a number that is text there */ };

struct hub_span_attribute {
	const char *key;
	enum hub_span_value value;
	const char *text;
	int64_t number;
};

struct hub_span {
	struct hub_trace trace;
	bool has_parent;
	uint8_t parent_id[HUB_SPAN_ID_LEN];
	enum hub_span_kind kind;
	bool failed;                /* status ERROR */
	int64_t began_us, ended_us; /* since 1970 */
	char name[HUB_SPAN_NAME];
	struct hub_span_attribute attributes[HUB_SPAN_ATTRIBUTES];
	uint32_t attribute_count;
};

/* "process referral.events"; a name that is too long is cut. */
void hub_span_name(struct hub_span *span, const char *operation, const char *what);

/* One attribute more; text NULL is none. At most HUB_SPAN_ATTRIBUTES. */
void hub_span_text(struct hub_span *span, const char *key, const char *text);
void hub_span_int(struct hub_span *span, const char *key, int64_t number);
void hub_span_digits(struct hub_span *span, const char *key, int64_t number);

/* Name and attributes by OpenTelemetry's conventions for messaging: operation ("process", "send") is done with a record of that
 * topic; and the place where the record lies. */
void hub_span_messaging(struct hub_span *span, const char *operation, const char *topic);
void hub_span_place(struct hub_span *span, int32_t partition, int64_t offset);

#endif
