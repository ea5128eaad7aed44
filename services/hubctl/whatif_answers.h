/* Whose answer it is when another hospital is asked. Pure. */
#ifndef HUBCTL_WHATIF_ANSWERS_H
#define HUBCTL_WHATIF_ANSWERS_H

#include "hubctl/whatif.h"

/* The recorded answer of the hospital that was asked becomes the answer of the one that is asked now: the same words, the
 * same time, another name. What was refused stays as it was, and so does everything that others say. Changes *record. */
void hubctl_whatif_answer(const struct hub_table *table, const struct hubctl_whatif_step *step,
        const struct hub_schema *schema, void *record, struct hub_arena *arena);

#endif
