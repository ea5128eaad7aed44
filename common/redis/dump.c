#include "redis/dump.h"

#include "base/check.h"

#include <isa-l/crc64.h>

/* Lengths are in bytes. */
enum {
	RDB_HASH_LISTPACK = 16,
	RDB_VERSION = 10,
	RDB_SHORT = 1 << 6,   /* lengths below: one byte */
	RDB_MIDDLE = 1 << 14, /* two bytes, first bits 01; else five, first byte 0x80 */
	LIST_HEAD = 6,        /* its length (4), its count (2) */
	LIST_END = 0xff,
	TEXT_SHORT = 1 << 6,   /* 10xxxxxx */
	TEXT_MIDDLE = 1 << 12, /* 1110xxxx, one byte more; else 11110000, four bytes more */
	WORDS_MAX = 60000,
	FOOT = 2 + 8, /* version, checksum */
};

/* Writes into room that was made before. */
struct pen {
	unsigned char *at;
};

static void put(struct pen *pen, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		*pen->at++ = (unsigned char)(value >> (8 * i));
}

static uint32_t text_head_len(uint32_t len)
{
	return len < TEXT_SHORT ? 1 : len < TEXT_MIDDLE ? 2 : 5;
}

/* Each entry ends with its own length, to be read backwards: seven bits a byte, but for the greatest number of 14, 21 or 28 bits,
 * which Redis gives a byte more (lpEncodeBacklen), and by which it walks on to the next entry. */
static uint32_t back_len(uint32_t len)
{
	if (len < 1 << 7)
		return 1;
	uint32_t bytes = 2;
	while (bytes < 5 && len >= (UINT32_C(1) << (7 * bytes)) - 1)
		bytes++;
	return bytes;
}

static uint32_t entry_len(uint32_t len)
{
	uint32_t forward = text_head_len(len) + len;
	return forward + back_len(forward);
}

static void put_entry(struct pen *pen, struct hub_str text)
{
	uint32_t head = text_head_len(text.len), forward = head + text.len;
	if (head == 1)
		put(pen, 0x80 | text.len, 1);
	else if (head == 2)
		put(pen, (0xe0 | text.len >> 8) | (uint64_t)(text.len & 0xff) << 8, 2);
	else
		put(pen, 0xf0 | (uint64_t)text.len << 8, 5);
	if (text.len)
		memcpy(pen->at, text.data, text.len);
	pen->at += text.len;
	for (uint32_t left = back_len(forward); left > 0; left--) {
		uint32_t bits = forward >> (7 * (left - 1)) & 0x7f;
		put(pen, left == back_len(forward) ? bits : bits | 0x80, 1);
	}
}

static size_t list_len(const struct hub_str *words, uint32_t count)
{
	size_t len = LIST_HEAD + 1;
	for (uint32_t i = 0; i < count; i++)
		len += entry_len(words[i].len);
	return len;
}

static size_t rdb_head_len(size_t len)
{
	return len < RDB_SHORT ? 1 : len < RDB_MIDDLE ? 2 : 5;
}

static void put_rdb_len(struct pen *pen, size_t len)
{
	if (len < RDB_SHORT) {
		put(pen, len, 1);
	} else if (len < RDB_MIDDLE) {
		put(pen, 0x40 | len >> 8, 1);
		put(pen, len, 1);
	} else {
		put(pen, 0x80, 1);
		for (int shift = 24; shift >= 0; shift -= 8)
			put(pen, len >> shift, 1);
	}
}

/* isa-l turns all bits round before and after, Redis does not. */
static uint64_t checksum(const unsigned char *bytes, size_t len)
{
	return ~crc64_jones_refl(~UINT64_C(0), bytes, len);
}

static size_t dump_len(size_t list)
{
	return 1 + rdb_head_len(list) + list + FOOT;
}

size_t hub_redis_dump_hash_len(const struct hub_str *words, uint32_t count)
{
	return dump_len(list_len(words, count));
}

void hub_redis_dump_hash(const struct hub_str *words, uint32_t count, struct hub_buf *out)
{
	size_t list = list_len(words, count), len = dump_len(list);
	hub_check(count >= 2 && count % 2 == 0 && count <= WORDS_MAX && list <= UINT32_MAX);
	if (!hub_buf_reserve(out, len))
		return;
	unsigned char *begin = (unsigned char *)out->data + out->len;
	struct pen pen = { begin };
	put(&pen, RDB_HASH_LISTPACK, 1);
	put_rdb_len(&pen, list);
	put(&pen, list, 4);
	put(&pen, count, 2);
	for (uint32_t i = 0; i < count; i++)
		put_entry(&pen, words[i]);
	put(&pen, LIST_END, 1);
	put(&pen, RDB_VERSION, 2);
	put(&pen, checksum(begin, (size_t)(pen.at - begin)), 8);
	hub_check((size_t)(pen.at - begin) == len);
	out->len += len;
}
