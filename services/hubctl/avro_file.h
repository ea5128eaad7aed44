/* Avro object container files of one record type, through Avro C: what pandas, Spark and DuckDB read. */
#ifndef HUBCTL_AVRO_FILE_H
#define HUBCTL_AVRO_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "wire/schema.h"

struct hubctl_avro_writer;

/* A new file with codec deflate; the schema in its head is the record's own, as published. HUB_E_INVALID: there is such a
 * file already, or it cannot be written. */
int hubctl_avro_create(const char *path, const struct hub_schema *schema, struct hubctl_avro_writer **ret,
        struct hub_error *reterr);

/* One record. Errors as hub_record_encode, or HUB_E_INVALID when the file cannot be written. */
int hubctl_avro_append(struct hubctl_avro_writer *writer, const void *record, struct hub_error *reterr);

/* Ends the file; HUB_E_INVALID when that failed. Accepts NULL. */
int hubctl_avro_finish(struct hubctl_avro_writer *writer, struct hub_error *reterr);

struct hubctl_avro_reader;

/* An existing file; *ret_schema: the record type of its name that this program knows. HUB_E_NOT_FOUND: no such file;
 * HUB_E_INVALID: no container file, or of a record that is unknown or of another shape. */
int hubctl_avro_open(const char *path, struct hubctl_avro_reader **ret, const struct hub_schema **ret_schema,
        struct hub_error *reterr);

/* The next record in arena; *ret NULL: the end. HUB_E_INVALID: broken bytes, or a limit of the schema. */
int hubctl_avro_next(
        struct hubctl_avro_reader *reader, struct hub_arena *arena, void **ret, struct hub_error *reterr);

/* Accepts NULL. */
void hubctl_avro_close(struct hubctl_avro_reader *reader);

#endif
