/* A borrowed slice of bytes: the string type of records, keys and messages. Not NUL-terminated, never owns.
 */
#ifndef HUB_BASE_STR_H
#define HUB_BASE_STR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct hub_str {
	const char *data; /* may be NULL when len is 0 */
	uint32_t len;     /* bytes */
};

/* A slice of a string literal. */
#define HUB_STR(literal) ((struct hub_str){ (literal), (uint32_t)(sizeof(literal) - 1) })

/* The pair of arguments that printf's "%.*s" wants. */
#define HUB_STR_ARG(s) (int)(s).len, (s).len ? (s).data : ""

static inline struct hub_str hub_str_from(const char *text)
{
	return (struct hub_str){ text, text ? (uint32_t)strlen(text) : 0 };
}

static inline bool hub_str_eq(struct hub_str a, struct hub_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool hub_str_is(struct hub_str a, const char *text)
{
	return hub_str_eq(a, hub_str_from(text));
}

static inline bool hub_str_empty(struct hub_str a)
{
	return a.len == 0;
}

static inline bool hub_str_starts_with(struct hub_str a, struct hub_str prefix)
{
	return a.len >= prefix.len && (prefix.len == 0 || memcmp(a.data, prefix.data, prefix.len) == 0);
}

static inline bool hub_str_ends_with(struct hub_str a, struct hub_str suffix)
{
	return a.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(a.data + (a.len - suffix.len), suffix.data, suffix.len) == 0);
}

/* Byte order, as memcmp; a prefix sorts before what it starts. */
static inline int hub_str_cmp(struct hub_str a, struct hub_str b)
{
	uint32_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.data, b.data, n) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

#endif
