/* Coroutines. One runs until it yields; whoever resumed it goes on then. */
#ifndef SIM_FIBER_H
#define SIM_FIBER_H

#include <stdbool.h>
#include <stdint.h>

struct fiber;

struct fiber *fiber_new(void (*run)(void *user), void *user);
/* Only one that is done, or has never run. Accepts NULL. */
void fiber_free(struct fiber *fiber);

void fiber_resume(struct fiber *fiber);
void fiber_yield(struct fiber *fiber); /* from inside it */
bool fiber_is_done(const struct fiber *fiber);

#endif
