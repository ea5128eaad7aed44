/* One connection to Redis on the loop: made, lost and made again by itself, with a growing pause and some chance in it, so that
 * many gateways do not come back at one moment.
 *
 * hiredis 0.14 has no time-outs when it is asynchronous: nothing that was sent for redis.timeout_ms without any answer ends the
 * connection here. Its output has no limit either: nobody here sends anything while an answer to the same question is awaited.
 * Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_REDIS_LINK_H
#define DASHBOARD_GATEWAY_FEED_REDIS_LINK_H

#include "redis/redis.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

struct gateway_feed;
struct gateway_redis;

/* Called whenever the connection is there, or was lost or could not be made. */
typedef void gateway_redis_fn(void *user, bool up);

/* reply is borrowed for the call; NULL: the connection was lost, the outcome is not known. */
typedef void gateway_reply_fn(void *user, const redisReply *reply);

/* Copies options; begins to connect. HUB_E_INVALID: the address, or TLS is not to be had. */
int gateway_redis_new(struct gateway_feed *feed, const struct hub_redis_options *options,
        gateway_redis_fn *told, void *user, struct gateway_redis **ret, struct hub_error *reterr);
/* Answers every call with NULL; tells nobody. Accepts NULL. */
void gateway_redis_free(struct gateway_redis *redis);

bool gateway_redis_up(const struct gateway_redis *redis);

/* One command of words. fn is called once, with user; NULL: its answer is not looked at. Only while it is up. */
void gateway_redis_send(struct gateway_redis *redis, uint32_t count, const struct hub_str *words,
        gateway_reply_fn *fn, void *user);

#endif
