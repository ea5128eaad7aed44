/* The address of a host's name, without making the loop wait. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_RESOLVE_H
#define DASHBOARD_GATEWAY_FEED_RESOLVE_H

#include <stdbool.h>

struct gateway_helper;

/* It is no name, but an IPv4 or IPv6 address. */
bool gateway_is_address(const char *host);

/* Calls fn on the loop with the first address as text, NULL: there is none; not at all when the helper ends before. */
void gateway_resolve(struct gateway_helper *helper, const char *name,
        void (*fn)(void *user, const char *host), void *user);

#endif
