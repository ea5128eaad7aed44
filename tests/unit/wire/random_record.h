/* Random valid records of any schema, for tests that hold for every record: small ones mostly, now and then
 * one at its limits. Deterministic from its seed. */
#ifndef HUB_TESTS_RANDOM_RECORD_H
#define HUB_TESTS_RANDOM_RECORD_H

#include "base/arena.h"
#include "wire/schema.h"

struct random_source {
	uint64_t state;
};

uint64_t random_next(struct random_source *source);

/* Below n, n > 0. */
uint32_t random_below(struct random_source *source, uint32_t n);

/* Fills record (schema->size bytes). Strings have a NUL behind their length. */
void random_record(
        struct random_source *source, const struct hub_schema *schema, struct hub_arena *arena, void *record);

#endif
