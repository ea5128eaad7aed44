#include "check.h"
#include "world.h"

#include <stdarg.h>
#include <stdlib.h>

enum { CHECK_LIMIT = 1 << 28 };

void check_failed(const struct world *world, const char *format, ...)
{
	char text[600];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	world_violated(world, text);
}

void check_init(struct check *check, struct world *world)
{
	*check = (struct check){ .world = world,
		.arena = hub_arena_new(CHECK_LIMIT),
		.capacity = hub_map_new(),
		.applied = hub_map_new() };
	for (int p = 0; p < PARTITIONS_MAX; p++)
		check->partitions[p] = (struct checked_partition){ .registry_version = -1,
			.facts = hub_map_new(),
			.fired = hub_map_new(),
			.ended = hub_map_new() };
}

void check_done(struct check *check)
{
	for (int p = 0; p < PARTITIONS_MAX; p++) {
		hub_map_free(check->partitions[p].facts);
		hub_map_free(check->partitions[p].fired);
		hub_map_free(check->partitions[p].ended);
		free(check->partitions[p].all);
	}
	hub_map_free(check->capacity);
	hub_map_free(check->applied);
	hub_arena_free(check->arena);
}
