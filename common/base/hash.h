/* Hashes with a fixed definition, so that they may be stored or compared across programs. */
#ifndef HUB_BASE_HASH_H
#define HUB_BASE_HASH_H

#include "base/str.h"

#include <stdint.h>

/* FNV-1a, 64 bits, continued from seed (start with HUB_HASH_START). Not for adversarial input. */
#define HUB_HASH_START UINT64_C(14695981039346656037)
uint64_t hub_hash(uint64_t seed, struct hub_str bytes);

/* CRC-64-AVRO (Rabin fingerprint) of bytes, as in the Avro 1.11 specification, "Schema Fingerprints". */
uint64_t hub_crc64_avro(struct hub_str bytes);

/* Kafka's murmur2 (Java client's Utils.murmur2), and the partition of a key: (murmur2 & 0x7fffffff) mod n. */
uint32_t hub_murmur2(struct hub_str bytes);
int32_t hub_partition_of(struct hub_str key, int32_t partitions);

#endif
