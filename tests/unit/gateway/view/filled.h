/* The world of the golden answers. */
#ifndef TESTS_GATEWAY_VIEW_FILLED_H
#define TESTS_GATEWAY_VIEW_FILLED_H

#include "world.h"

/* What nobody but a party may read stands in its records in these words. */
#define PSEUDONYM "p-7f3a9c"
#define SEALED "sealed-identity"
#define FREE_TEXT "free-text"

void world_fill(struct world *world);
/* The decisions about a referral, oldest first; valid until world_forget. */
const struct gateway_decision *world_story(const char *referral_id, uint32_t *ret_count);
void world_forget(void);

#endif
