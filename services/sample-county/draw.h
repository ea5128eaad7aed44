/* Chance that depends on a seed and a name, never on the order of the draws: the same seed gives the same
 * day, whatever the hub answers first. Pure. */
#ifndef SAMPLE_COUNTY_DRAW_H
#define SAMPLE_COUNTY_DRAW_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* A number from 0 to n - 1 (n > 0), evenly, for (seed, what, about, turn). */
uint32_t sample_draw(uint64_t seed, const char *what, struct hub_str about, uint32_t turn, uint32_t n);

/* True in `permille` of 1,000 cases. */
bool sample_chance(uint64_t seed, const char *what, struct hub_str about, uint32_t turn, uint32_t permille);

/* Evenly between two numbers, both included. */
int64_t sample_between(
        uint64_t seed, const char *what, struct hub_str about, uint32_t turn, int64_t from, int64_t to);

#endif
