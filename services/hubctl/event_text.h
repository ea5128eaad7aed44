/* A record of any topic for a reader: one line, or JSON. Personal fields are left out or redacted unless
 * asked for; what cannot be decoded is shown as its size and first bytes. Pure. */
#ifndef HUBCTL_EVENT_TEXT_H
#define HUBCTL_EVENT_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "port/kafka_port.h"
#include "wire/schema.h"
#include "wire/traceparent.h"

#include <jansson.h>

struct hubctl_seen {
	const char *topic;                   /* without prefix */
	const struct hub_kafka_event *event; /* RECORD */
	const struct hub_schema *schema;     /* NULL: not decoded */
	const void *record;
	int64_t at_ms;          /* occurred_at of its head, else the record's timestamp */
	struct hub_error error; /* why it was not decoded */
};

/* Decodes event (a tombstone has no schema and no error). Everything lies in arena or is borrowed from event.
 */
void hubctl_see(const char *topic, const struct hub_kafka_event *event, struct hub_arena *arena,
        struct hubctl_seen *ret);

/* A copy of event whose bytes lie in arena. */
struct hub_kafka_event hubctl_event_keep(const struct hub_kafka_event *event, struct hub_arena *arena);

/* The value of a header, the last one of its name; empty when there is none. */
struct hub_str hubctl_header(const struct hub_kafka_event *event, const char *name);

/* The id of the trace that it belongs to, in hex; false: it names none. */
bool hubctl_trace_id(const struct hub_kafka_event *event, char text[HUB_TRACE_ID_TEXT]);

/* "2026-02-09 08:30:00   3:1042  330281  ReferralRequested referral_id=r1 ..." and a newline. */
void hubctl_event_line(const struct hubctl_seen *seen, bool personal, struct hub_buf *out);

/* The same as JSON: topic, partition, offset, timestamp, key, trace_id (null: none), headers, record, value. New reference. */
json_t *hubctl_event_json(const struct hubctl_seen *seen, bool personal);

/* First bytes in hexadecimal, at most limit of them, "…" when there are more. */
void hubctl_put_hex(struct hub_buf *out, struct hub_str bytes, uint32_t limit);

#endif
