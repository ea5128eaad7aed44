#include "dashboard-gateway/auth/backoff.h"

#include <arpa/inet.h>
#include <sodium.h>

_Static_assert((int)GATEWAY_BACKOFF_KEY_LEN == (int)crypto_shorthash_KEYBYTES, "a key of crypto_shorthash");

static uint32_t place_of(const struct gateway_backoff *backoff, const void *bytes, size_t len)
{
	unsigned char hash[crypto_shorthash_BYTES];
	crypto_shorthash(hash, bytes, len, backoff->key);
	return ((uint32_t)hash[0] << 8 | hash[1]) % GATEWAY_BACKOFF_PLACES;
}

static struct gateway_tries *of_user(struct gateway_backoff *backoff, struct hub_str user)
{
	return &backoff->users[place_of(backoff, user.len ? user.data : "", user.len)];
}

/* A household has a /64 of IPv6, and IPv4 written as IPv6 is IPv4. */
static struct gateway_tries *of_address(struct gateway_backoff *backoff, struct hub_str address)
{
	enum { V6_LEN = 16, V4_LEN = 4, NETWORK_LEN = 8, MAPPED = V6_LEN - V4_LEN };
	static const unsigned char mapped[MAPPED] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[V6_LEN];
	if (address.len > 0 && address.len < sizeof(text)) {
		memcpy(text, address.data, address.len);
		text[address.len] = 0;
		bool v6 = inet_pton(AF_INET6, text, bytes) == 1;
		if (v6 && memcmp(bytes, mapped, MAPPED) == 0)
			return &backoff->addresses[place_of(backoff, bytes + MAPPED, V4_LEN)];
		if (v6)
			return &backoff->addresses[place_of(backoff, bytes, NETWORK_LEN)];
		if (inet_pton(AF_INET, text, bytes) == 1)
			return &backoff->addresses[place_of(backoff, bytes, V4_LEN)];
	}
	return &backoff->addresses[place_of(backoff, address.len ? address.data : "", address.len)];
}

/* A second after the last free one, then twice as long each time. */
static int64_t pause_after(uint32_t wrong, uint32_t free_tries)
{
	enum { FIRST_MS = 1000, MOST_DOUBLED = 6 };
	if (wrong < free_tries)
		return 0;
	uint32_t doubled = wrong - free_tries;
	int64_t ms = doubled < MOST_DOUBLED ? (int64_t)FIRST_MS << doubled : GATEWAY_BACKOFF_MOST_MS;
	return ms < GATEWAY_BACKOFF_MOST_MS ? ms : GATEWAY_BACKOFF_MOST_MS;
}

static int64_t wait_of(struct gateway_tries *tries, uint32_t free_tries, int64_t now_ms)
{
	if (now_ms - tries->last_ms >= GATEWAY_BACKOFF_FORGET_MS)
		tries->wrong = 0;
	int64_t left = tries->last_ms + pause_after(tries->wrong, free_tries) - now_ms;
	return tries->wrong && left > 0 ? left : 0;
}

static void count(struct gateway_tries *tries, int64_t now_ms)
{
	tries->wrong++;
	tries->last_ms = now_ms;
}

int64_t gateway_backoff_try(
        struct gateway_backoff *backoff, struct hub_str user, struct hub_str address, int64_t now_ms)
{
	struct gateway_tries *by_user = of_user(backoff, user), *by_address = of_address(backoff, address);
	int64_t user_ms = wait_of(by_user, GATEWAY_BACKOFF_USER_FREE, now_ms);
	int64_t address_ms = wait_of(by_address, GATEWAY_BACKOFF_ADDRESS_FREE, now_ms);
	if (user_ms || address_ms)
		return user_ms > address_ms ? user_ms : address_ms;
	count(by_user, now_ms);
	count(by_address, now_ms);
	return 0;
}

void gateway_backoff_right(struct gateway_backoff *backoff, struct hub_str user, struct hub_str address)
{
	struct gateway_tries *by_address = of_address(backoff, address);
	of_user(backoff, user)->wrong = 0;
	if (by_address->wrong)
		by_address->wrong--;
}
