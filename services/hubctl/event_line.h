/* One line of events in JSON to what Kafka gets: Avro bytes, key, CloudEvents headers. Pure. */
#ifndef HUBCTL_EVENT_LINE_H
#define HUBCTL_EVENT_LINE_H

#include "port/kafka_port.h"
#include "wire/framing.h"

enum { HUBCTL_CLOUDEVENT_HEADERS = 5 };

struct hubctl_event {
	const struct hub_schema *schema;
	const void *record;
	const char *topic;    /* without prefix */
	struct hub_str key;   /* the head's county_id */
	struct hub_str value; /* framed */
	struct hub_header headers[HUBCTL_CLOUDEVENT_HEADERS];
	uint32_t header_count;
};

/* Reads one line: {"record": "ReferralRequested", ...} ("type" with the full name, as CloudEvents has it,
 * will do). Everything in *ret lies in arena. HUB_E_INVALID: reterr->place is the field's path, reterr->text
 * the rule. */
int hubctl_event_from_line(
        struct hub_str line, struct hub_arena *arena, struct hubctl_event *ret, struct hub_error *reterr);

/* The same for a record that is there already; borrowed. */
int hubctl_event_from_record(const struct hub_schema *schema, const void *record, struct hub_arena *arena,
        struct hubctl_event *ret, struct hub_error *reterr);

/* The same for a record that its topic had once: it is made also when the hub does not take it and sets it aside as a
 * dead letter; *ret_refusal says why then, its code is 0 otherwise. */
int hubctl_event_as_saved(const struct hub_schema *schema, const void *record, struct hub_arena *arena,
        struct hubctl_event *ret, struct hub_error *ret_refusal, struct hub_error *reterr);

#endif
