/* What the generator writes. Files are written only when their text changed, so that a build redoes only what
 * depends on what really changed. */
#ifndef HUB_AVROGEN_EMIT_H
#define HUB_AVROGEN_EMIT_H

#include "avrogen/model.h"
#include "avrogen/topics.h"
#include "avrogen/versions.h"
#include "base/buf.h"

/* records/<snake>.h: struct or enum, and the array of it. */
void gen_emit_header(const struct gen_type *type, struct hub_buf *out);

/* records/<snake>.c: the tables that wire/schema.h describes. */
void gen_emit_tables(const struct gen_type *type, const struct gen_versions *versions,
        struct hub_arena *arena, struct hub_buf *out);

/* records/catalogue.h and .c: the sets of records and the topics. */
void gen_emit_catalogue_header(const struct gen_topics *topics, struct hub_buf *out);
void gen_emit_catalogue(const struct gen_topics *topics, const struct gen_versions_of *versions,
        struct hub_arena *arena, struct hub_buf *out);

/* One page (Markdown) of every topic and record. */
void gen_emit_doc(const struct gen_model *model, const struct gen_topics *topics, struct hub_buf *out);

/* For emitters: text as a C string literal, long ones in several lines. */
void gen_emit_literal(struct hub_buf *out, const char *text);

/* "HUB_TYPE_STRING" */
const char *gen_type_constant(enum hub_type type);

/* "long, timestamp-millis", "array of hub.common.Medication": for documentation and messages. */
void gen_emit_type_name(const struct gen_field *field, struct hub_buf *out);

/* One struct hub_field initialiser. target: the struct that has member, NULL: the field is read and
 * forgotten; nested: the C name of the field's own schema or enum without _schema or _enum. */
void gen_emit_field(const struct gen_field *field, const char *target, const char *member, const char *nested,
        struct hub_buf *out);

/* hub_<snake>_get and _put: the record's straight code. False: it needs something that has none. */
bool gen_emit_straight(const struct gen_type *type, struct hub_buf *out);

/* The earlier versions: their nested types, field tables and the array `versions`; how many there are. */
uint32_t gen_emit_versions(const struct gen_versions *versions, struct hub_arena *arena, struct hub_buf *out);

/* Writes text to file unless it holds it already. */
int gen_write(const char *file, const struct hub_buf *text, struct hub_error *reterr);

#endif
