/* Records to and from Avro bytes, driven by struct hub_schema. The decoder is the only code that meets bytes
 * from outside (libavro does not: it trusts lengths): every length, count, depth, enum index and UTF-8
 * sequence is checked against the schema's limits before memory is taken, and trailing bytes are an error. */
#ifndef HUB_WIRE_RECORD_H
#define HUB_WIRE_RECORD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "wire/schema.h"

/* Decodes one body (no framing) into *ret (schema->size bytes, filled from the defaults first). Strings
 * borrow from bytes; arrays lie in arena. HUB_E_INVALID names the field by its path and the limit. */
int hub_record_decode(const struct hub_schema *schema, struct hub_str bytes, struct hub_arena *arena,
        void *ret, struct hub_error *reterr);

/* The same for a body that an earlier version of the schema wrote. */
int hub_record_decode_version(const struct hub_schema *schema, const struct hub_version *version,
        struct hub_str bytes, struct hub_arena *arena, void *ret, struct hub_error *reterr);

/* Appends the body of *record to out. HUB_E_INVALID when it breaks a limit of its schema (same texts as
 * decode), HUB_E_TOO_LARGE when out is full. */
int hub_record_encode(
        const struct hub_schema *schema, const void *record, struct hub_buf *out, struct hub_error *reterr);

/* The same in the form of an earlier version, which loses what it does not have. */
int hub_record_encode_version(const struct hub_schema *schema, const struct hub_version *version,
        const void *record, struct hub_buf *out, struct hub_error *reterr);

/* Deep equality of two structs of one schema. */
bool hub_record_equal(const struct hub_schema *schema, const void *a, const void *b);

/* HUB_E_INVALID when a field marked hub.steers holds an enum's UNKNOWN; reterr names it. */
int hub_record_check_steering(const struct hub_schema *schema, const void *record, struct hub_error *reterr);

#endif
