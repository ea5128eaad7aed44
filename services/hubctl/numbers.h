/* A hash table from a number (usually hub_hash of an id) to one pointer or only to its presence: 16 bytes an entry
 * at most twice, so that millions of ids fit. Two ids with the same 64-bit hash are taken for one: among ten
 * million the chance that it happens at all is one in 400,000. Pure. */
#ifndef HUBCTL_NUMBERS_H
#define HUBCTL_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hubctl_number {
	uint64_t key; /* 0: free */
	uint64_t value;
};

struct hubctl_numbers {
	struct hubctl_number *entries;
	size_t count, room; /* room: a power of two, or 0 */
};

/* In place; {0} is an empty one. */
void hubctl_numbers_done(struct hubctl_numbers *numbers);

/* The value of key, added as 0 if need be (*ret_new says so); valid until the next call. NULL: out of memory. */
uint64_t *hubctl_numbers_at(struct hubctl_numbers *numbers, uint64_t key, bool *ret_new);

#endif
