/* UTF-8 as Unicode 15 table 3-7 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef HUB_WIRE_UTF8_H
#define HUB_WIRE_UTF8_H

#include "base/str.h"

#include <stdint.h>
#include <string.h>

/* For whatever is not all ASCII; call hub_utf8_valid. */
bool hub_utf8_valid_slowly(struct hub_str text);

/* Most texts are short and ASCII: codes, ids, names of enums. The last bytes are looked at together, some of them
 * twice. */
static inline bool hub_utf8_valid(struct hub_str text)
{
	enum { WORD = sizeof(uint64_t), HALF = sizeof(uint32_t) };
	uint64_t high = 0, word;
	uint32_t half[2] = { 0, 0 };
	if (text.len >= WORD) {
		for (uint32_t at = 0; text.len - at > WORD; at += WORD) {
			memcpy(&word, text.data + at, WORD);
			high |= word;
		}
		memcpy(&word, text.data + text.len - WORD, WORD);
		high |= word;
	} else if (text.len >= HALF) {
		memcpy(&half[0], text.data, HALF);
		memcpy(&half[1], text.data + text.len - HALF, HALF);
		high = half[0] | half[1];
	} else {
		for (uint32_t at = 0; at < text.len; at++) /* an empty one may be NULL */
			high |= (unsigned char)text.data[at];
	}
	return (high & UINT64_C(0x8080808080808080)) == 0 || hub_utf8_valid_slowly(text);
}

#endif
