#include "referral-router/due.h"

struct hub_due_timer *referral_due_find(const struct hub_due_timer_array *timers, const char *name)
{
	for (uint32_t i = 0; i < timers->count; i++) {
		if (hub_str_is(timers->items[i].name, name))
			return &timers->items[i];
	}
	return NULL;
}

void referral_due_set(
        struct hub_arena *arena, struct hub_due_timer_array *timers, const char *name, int64_t due_at_ms)
{
	struct hub_due_timer *timer = referral_due_find(timers, name);
	if (!timer) {
		struct hub_due_timer *items = hub_arena_alloc(arena, (timers->count + 1) * sizeof(*items));
		if (!items)
			return;
		if (timers->count)
			memcpy(items, timers->items, timers->count * sizeof(*items));
		timers->items = items;
		timer = &items[timers->count++];
	}
	*timer =
	        (struct hub_due_timer){ .name = hub_str_from(name), .due_at = due_at_ms, .since = due_at_ms };
}

void referral_due_again(struct hub_due_timer *timer, int64_t due_at_ms)
{
	timer->due_at = due_at_ms;
	timer->times++;
}

void referral_due_clear(struct hub_due_timer_array *timers, const char *name)
{
	struct hub_due_timer *timer = referral_due_find(timers, name);
	if (timer)
		*timer = timers->items[--timers->count];
}

/* The order in which the table fires them. */
static bool is_before(const struct hub_due_timer *timer, const struct hub_due_timer *other)
{
	if (timer->due_at != other->due_at)
		return timer->due_at < other->due_at;
	return hub_str_cmp(timer->name, other->name) < 0;
}

const struct hub_due_timer *referral_due_next(const struct hub_due_timer_array *timers)
{
	const struct hub_due_timer *next = NULL;
	for (uint32_t i = 0; i < timers->count; i++) {
		if (!next || is_before(&timers->items[i], next))
			next = &timers->items[i];
	}
	return next;
}
