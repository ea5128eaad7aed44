/* Avro single-object encoding (Avro 1.11 specification, "Single-object encoding"): C3 01, the schema's
 * CRC-64-AVRO fingerprint little-endian, the body. A module of its own so that another framing can stand
 * beside it. */
#ifndef HUB_WIRE_FRAMING_H
#define HUB_WIRE_FRAMING_H

#include "base/error.h"
#include "wire/record.h"

enum { HUB_FRAME_LEN = 10 };

/* Appends the 10 bytes that announce schema. */
void hub_frame_put(const struct hub_schema *schema, struct hub_buf *out);

/* Frame and body of *record in one go. Errors as hub_record_encode. */
int hub_frame_encode(
        const struct hub_schema *schema, const void *record, struct hub_buf *out, struct hub_error *reterr);

/* The same in the newest form that belongs to a state of that version (I-9). HUB_E_INVALID: it has none. */
int hub_frame_encode_for(const struct hub_schema *schema, int32_t state_version, const void *record,
        struct hub_buf *out, struct hub_error *reterr);

/* Splits bytes into fingerprint and body (borrowed). HUB_E_INVALID when it is not such a frame. */
int hub_frame_split(
        struct hub_str bytes, uint64_t *ret_fingerprint, struct hub_str *ret_body, struct hub_error *reterr);

/* A published form of a record: today's, or an earlier version. */
struct hub_form {
	uint64_t fingerprint;
	const struct hub_schema *schema;
	int32_t version; /* index into schema->versions; -1: today's */
};

/* The set of record types that a reader knows, e.g. hub_all_schemas of records/catalogue.h. */
struct hub_schema_set {
	const struct hub_schema *const *schemas;
	uint32_t count;
	const struct hub_form
	        *forms; /* by fingerprint; NULL (a set written by hand): schemas are searched instead */
	uint32_t form_count;
};

/* Finds who wrote a fingerprint: today's schema (*ret_version NULL) or an earlier version of it. NULL:
 * unknown. */
const struct hub_schema *hub_schema_by_fingerprint(
        const struct hub_schema_set *set, uint64_t fingerprint, const struct hub_version **ret_version);

/* By full name or by last name. NULL: unknown. */
const struct hub_schema *hub_schema_by_name(const struct hub_schema_set *set, struct hub_str name);

/* Split, find, decode: *ret_record lies in arena. HUB_E_INVALID (reason UNDECODABLE) or HUB_E_NOT_FOUND
 * (reason UNKNOWN_SCHEMA, an unknown fingerprint). */
int hub_frame_decode(const struct hub_schema_set *set, struct hub_str bytes, struct hub_arena *arena,
        const struct hub_schema **ret_schema, void **ret_record, struct hub_error *reterr);

#endif
