#include "dashboard-gateway/http/limits.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>

enum { SETS = 4096, WAYS = 4 };

struct bucket {
	uint64_t who; /* 0: free */
	int64_t used_ms;
	double tokens;
};

struct gateway_limits {
	struct gateway_limits_options options;
	struct bucket sets[SETS][WAYS];
};

struct gateway_limits *gateway_limits_new(const struct gateway_limits_options *options)
{
	struct gateway_limits *limits = calloc(1, sizeof(*limits));
	hub_check(limits && options->burst && options->window_ms);
	limits->options = *options;
	return limits;
}

void gateway_limits_free(struct gateway_limits *limits)
{
	free(limits);
}

/* The bits of FNV's last byte lie low: mix them. */
static uint64_t hash_of(uint64_t seed, struct hub_str address, struct hub_str user)
{
	uint64_t hash = hub_hash(hub_hash(hub_hash(HUB_HASH_START ^ seed, address), HUB_STR("\n")), user);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	return hash ? hash : 1;
}

static struct bucket *bucket_of(struct gateway_limits *limits, uint64_t who, int64_t now_ms)
{
	struct bucket *set = limits->sets[who % SETS], *oldest = set;
	for (int i = 0; i < WAYS; i++) {
		if (set[i].who == who)
			return &set[i];
		if (oldest->who && (!set[i].who || set[i].used_ms < oldest->used_ms))
			oldest = &set[i];
	}
	*oldest = (struct bucket){ who, now_ms, limits->options.burst };
	return oldest;
}

uint32_t gateway_limits_take(
        struct gateway_limits *limits, struct hub_str address, struct hub_str user, int64_t now_ms)
{
	double each_ms = (double)limits->options.burst / limits->options.window_ms;
	struct bucket *bucket = bucket_of(limits, hash_of(limits->options.seed, address, user), now_ms);
	bucket->tokens += (double)(now_ms - bucket->used_ms) * each_ms;
	if (bucket->tokens > limits->options.burst)
		bucket->tokens = limits->options.burst;
	bucket->used_ms = now_ms;
	if (bucket->tokens < 1)
		return (uint32_t)((1 - bucket->tokens) / each_ms) + 1;
	bucket->tokens -= 1;
	return 0;
}
