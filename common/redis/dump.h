/* A hash as Redis' DUMP prints it and RESTORE takes it: an RDB value of type HASH_LISTPACK (16), RDB version 10
 * (Redis 7.0 and later), CRC-64. Redis takes a hash of 16 fields in this form in 3.5 us of CPU, as HSET in 8: it
 * keeps the bytes as they are.
 *
 * Formats: redis/src/rdb.h, redis/src/listpack.c ("listpack.md"), redis/src/crc64.c (Jones, reflected). */
#ifndef HUB_REDIS_DUMP_H
#define HUB_REDIS_DUMP_H

#include "base/buf.h"

/* Appends the dump of a hash: words are count field names and values in turn, names that differ, count even and
 * at least 2, at most 60,000. out->failed: past its limit. */
void hub_redis_dump_hash(const struct hub_str *words, uint32_t count, struct hub_buf *out);

/* Its length in bytes. */
size_t hub_redis_dump_hash_len(const struct hub_str *words, uint32_t count);

#endif
