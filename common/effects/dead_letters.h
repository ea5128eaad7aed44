/* The reasons for which an input cannot be decided (I-6). All of them in dead_letters.def. Pure. */
#ifndef HUB_EFFECTS_DEAD_LETTERS_H
#define HUB_EFFECTS_DEAD_LETTERS_H

#include "base/str.h"

/* Texts are static. */
struct hub_dead_letter_reason {
	const char *reason;  /* as in the header hub_dlq_reason */
	const char *meaning; /* for a person */
	const char *remedy;
};

/* The row of a reason, or NULL. */
const struct hub_dead_letter_reason *hub_dead_letter_reason(struct hub_str reason);

#endif
