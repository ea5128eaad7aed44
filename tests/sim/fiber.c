#include "fiber.h"

#include "base/check.h"

#include <stdlib.h>
#include <ucontext.h>

enum { STACK = 256 * 1024 };

struct fiber {
	ucontext_t own, back;
	void (*run)(void *user);
	void *user;
	void *stack;
	bool done;
};

/* makecontext hands over ints only. */
static void enter(unsigned high, unsigned low)
{
	struct fiber *fiber = (struct fiber *)(((uintptr_t)high << 32) | low);
	fiber->run(fiber->user);
	fiber->done = true;
	swapcontext(&fiber->own, &fiber->back);
}

struct fiber *fiber_new(void (*run)(void *user), void *user)
{
	struct fiber *fiber = calloc(1, sizeof(*fiber));
	hub_check(fiber != NULL);
	fiber->run = run;
	fiber->user = user;
	fiber->stack = malloc(STACK);
	hub_check(fiber->stack != NULL && getcontext(&fiber->own) == 0);
	fiber->own.uc_stack.ss_sp = fiber->stack;
	fiber->own.uc_stack.ss_size = STACK;
	makecontext(&fiber->own, (void (*)(void))enter, 2, (unsigned)((uintptr_t)fiber >> 32),
	        (unsigned)(uintptr_t)fiber);
	return fiber;
}

void fiber_free(struct fiber *fiber)
{
	if (!fiber)
		return;
	free(fiber->stack);
	free(fiber);
}

void fiber_resume(struct fiber *fiber)
{
	hub_check(!fiber->done);
	swapcontext(&fiber->back, &fiber->own);
}

void fiber_yield(struct fiber *fiber)
{
	swapcontext(&fiber->own, &fiber->back);
}

bool fiber_is_done(const struct fiber *fiber)
{
	return fiber->done;
}
