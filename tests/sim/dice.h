/* Chance. A seed is all there is: every stream of draws is made from it and a name, so that taking one thing out of a
 * run does not change what the others draw. */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* splitmix64 */
static inline uint64_t dice_mix(uint64_t x)
{
	x += UINT64_C(0x9E3779B97F4A7C15);
	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

static inline struct dice dice_of(uint64_t seed, uint64_t stream)
{
	return (struct dice){ dice_mix(seed ^ dice_mix(stream)) };
}

static inline uint64_t dice_next(struct dice *dice)
{
	dice->state += UINT64_C(0x9E3779B97F4A7C15);
	return dice_mix(dice->state);
}

/* 0 .. sides - 1 */
static inline uint32_t roll(struct dice *dice, uint32_t sides)
{
	return (uint32_t)((dice_next(dice) >> 32) * sides >> 32);
}

static inline bool one_in(struct dice *dice, uint32_t sides)
{
	return roll(dice, sides) == 0;
}

#endif
