/* Records for those who may not know whose they are. Pure. */
#ifndef HUBCTL_PERSONAL_H
#define HUBCTL_PERSONAL_H

#include "wire/schema.h"

/* Empties every field marked "hub.personal" of *record (schema->size bytes), also inside of it: null where that may be,
 * else "", no items, 0. Strings are only let go of, arrays of records are changed in place. */
void hubctl_blank_personal(const struct hub_schema *schema, void *record);

#endif
