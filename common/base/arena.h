/* Memory with one life: everything allocated since the last reset goes at once. Used for one batch (runtime)
 * or one command (tools). Passing the limit is sticky: the allocation returns NULL, hub_arena_exhausted()
 * stays true until the reset, and the owner checks it once at the end. */
#ifndef HUB_BASE_ARENA_H
#define HUB_BASE_ARENA_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct hub_arena;

/* limit: the most bytes that may be allocated between two resets. NULL when memory is out. */
struct hub_arena *hub_arena_new(size_t limit);

/* Accepts NULL. */
void hub_arena_free(struct hub_arena *arena);

/* Forgets every allocation; keeps some memory for the next round; clears exhaustion. */
void hub_arena_reset(struct hub_arena *arena);

/* Zeroed, aligned for any type. NULL only when past the limit or out of memory (then the arena is exhausted).
 */
void *hub_arena_alloc(struct hub_arena *arena, size_t size);

/* A copy of text that the arena owns; the empty slice when exhausted. */
struct hub_str hub_arena_copy(struct hub_arena *arena, struct hub_str text);

/* a and b, one after the other; the empty slice when exhausted. */
struct hub_str hub_arena_join(struct hub_arena *arena, struct hub_str a, struct hub_str b);

/* printf into the arena; the empty slice when exhausted. The text is NUL-terminated behind its length. */
struct hub_str hub_arena_printf(struct hub_arena *arena, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

bool hub_arena_exhausted(const struct hub_arena *arena);

/* Bytes handed out since the last reset. */
size_t hub_arena_used(const struct hub_arena *arena);

#endif
