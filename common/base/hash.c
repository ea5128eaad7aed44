#include "base/hash.h"

uint64_t hub_hash(uint64_t seed, struct hub_str bytes)
{
	uint64_t hash = seed;
	for (uint32_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.data[i]) * UINT64_C(1099511628211);
	return hash;
}

uint64_t hub_crc64_avro(struct hub_str bytes)
{
	const uint64_t empty = UINT64_C(0xc15d213aa4d7a795);
	uint64_t crc = empty;
	for (uint32_t i = 0; i < bytes.len; i++) {
		uint64_t entry = (crc ^ (unsigned char)bytes.data[i]) & 0xff;
		for (int bit = 0; bit < 8; bit++)
			entry = (entry >> 1) ^ (empty & (0 - (entry & 1)));
		crc = (crc >> 8) ^ entry;
	}
	return crc;
}

static uint32_t load_le32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint32_t hub_murmur2(struct hub_str bytes)
{
	const uint32_t m = 0x5bd1e995;
	const unsigned char *at = (const unsigned char *)bytes.data;
	uint32_t left = bytes.len;
	uint32_t hash = 0x9747b28c ^ left;
	for (; left >= 4; at += 4, left -= 4) {
		uint32_t k = load_le32(at) * m;
		hash = hash * m ^ (k ^ k >> 24) * m;
	}
	if (left == 3)
		hash ^= (uint32_t)at[2] << 16;
	if (left >= 2)
		hash ^= (uint32_t)at[1] << 8;
	if (left >= 1)
		hash = (hash ^ at[0]) * m;
	hash = (hash ^ hash >> 13) * m;
	return hash ^ hash >> 15;
}

int32_t hub_partition_of(struct hub_str key, int32_t partitions)
{
	return (int32_t)((hub_murmur2(key) & 0x7fffffff) % (uint32_t)partitions);
}
