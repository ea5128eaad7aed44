/* The fences of all partitions, as they stand in Redis. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_FENCES_H
#define DASHBOARD_GATEWAY_FEED_FENCES_H

#include "dashboard-gateway/feed/keys.h"
#include "dashboard-gateway/feed/redis_link.h"
#include "dashboard-gateway/hot/join.h"

/* fences: by partition, borrowed for the call; NULL: Redis was lost meanwhile. */
typedef void gateway_fences_fn(void *user, const struct gateway_fence *fences, int32_t count);

/* Only while Redis is up. Answers later, once, unless the feed ends before. */
void gateway_fences_read(struct gateway_feed *feed, int32_t count, gateway_fences_fn *fn, void *user);

/* Sends the MGET of count fences, by partition. */
void gateway_fences_ask(struct gateway_redis *redis, int32_t count, gateway_reply_fn *fn, void *user);
/* The i-th fence of its answer; not live when there is none, or it is no text. */
struct gateway_fence gateway_fence_of(const redisReply *mget, int32_t i);

#endif
