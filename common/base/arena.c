#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_MIN = 64 * 1024, CHUNK_MAX = 4 * 1024 * 1024, SPARE_MAX = 32 * 1024 * 1024, SHORT_TEXT = 256 };

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct hub_arena {
	struct chunk *head;  /* the chunk being filled */
	struct chunk *spare; /* of earlier rounds: fresh pages are dearer than memory */
	size_t limit;
	size_t used;
	bool exhausted;
};

struct hub_arena *hub_arena_new(size_t limit)
{
	struct hub_arena *arena = calloc(1, sizeof(*arena));
	if (arena)
		arena->limit = limit;
	return arena;
}

static void free_chunks(struct chunk *chunk)
{
	while (chunk) {
		struct chunk *next = chunk->next;
		free(chunk);
		chunk = next;
	}
}

void hub_arena_free(struct hub_arena *arena)
{
	if (!arena)
		return;
	free_chunks(arena->head);
	free_chunks(arena->spare);
	free(arena);
}

void hub_arena_reset(struct hub_arena *arena)
{
	while (arena->head) {
		struct chunk *chunk = arena->head;
		arena->head = chunk->next;
		chunk->next = arena->spare;
		chunk->used = 0;
		arena->spare = chunk;
	}
	arena->used = 0;
	arena->exhausted = false;
}

static struct chunk *add_chunk(struct hub_arena *arena, size_t size)
{
	size_t want = arena->head ? arena->head->size * 2 : CHUNK_MIN;
	if (want > CHUNK_MAX)
		want = CHUNK_MAX;
	if (want < size)
		want = size;
	struct chunk *chunk = arena->spare;
	if (chunk && chunk->size >= size) {
		arena->spare = chunk->next;
	} else {
		chunk = malloc(sizeof(*chunk) + want);
		if (!chunk)
			return NULL;
		chunk->size = want;
	}
	chunk->next = arena->head;
	chunk->used = 0;
	arena->head = chunk;
	return chunk;
}

/* Not zeroed. */
static void *take(struct hub_arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	if (size > arena->limit - arena->used) {
		arena->exhausted = true;
		return NULL;
	}
	size_t room = (size + align - 1) & ~(align - 1);
	struct chunk *chunk = arena->head;
	if (!chunk || chunk->size - chunk->used < room)
		chunk = add_chunk(arena, room);
	if (!chunk) {
		arena->exhausted = true;
		return NULL;
	}
	void *memory = chunk->bytes + chunk->used;
	chunk->used += room;
	arena->used += room < arena->limit - arena->used ? room : arena->limit - arena->used;
	return memory;
}

void *hub_arena_alloc(struct hub_arena *arena, size_t size)
{
	void *memory = take(arena, size);
	return memory ? memset(memory, 0, size) : NULL;
}

struct hub_str hub_arena_copy(struct hub_arena *arena, struct hub_str text)
{
	char *copy = text.len ? take(arena, text.len) : NULL;
	if (!copy)
		return (struct hub_str){ NULL, 0 };
	memcpy(copy, text.data, text.len);
	return (struct hub_str){ copy, text.len };
}

struct hub_str hub_arena_join(struct hub_arena *arena, struct hub_str a, struct hub_str b)
{
	char *text = a.len + b.len ? take(arena, (size_t)a.len + b.len) : NULL;
	if (!text)
		return (struct hub_str){ NULL, 0 };
	if (a.len)
		memcpy(text, a.data, a.len);
	if (b.len)
		memcpy(text + a.len, b.data, b.len);
	return (struct hub_str){ text, a.len + b.len };
}

struct hub_str hub_arena_printf(struct hub_arena *arena, const char *format, ...)
{
	char in_short[SHORT_TEXT];
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(in_short, sizeof(in_short), format, args);
	va_end(args);
	char *text = len < 0 ? NULL : hub_arena_alloc(arena, (size_t)len + 1);
	if (text && len < SHORT_TEXT)
		memcpy(text, in_short, (size_t)len);
	else if (text)
		(void)vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text ? (struct hub_str){ text, (uint32_t)len } : (struct hub_str){ NULL, 0 };
}

bool hub_arena_exhausted(const struct hub_arena *arena)
{
	return arena->exhausted;
}

size_t hub_arena_used(const struct hub_arena *arena)
{
	return arena->used;
}
