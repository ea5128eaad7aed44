/* Records to and from JSON, driven by struct hub_schema: plain JSON as people write it (a nullable is the
 * value or null or absent; not Avro's JSON encoding with its type tags). Enums are their symbols; timestamps
 * are written as RFC 3339 text in Asia/Shanghai, with milliseconds if there are any, and read as text or as
 * milliseconds; bytes are base64. */
#ifndef HUB_WIRE_RECORD_JSON_H
#define HUB_WIRE_RECORD_JSON_H

#include "base/arena.h"
#include "base/error.h"
#include "wire/schema.h"

#include <jansson.h>

/* A new reference, or NULL when memory is out. redact: fields marked personal show as "…". */
json_t *hub_record_to_json(const struct hub_schema *schema, const void *record, bool redact);

/* Fills *ret (schema->size bytes, defaults first). Unknown members, wrong types, limits: HUB_E_INVALID,
 * reterr->place is the path ("SlotsOpened.capacity"), reterr->text what was expected, with a near name as
 * hint. Strings are copied into arena. */
int hub_record_from_json(const struct hub_schema *schema, json_t *json, struct hub_arena *arena, void *ret,
        struct hub_error *reterr);

#endif
