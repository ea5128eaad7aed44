/* On x86-64 a switch is a dozen instructions here: swapcontext of the library asks the kernel for the signal mask each
 * time, which was a quarter of a run. */
#include "fiber.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK = 256 * 1024 };

#ifdef __x86_64__

/* Keeps what a call must keep, then goes on from the other stack. */
void fiber_switch(void **keep_here, void *go_on_from);
__asm__(".text\n"
        ".globl fiber_switch\n"
        ".type fiber_switch, @function\n"
        "fiber_switch:\n"
        "	pushq %rbp\n"
        "	pushq %rbx\n"
        "	pushq %r12\n"
        "	pushq %r13\n"
        "	pushq %r14\n"
        "	pushq %r15\n"
        "	movq %rsp, (%rdi)\n"
        "	movq %rsi, %rsp\n"
        "	popq %r15\n"
        "	popq %r14\n"
        "	popq %r13\n"
        "	popq %r12\n"
        "	popq %rbx\n"
        "	popq %rbp\n"
        "	ret\n"
        ".size fiber_switch, . - fiber_switch\n");

struct place {
	void *stack_pointer;
};

static void go(struct place *from, const struct place *to)
{
	fiber_switch(&from->stack_pointer, to->stack_pointer);
}

/* Six registers, then the address that the first switch returns to; the stack as after a call. */
static void place_begin(struct place *place, char *stack, void (*run)(void))
{
	void **top = (void **)(void *)(stack + STACK - 16);
	*--top = NULL;
	*--top = (void *)run;
	top -= 6;
	memset(top, 0, 6 * sizeof(void *));
	place->stack_pointer = top;
}

#else

struct place {
	ucontext_t context;
};

static void go(struct place *from, const struct place *to)
{
	swapcontext(&from->context, &to->context);
}

static void place_begin(struct place *place, char *stack, void (*run)(void))
{
	hub_check(getcontext(&place->context) == 0);
	place->context.uc_stack.ss_sp = stack;
	place->context.uc_stack.ss_size = STACK;
	makecontext(&place->context, run, 0);
}

#endif

struct fiber {
	struct place own, back;
	void (*run)(void *user);
	void *user;
	char *stack;
	bool done;
};

static struct fiber *beginning;

static void enter(void)
{
	struct fiber *fiber = beginning;
	fiber->run(fiber->user);
	fiber->done = true;
	go(&fiber->own, &fiber->back);
}

struct fiber *fiber_new(void (*run)(void *user), void *user)
{
	struct fiber *fiber = calloc(1, sizeof(*fiber));
	hub_check(fiber != NULL);
	fiber->run = run;
	fiber->user = user;
	fiber->stack = malloc(STACK);
	hub_check(fiber->stack != NULL);
	place_begin(&fiber->own, fiber->stack, enter);
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
	beginning = fiber;
	go(&fiber->back, &fiber->own);
}

void fiber_yield(struct fiber *fiber)
{
	go(&fiber->own, &fiber->back);
}

bool fiber_is_done(const struct fiber *fiber)
{
	return fiber->done;
}
