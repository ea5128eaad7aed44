/* Fields of records by name, whatever the record: what references, dates and summaries need. Pure. */
#ifndef HUBCTL_FIELDS_H
#define HUBCTL_FIELDS_H

#include "wire/schema.h"

/* The texts that a field of string or array of string holds: *ret (borrowed from record), their count; 0 for
 * a null and for any other type. */
uint32_t hubctl_field_texts(const struct hub_field *field, const void *record, const struct hub_str **ret);

/* The text of field name; empty when there is none. */
struct hub_str hubctl_text_of(const struct hub_schema *schema, const void *record, const char *name);

/* The long of field name (a timestamp); fallback when there is none or it is null. */
int64_t hubctl_long_of(
        const struct hub_schema *schema, const void *record, const char *name, int64_t fallback);

/* The symbol of enum field name; empty when there is none or it is null. */
struct hub_str hubctl_symbol_of(const struct hub_schema *schema, const void *record, const char *name);

#endif
