#include "sample-county/draw.h"

#include "base/check.h"
#include "base/hash.h"

/* The finisher of splitmix64: FNV alone leaves the low bits of near names alike. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t bits(uint64_t seed, const char *what, struct hub_str about, uint32_t turn)
{
	uint64_t hash = hub_hash(HUB_HASH_START ^ mix(seed), hub_str_from(what));
	return mix(hub_hash(hash, about) + turn * UINT64_C(0x9e3779b97f4a7c15));
}

uint32_t sample_draw(uint64_t seed, const char *what, struct hub_str about, uint32_t turn, uint32_t n)
{
	hub_check(n > 0);
	return (uint32_t)(((bits(seed, what, about, turn) >> 32) * n) >> 32);
}

bool sample_chance(uint64_t seed, const char *what, struct hub_str about, uint32_t turn, uint32_t permille)
{
	return sample_draw(seed, what, about, turn, 1000) < permille;
}

int64_t sample_between(
        uint64_t seed, const char *what, struct hub_str about, uint32_t turn, int64_t from, int64_t to)
{
	hub_check(to >= from);
	return from + (int64_t)(bits(seed, what, about, turn) % (uint64_t)(to - from + 1));
}
