/* Keys of the router's hot state in Redis. Internal to feed/; pure. */
#ifndef DASHBOARD_GATEWAY_FEED_KEYS_H
#define DASHBOARD_GATEWAY_FEED_KEYS_H

#include "base/str.h"

/* The daemon whose hot state is read, and what its keys begin with. */
#define GATEWAY_ROUTER "referral-router"
#define GATEWAY_ROUTER_TAG "{" GATEWAY_ROUTER "."

/* "{referral-router.7}:referral:4711" to 7 and where the bare key begins; -1: not one of the keys that are rows. */
int32_t gateway_key_partition(struct hub_str key, uint32_t *ret_at);

#endif
