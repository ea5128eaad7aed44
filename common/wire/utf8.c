#include "wire/utf8.h"

/* Length of the well-formed sequence at at, 0 when it is none. at[0] is not ASCII. */
static uint32_t sequence(const unsigned char *at, uint32_t left)
{
	unsigned char first = at[0];
	uint32_t len = first >= 0xc2 && first <= 0xdf   ? 2
	               : (first & 0xf0) == 0xe0         ? 3
	               : first >= 0xf0 && first <= 0xf4 ? 4
	                                                : 0;
	if (len == 0 || len > left)
		return 0;
	unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (at[1] < low || at[1] > high)
		return 0;
	for (uint32_t i = 2; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

bool hub_utf8_valid_slowly(struct hub_str text)
{
	const unsigned char *at = (const unsigned char *)text.data;
	uint32_t left = text.len;
	while (left > 0) {
		uint64_t eight;
		if (left >= sizeof(eight)) {
			memcpy(&eight, at, sizeof(eight));
			if ((eight & UINT64_C(0x8080808080808080)) == 0) {
				at += sizeof(eight);
				left -= (uint32_t)sizeof(eight);
				continue;
			}
		}
		/* Chinese text, without the cases of table 3-7 that need a closer look. */
		if (left >= 3 && *at > 0xe0 && *at < 0xf0 && *at != 0xed && (at[1] & 0xc0) == 0x80 &&
		        (at[2] & 0xc0) == 0x80) {
			at += 3;
			left -= 3;
			continue;
		}
		uint32_t len = *at < 0x80 ? 1 : sequence(at, left);
		if (len == 0)
			return false;
		at += len;
		left -= len;
	}
	return true;
}
