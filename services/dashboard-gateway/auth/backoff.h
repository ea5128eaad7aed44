/* How long somebody has to wait after wrong passwords: each user's name (whether there is such a user or not) and each
 * address is counted. The first few tries are free; then a try has to wait twice as long as the one before, up to a minute: a
 * guesser gets some 1,400 a day, a person who mistypes hardly notices, and nobody can lock a desk out for good.
 * Of a fixed size: names that share a place wait together. Pure: time comes with the call, and so does the key. */
#ifndef DASHBOARD_GATEWAY_AUTH_BACKOFF_H
#define DASHBOARD_GATEWAY_AUTH_BACKOFF_H

#include "base/str.h"

enum { GATEWAY_BACKOFF_PLACES = 4096, GATEWAY_BACKOFF_KEY_LEN = 16 };
enum { GATEWAY_BACKOFF_USER_FREE = 5, GATEWAY_BACKOFF_ADDRESS_FREE = 20 };
enum { GATEWAY_BACKOFF_MOST_MS = 60 * 1000, GATEWAY_BACKOFF_FORGET_MS = 15 * 60 * 1000 };

struct gateway_tries {
	uint32_t wrong;
	int64_t last_ms;
};

struct gateway_backoff {
	unsigned char key[GATEWAY_BACKOFF_KEY_LEN]; /* random: nobody can choose names that share a place */
	struct gateway_tries users[GATEWAY_BACKOFF_PLACES];
	struct gateway_tries addresses[GATEWAY_BACKOFF_PLACES];
};

/* 0: a try may be made, and is counted as wrong until gateway_backoff_right takes it back (so tries side by side count,
 * too); otherwise the milliseconds to wait, and nothing is counted. now_ms never falls. */
int64_t gateway_backoff_try(
        struct gateway_backoff *backoff, struct hub_str user, struct hub_str address, int64_t now_ms);

/* The password was right: the user's count begins anew, the address has one wrong try less (whoever has one password
 * may not try others without end). */
void gateway_backoff_right(struct gateway_backoff *backoff, struct hub_str user, struct hub_str address);

#endif
