/* What generated codecs are made of: each reads or writes one value and returns the place behind it, or NULL when the
 * bytes or the value are not of the usual form, or wrong. Then the interpreter of the record's table (read.c, write.c)
 * does the whole record again and says what is the matter, if anything is. So nothing here explains itself, and
 * nothing is allowed here that the interpreter would refuse (differential tests, fuzz targets).
 *
 * at is never NULL, end never before it. Strings borrow from the bytes, arrays live in the arena. */
#ifndef HUB_WIRE_STRAIGHT_H
#define HUB_WIRE_STRAIGHT_H

#include "base/arena.h"
#include "base/copy.h"
#include "wire/member.h"
#include "wire/moment.h"
#include "wire/utf8.h"

enum { HUB_LONG_MAX = 10 /* bytes of a number */ };

#define HUB_GET(call)                                                                                        \
	do {                                                                                                 \
		at = (call);                                                                                 \
		if (!at)                                                                                     \
			return NULL;                                                                         \
	} while (0)
#define HUB_PUT(call) HUB_GET(call)

/* At least HUB_LONG_MAX bytes at at. NULL: more than 64 bits. */
static inline const unsigned char *hub_get_long_in(const unsigned char *at, int64_t *ret)
{
	uint64_t bits = *at & 0x7f;
	for (int shift = 7; *at++ >= 0x80; shift += 7) {
		if (shift == 63 && *at > 1)
			return NULL;
		bits |= (uint64_t)(*at & 0x7f) << shift;
	}
	*ret = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
	return at;
}

static inline const unsigned char *hub_get_long(
        const unsigned char *at, const unsigned char *end, int64_t *ret)
{
	if (end - at >= HUB_LONG_MAX)
		return hub_get_long_in(at, ret);
	if (at == end || *at >= 0x80)
		return NULL;
	*ret = (int64_t)(*at >> 1) ^ -(int64_t)(*at & 1);
	return at + 1;
}

static inline const unsigned char *hub_get_time(
        const unsigned char *at, const unsigned char *end, int64_t *ret)
{
	at = hub_get_long(at, end, ret);
	return at && hub_moment_valid(*ret) ? at : NULL;
}

static inline const unsigned char *hub_get_int(
        const unsigned char *at, const unsigned char *end, int32_t *ret)
{
	int64_t value;
	at = hub_get_long(at, end, &value);
	if (!at || value != (int32_t)value)
		return NULL;
	*ret = (int32_t)value;
	return at;
}

static inline const unsigned char *hub_get_boolean(
        const unsigned char *at, const unsigned char *end, bool *ret)
{
	if (at == end || *at > 1)
		return NULL;
	*ret = *at == 1;
	return at + 1;
}

/* Of ["null", T]. */
static inline const unsigned char *hub_get_branch(
        const unsigned char *at, const unsigned char *end, bool *ret_present)
{
	if (at == end || (*at & ~2))
		return NULL;
	*ret_present = *at == 2;
	return at + 1;
}

/* symbols: fewer than 64 of them. to: an enum. */
static inline const unsigned char *hub_get_enum(
        const unsigned char *at, const unsigned char *end, uint32_t symbols, void *to)
{
	if (at == end || (*at & 0x81))
		return NULL;
	uint32_t symbol = *at >> 1;
	memcpy(to, &symbol, sizeof(symbol));
	return symbol < symbols ? at + 1 : NULL;
}

static inline const unsigned char *hub_get_bytes(
        const unsigned char *at, const unsigned char *end, uint32_t limit, struct hub_str *ret)
{
	int64_t len;
	at = hub_get_long(at, end, &len);
	if (!at || len < 0 || len > limit || len > end - at)
		return NULL;
	*ret = (struct hub_str){ len ? (const char *)at : NULL, (uint32_t)len };
	return at + len;
}

static inline const unsigned char *hub_get_string(
        const unsigned char *at, const unsigned char *end, uint32_t limit, struct hub_str *ret)
{
	at = hub_get_bytes(at, end, limit, ret);
	return at && hub_utf8_valid(*ret) ? at : NULL;
}

/* The count of one block and room for its items. */
static inline const unsigned char *hub_get_array(const unsigned char *at, const unsigned char *end,
        uint32_t limit, size_t item_size, struct hub_arena *arena, struct hub_any_array *ret)
{
	int64_t count;
	at = hub_get_long(at, end, &count);
	*ret = (struct hub_any_array){ NULL, 0 };
	if (!at || count < 0 || count > limit || count > end - at)
		return NULL;
	if (count == 0)
		return at;
	ret->items = hub_arena_alloc(arena, (size_t)count * item_size);
	ret->count = (uint32_t)count;
	return ret->items ? at : NULL;
}

/* Behind the items: no further block. */
static inline const unsigned char *hub_get_array_end(
        const unsigned char *at, const unsigned char *end, struct hub_any_array array)
{
	if (array.count == 0)
		return at;
	return at < end && *at == 0 ? at + 1 : NULL;
}

/* At least HUB_LONG_MAX bytes at at. */
static inline char *hub_put_long_in(char *at, int64_t value)
{
	uint64_t bits = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
	for (; bits >= 0x80; bits >>= 7)
		*at++ = (char)(bits | 0x80);
	*at++ = (char)bits;
	return at;
}

static inline char *hub_put_long(char *at, const char *end, int64_t value)
{
	return end - at < HUB_LONG_MAX ? NULL : hub_put_long_in(at, value);
}

static inline char *hub_put_time(char *at, const char *end, int64_t value)
{
	return hub_moment_valid(value) ? hub_put_long(at, end, value) : NULL;
}

static inline char *hub_put_int(char *at, const char *end, int32_t value)
{
	return hub_put_long(at, end, value);
}

static inline char *hub_put_byte(char *at, const char *end, uint8_t value)
{
	if (at == end)
		return NULL;
	*at = (char)value;
	return at + 1;
}

static inline char *hub_put_boolean(char *at, const char *end, bool value)
{
	return hub_put_byte(at, end, value);
}

static inline char *hub_put_branch(char *at, const char *end, bool present)
{
	return hub_put_byte(at, end, present ? 2 : 0);
}

/* symbols: fewer than 64 of them. value: an enum. */
static inline char *hub_put_enum(char *at, const char *end, uint32_t symbols, const void *value)
{
	uint32_t symbol = hub_member_enum(value);
	return symbol < symbols ? hub_put_byte(at, end, (uint8_t)(symbol << 1)) : NULL;
}

static inline char *hub_put_bytes(char *at, const char *end, uint32_t limit, struct hub_str bytes)
{
	if (bytes.len > limit || (size_t)(end - at) < HUB_LONG_MAX + (size_t)bytes.len)
		return NULL;
	return hub_copy(hub_put_long_in(at, bytes.len), bytes.data, bytes.len);
}

static inline char *hub_put_string(char *at, const char *end, uint32_t limit, struct hub_str text)
{
	return hub_utf8_valid(text) ? hub_put_bytes(at, end, limit, text) : NULL;
}

/* One block; the items follow, then hub_put_array_end. */
static inline char *hub_put_array(char *at, const char *end, uint32_t limit, uint32_t count)
{
	return count > limit ? NULL : hub_put_long(at, end, count);
}

static inline char *hub_put_array_end(char *at, const char *end, uint32_t count)
{
	return count == 0 ? at : hub_put_byte(at, end, 0);
}

#endif
