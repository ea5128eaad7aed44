/* Whole numbers as text, much cheaper than printf. */
#ifndef HUB_BASE_DECIMAL_H
#define HUB_BASE_DECIMAL_H

#include "base/str.h"

#include <stdint.h>

enum { HUB_DECIMAL_MAX = 20 };

/* value as %lld would print it, somewhere within text; not NUL-terminated. */
static inline struct hub_str hub_decimal(int64_t value, char text[HUB_DECIMAL_MAX])
{
	char *end = text + HUB_DECIMAL_MAX, *at = end;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		*--at = '-';
	return (struct hub_str){ at, (uint32_t)(end - at) };
}

/* The last `digits` digits of value (not negative), zeros in front, and one character behind them. Where the next goes. */
static inline char *hub_decimal_put(char *at, int64_t value, int digits, char behind)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
	at[digits] = behind;
	return at + digits + 1;
}

#endif
