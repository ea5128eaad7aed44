/* Keys that SCAN names in Redis, where anybody may have written any: what is taken for a row's key is that of a partition, and the
 * bare key lies within. */
#include "take.h"

#include "base/check.h"
#include "dashboard-gateway/feed/keys.h"

#include <stdio.h>

enum { PARTITIONS_MAX = 1000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hub_str key = { (const char *)data, (uint32_t)size };
	char begin[64];
	uint32_t at = UINT32_MAX;
	int32_t partition = gateway_key_partition(key, &at);
	if (partition < 0) {
		hub_check(partition == -1);
		return 0;
	}
	hub_check(partition < PARTITIONS_MAX && at < key.len);
	int len = snprintf(begin, sizeof(begin), GATEWAY_ROUTER_TAG);
	hub_check(hub_str_starts_with(key, (struct hub_str){ begin, (uint32_t)len }));
	hub_check(key.data[at - 1] == ':' && key.data[at - 2] == '}');
	hub_check(memchr("rsbf", key.data[at], 4) != NULL);
	return 0;
}
