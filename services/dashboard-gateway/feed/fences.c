#include "dashboard-gateway/feed/fences.h"

#include "base/check.h"
#include "dashboard-gateway/feed/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_MAX = 48 };

struct reading {
	struct gateway_feed *feed;
	gateway_fences_fn *fn;
	void *user;
	int32_t count;
};

void gateway_fences_ask(struct gateway_redis *redis, int32_t count, gateway_reply_fn *fn, void *user)
{
	struct hub_str *words = calloc((size_t)count + 1, sizeof(*words));
	char(*keys)[KEY_MAX] = calloc((size_t)count + 1, sizeof(*keys));
	hub_check(words && keys);
	words[0] = HUB_STR("MGET");
	for (int32_t i = 0; i < count; i++) {
		int len = snprintf(keys[i], sizeof(keys[i]), GATEWAY_ROUTER_TAG "%" PRId32 "}:fence", i);
		words[i + 1] = (struct hub_str){ keys[i], (uint32_t)len };
	}
	gateway_redis_send(redis, (uint32_t)count + 1, words, fn, user);
	free(keys);
	free(words);
}

struct gateway_fence gateway_fence_of(const redisReply *mget, int32_t i)
{
	const redisReply *text =
	        mget->type == REDIS_REPLY_ARRAY && (size_t)i < mget->elements ? mget->element[i] : NULL;
	struct hub_str found = { NULL, 0 };
	if (text && text->type == REDIS_REPLY_STRING)
		found = (struct hub_str){ text->str, (uint32_t)text->len };
	return gateway_fence_parse(found);
}

static void on_fences(void *user, const redisReply *reply)
{
	struct reading *reading = user;
	struct gateway_fence *fences = NULL;
	if (reply) {
		fences = calloc((size_t)reading->count + 1, sizeof(*fences));
		hub_check(fences);
		for (int32_t i = 0; i < reading->count; i++)
			fences[i] = gateway_fence_of(reply, i);
	}
	if (!reading->feed->closing)
		reading->fn(reading->user, fences, reading->count);
	free(fences);
	free(reading);
}

void gateway_fences_read(struct gateway_feed *feed, int32_t count, gateway_fences_fn *fn, void *user)
{
	struct reading *reading = malloc(sizeof(*reading));
	hub_check(reading);
	*reading = (struct reading){ feed, fn, user, count };
	gateway_fences_ask(feed->redis, count, on_fences, reading);
}
