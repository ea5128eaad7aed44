/* UTF-8 as Unicode 15 table 3-7 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef HUB_WIRE_UTF8_H
#define HUB_WIRE_UTF8_H

#include "base/str.h"

#include <stdint.h>
#include <string.h>

/* For whatever is not all ASCII; call hub_utf8_valid. */
bool hub_utf8_valid_slowly(struct hub_str text);

/* Most texts are short and ASCII: codes, ids, names of enums. */
static inline bool hub_utf8_valid(struct hub_str text)
{
	enum { WORD = sizeof(uint64_t) };
	uint64_t high = 0, word;
	uint32_t at = 0;
	for (; text.len - at >= WORD; at += WORD) {
		memcpy(&word, text.data + at, WORD);
		high |= word;
	}
	for (; at < text.len; at++)
		high |= (unsigned char)text.data[at];
	return (high & UINT64_C(0x8080808080808080)) == 0 || hub_utf8_valid_slowly(text);
}

#endif
