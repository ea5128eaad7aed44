/* Chance from a seed, for the tests of this folder. */
#ifndef TEST_GATEWAY_DICE_H
#define TEST_GATEWAY_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Below n, n > 0. splitmix64. */
static inline uint32_t dice_below(struct dice *dice, uint32_t n)
{
	uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % n);
}

/* Once in n times. */
static inline bool dice_one_in(struct dice *dice, uint32_t n)
{
	return dice_below(dice, n) == 0;
}

#endif
