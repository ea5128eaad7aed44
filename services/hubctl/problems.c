#include "hubctl/problems.h"

#include <stdarg.h>
#include <stdio.h>

void hubctl_problem_add(struct hubctl_problems *problems, const char *file, uint32_t line,
        struct hub_str path, const char *format, ...)
{
	if (problems->count++ >= HUBCTL_PROBLEMS_MAX)
		return;
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	problems->items[problems->count - 1] = (struct hubctl_problem){
		.file = file,
		.line = line,
		.path = hub_arena_copy(problems->arena, path),
		.text = hub_arena_copy(problems->arena, hub_str_from(text)),
	};
}

/* Insertion: at most HUBCTL_PROBLEMS_MAX, and stable. A file's name is one pointer for all its problems. */
void hubctl_problems_sort(struct hubctl_problems *problems)
{
	uint32_t kept = hubctl_problems_kept(problems);
	for (uint32_t i = 1; i < kept; i++) {
		struct hubctl_problem moved = problems->items[i];
		uint32_t to = i;
		while (to > 0 && problems->items[to - 1].file == moved.file &&
		        problems->items[to - 1].line > moved.line)
			to--;
		memmove(&problems->items[to + 1], &problems->items[to], (i - to) * sizeof(moved));
		problems->items[to] = moved;
	}
}

uint32_t hubctl_problems_kept(const struct hubctl_problems *problems)
{
	return problems->count < HUBCTL_PROBLEMS_MAX ? problems->count : HUBCTL_PROBLEMS_MAX;
}
