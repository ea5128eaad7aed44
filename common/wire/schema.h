/* A record type as data: what the generator (common/avrogen) emits for each schemas/<domain>/<Record>.avsc
 * beside its C struct. One bounded codec (record.h) and one JSON mapping (record_json.h) interpret it: one place
 * to read, fuzz and prove. For speed the generator also emits straight code for the usual form of each record
 * (straight.h); what that does not take, and every error, is the interpreter's.
 *
 * How a schema maps to C (the generator holds the subset of schemas/README.md and refuses the rest by name):
 *   boolean bool · int int32_t · long int64_t · double double · string, bytes struct hub_str (borrowed)
 *   enum E        enum hub_<e>, symbols in order from 0
 *   record R      struct hub_<r>, inline
 *   array of T    struct { T *items; uint32_t count; } named hub_<t>_array; items live in the arena
 *   ["null", T]   two members: bool has_x; T x;
 *   (arrays of plain items: wire/arrays.h, e.g. struct hub_str_array)
 * A record whose avsc carries "hub.head": "EventHead" (or "DecisionHead", "RegistryHead") begins with exactly
 * the fields of hub.common.EventHead on the wire; in C they are one first member `struct hub_event_head
 * head`. In the same way "hub.embed": "hub.referral.Referral" puts the fields of that record behind the head,
 * flat on the wire, one member `struct hub_referral referral` in C. */
#ifndef HUB_WIRE_SCHEMA_H
#define HUB_WIRE_SCHEMA_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hub_type {
	HUB_TYPE_BOOLEAN,
	HUB_TYPE_INT,
	HUB_TYPE_LONG,
	HUB_TYPE_DOUBLE,
	HUB_TYPE_STRING,
	HUB_TYPE_BYTES,
	HUB_TYPE_ENUM,
	HUB_TYPE_RECORD,
	HUB_TYPE_ARRAY,
};

struct hub_enum {
	const char *name;           /* full name: hub.referral.Urgency */
	const char *const *symbols; /* count of them */
	uint32_t count;
};

struct hub_schema;

/* One field. For an array, item_type and (for records) schema, (for enums) enumeration and item_size say what
 * it is made of; arrays of arrays and of nullables do not exist in the subset. */
struct hub_field {
	const char *name; /* on the wire and in JSON */
	const char *doc;  /* may be NULL */
	enum hub_type type;
	enum hub_type item_type; /* HUB_TYPE_ARRAY only */
	bool nullable;           /* ["null", T] */
	bool personal;           /* never in logs: free text, pseudonyms ("hub.personal": true) */
	bool steers;             /* an UNKNOWN enum value here is a dead letter ("hub.steers": true) */
	bool timestamp;          /* long with logicalType timestamp-millis */
	bool has_default;        /* may be absent in JSON */
	uint32_t offset;         /* of the member in the struct */
	uint32_t has_offset;     /* of has_<member>; nullable only */
	uint32_t item_size;      /* sizeof one array item */
	uint32_t limit;          /* most bytes (string, bytes) or items (array); never 0 for those */
	uint32_t item_limit;     /* most bytes of an item; arrays of string only */
	const struct hub_schema *schema;    /* RECORD, or ARRAY of RECORD */
	const struct hub_enum *enumeration; /* ENUM, or ARRAY of ENUM */
};

/* Which head a record begins with. */
enum hub_head { HUB_HEAD_NONE, HUB_HEAD_EVENT, HUB_HEAD_DECISION, HUB_HEAD_REGISTRY };

/* An earlier published version of a record, resolved at build time: its fields in the writer's order, each
 * going to a field of today's struct or skipped; what the writer lacks has its default in the struct
 * beforehand. */
struct hub_version {
	uint64_t fingerprint;
	const struct hub_field *fields; /* offset UINT32_MAX: read and forget */
	uint32_t field_count;
	int32_t state_version; /* as in struct hub_schema */
};

struct hub_schema {
	const char *full_name; /* hub.referral.ReferralRequested */
	const char *name;      /* ReferralRequested */
	const char *doc;
	uint64_t fingerprint; /* CRC-64-AVRO of the Parsing Canonical Form */
	const char *json;     /* the self-contained schema text (every named type inside) */
	enum hub_head head;
	uint32_t head_count; /* the first so many fields are the head's */
	size_t size;         /* sizeof the struct */
	const struct hub_field *fields;
	uint32_t field_count;
	const void *defaults; /* a struct with every default filled in; NULL when there is none */
	const struct hub_version *versions; /* earlier ones, oldest first */
	uint32_t version_count;
	int32_t state_version; /* "hub.state_version" of what a daemon writes: partitions whose state is of an earlier
	                          version write an earlier form, or no such record (I-9) */
	/* The record straight, as generated (wire/straight.h): the place behind it; NULL when its bytes or its
	 * values are not of the usual form, or wrong. May be NULL themselves. */
	const unsigned char *(*get)(
	        const unsigned char *at, const unsigned char *end, void *record, struct hub_arena *arena);
	char *(*put)(char *at, const char *end, const void *record);
	const struct hub_schema
	        *today; /* of a nested record of an earlier version: whose struct and defaults; else NULL */
};

/* The symbol of a value; "?" for a number that has none. */
const char *hub_enum_symbol(const struct hub_enum *enumeration, uint32_t value);

/* The value of a symbol; false when there is no such symbol. */
bool hub_enum_value(const struct hub_enum *enumeration, struct hub_str symbol, uint32_t *ret_value);

/* The field of that name; NULL: none. */
const struct hub_field *hub_schema_field(const struct hub_schema *schema, struct hub_str name);

#endif
