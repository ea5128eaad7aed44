/* Sessions that somebody logged out of, until they would have ended by themselves. A cookie is believed by its MAC alone, so
 * one that was copied before would live on. Of a fixed size: when a place is full the one that ends first makes room. Pure. */
#ifndef DASHBOARD_GATEWAY_AUTH_ENDED_H
#define DASHBOARD_GATEWAY_AUTH_ENDED_H

#include "dashboard-gateway/auth/cookie.h"

enum { GATEWAY_ENDED_PLACES = 1024, GATEWAY_ENDED_DEPTH = 8 };

struct gateway_ended {
	struct {
		unsigned char id[GATEWAY_COOKIE_ID_LEN];
		int64_t until_ms; /* 0: free */
	} items[GATEWAY_ENDED_PLACES][GATEWAY_ENDED_DEPTH];
};

void gateway_ended_add(
        struct gateway_ended *ended, const unsigned char id[GATEWAY_COOKIE_ID_LEN], int64_t until_ms);
bool gateway_ended_has(const struct gateway_ended *ended, const unsigned char id[GATEWAY_COOKIE_ID_LEN]);

#endif
