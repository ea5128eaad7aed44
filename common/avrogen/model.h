/* The schemas of schemas/ as the generator sees them: every named type with its fields resolved. JSON is read
 * with jansson, since Avro C's schema API drops defaults, docs, logical types and our own attributes; Avro C
 * then validates the self-contained form of each type. */
#ifndef HUB_AVROGEN_MODEL_H
#define HUB_AVROGEN_MODEL_H

#include "base/arena.h"
#include "base/error.h"
#include "wire/schema.h"

#include <jansson.h>

struct gen_type;

struct gen_field {
	const char *name;
	const char *member; /* in C: "head.event_id" */
	const char *doc;
	enum hub_type type;
	enum hub_type item_type;
	bool nullable;
	bool personal;
	bool steers;
	bool timestamp;
	uint32_t limit;
	uint32_t item_limit;
	const json_t *json;           /* the field as written */
	const json_t *default_value;  /* NULL: none */
	const struct gen_type *named; /* of the field or its items */
};

/* A record whose fields another record begins with, flat on the wire, one member in C. */
struct gen_part {
	const struct gen_type *type;
	const char *member;
};

enum gen_mark { GEN_UNRESOLVED, GEN_RESOLVING, GEN_RESOLVED };

struct gen_type {
	const char *full_name;
	const char *space;
	const char *name;
	const char *snake;
	const char *upper;
	const char *doc;
	const char *file;
	const json_t *json;
	bool is_enum;
	const char **symbols;
	uint32_t symbol_count;
	enum hub_head head;
	int state_version; /* of a state record: from which version of the state on this form is written (I-9) */
	struct gen_part parts[2];
	uint32_t part_count;
	struct gen_field *fields; /* on the wire: those of the parts first */
	uint32_t field_count;
	uint32_t own_field; /* index of the first field that is no part's */
	enum gen_mark mark;
};

struct gen_model {
	struct hub_arena *arena;
	json_t *documents; /* array: keeps what the types borrow */
	struct gen_type **types;
	uint32_t count;
	uint32_t room;
};

int gen_model_init(struct gen_model *model, struct hub_error *reterr);
void gen_model_done(struct gen_model *model);

/* Every schemas/<domain>/<Name>.avsc under folder (history/ left out), sorted by full name, resolved and
 * validated. */
int gen_model_load(struct gen_model *model, const char *folder, struct hub_error *reterr);

/* One self-contained schema, as in schemas/history: named types inline. */
int gen_model_load_version(struct gen_model *model, const char *file, const struct gen_type **ret_type,
        struct hub_error *reterr);

/* NULL when absent. */
const struct gen_type *gen_model_find(const struct gen_model *model, const char *full_name);

/* Resolves references, parts, defaults of one type (and of those that it uses). */
int gen_resolve(struct gen_model *model, struct gen_type *type, struct hub_error *reterr);

/* Adds a type from its definition; the name must be new. */
int gen_model_define(struct gen_model *model, const json_t *json, const char *file,
        struct gen_type **ret_type, struct hub_error *reterr);

/* The field named name; NULL when absent. */
const struct gen_field *gen_field_find(const struct gen_type *type, const char *name);

/* The self-contained schema: every named type inside where it is first used. A new reference. */
json_t *gen_self_contained(const struct gen_type *type);

/* Parsing Canonical Form, in arena, and its CRC-64-AVRO. */
struct hub_str gen_canonical(const struct gen_type *type, struct hub_arena *arena);
uint64_t gen_fingerprint(const struct gen_type *type, struct hub_arena *arena);

/* Avro C's opinion of the self-contained form. */
int gen_validate(const struct gen_type *type, struct hub_error *reterr);

/* Reads a JSON file; the error names line and column. A new reference. */
int gen_read_json(const char *file, json_t **ret_json, struct hub_error *reterr);

/* For lists built while walking: file names of folder that end so, sorted; NULL-terminated, in arena. */
int gen_list_folder(struct hub_arena *arena, const char *folder, const char *ending, char ***ret_names,
        uint32_t *ret_count, struct hub_error *reterr);

#endif
