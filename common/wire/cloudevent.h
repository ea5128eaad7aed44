/* CloudEvents 1.0, Kafka binding, binary mode: what a record says about itself, repeated in headers for
 * readers that do not decode Avro. Outbound they are always there; inbound they are optional, but one that
 * contradicts the value is an error. Pure. */
#ifndef HUB_WIRE_CLOUDEVENT_H
#define HUB_WIRE_CLOUDEVENT_H

#include "base/arena.h"
#include "base/error.h"
#include "wire/header.h"
#include "wire/schema.h"

enum { HUB_CLOUDEVENT_HEADERS = 6 };

/* Fills headers: ce_specversion, ce_id, ce_source, ce_type, ce_time, content-type. ce_source is
 * /org/<source_org_id> for an event, /hub/<daemon> for a decision (daemon is unused for events). Values lie
 * in arena, in record or in static memory. False when schema has no head (state and reference data are no
 * events) or the arena is exhausted. */
bool hub_cloudevent_build(const struct hub_schema *schema, const void *record, const char *daemon,
        struct hub_arena *arena, struct hub_header headers[HUB_CLOUDEVENT_HEADERS]);

/* HUB_E_INVALID when a header contradicts record; reterr->place is its name. ce_time may leave out the
 * milliseconds. Other headers, and records without a head, pass. */
int hub_cloudevent_check(const struct hub_schema *schema, const void *record,
        const struct hub_header *headers, uint32_t count, struct hub_error *reterr);

#endif
