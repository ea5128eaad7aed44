/* Whose answer it is when another hospital is asked, and when. What the hospital that was asked said becomes what the one
 * that is asked now says: the same words under another name. While nobody is asked it is kept, and said as soon as somebody
 * is. What was refused stays as it was, and so does everything that others say. Pure. */
#ifndef HUBCTL_WHATIF_ANSWERS_H
#define HUBCTL_WHATIF_ANSWERS_H

#include "hubctl/whatif.h"

struct hubctl_answers;

/* NULL when memory is out. */
struct hubctl_answers *hubctl_answers_new(void);
void hubctl_answers_free(struct hubctl_answers *answers); /* accepts NULL */

/* hubctl_whatif_options.adapt. */
bool hubctl_answers_adapt(struct hubctl_answers *answers, const struct hub_table *table,
        const struct hubctl_whatif_step *step, const struct hubctl_whatif_input *input,
        struct hub_arena *arena);

/* Each decision of the other policy. */
void hubctl_answers_decided(
        struct hubctl_answers *answers, const struct hub_schema *schema, const void *record);

/* hubctl_whatif_options.resume. */
bool hubctl_answers_resume(struct hubctl_answers *answers, struct hubctl_whatif_input *ret);

#endif
