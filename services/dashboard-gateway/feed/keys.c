#include "dashboard-gateway/feed/keys.h"

#include <stddef.h>

int32_t gateway_key_partition(struct hub_str key, uint32_t *ret_at)
{
	static const struct hub_str kinds[] = { HUB_STR("referral:"), HUB_STR("session:"), HUB_STR("beds:"),
		HUB_STR("foreign_hold:") };
	enum { DIGITS_MAX = 6 };
	const uint32_t first = sizeof(GATEWAY_ROUTER_TAG) - 1;
	uint32_t at = first;
	int32_t partition = 0;
	if (!hub_str_starts_with(key, HUB_STR(GATEWAY_ROUTER_TAG)))
		return -1;
	for (; at < key.len && key.data[at] >= '0' && key.data[at] <= '9' && at - first < DIGITS_MAX; at++)
		partition = partition * 10 + (key.data[at] - '0');
	if (at == first || at + 2 > key.len || key.data[at] != '}' || key.data[at + 1] != ':')
		return -1;
	*ret_at = at + 2;
	const struct hub_str bare = { key.data + at + 2, key.len - at - 2 };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (hub_str_starts_with(bare, kinds[i]))
			return partition;
	return -1;
}
