#include "wire/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hub_base64_put(struct hub_str bytes, struct hub_buf *out)
{
	const unsigned char *at = (const unsigned char *)bytes.data;
	for (uint32_t i = 0; i < bytes.len; i += 3) {
		uint32_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t bits = (uint32_t)at[i] << 16 | (n > 1 ? (uint32_t)at[i + 1] << 8 : 0) |
		                (n > 2 ? at[i + 2] : 0u);
		char four[4] = { alphabet[bits >> 18], alphabet[bits >> 12 & 63],
			n > 1 ? alphabet[bits >> 6 & 63] : '=', n > 2 ? alphabet[bits & 63] : '=' };
		hub_buf_bytes(out, four, sizeof(four));
	}
}

/* The six bits of a letter; false when it is none. */
static bool letter(char c, uint32_t *ret_bits)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	if (at)
		*ret_bits = (uint32_t)(at - alphabet);
	return at != NULL;
}

bool hub_base64_parse(struct hub_str text, struct hub_arena *arena, struct hub_str *ret_bytes)
{
	uint32_t len = text.len / 4 * 3;
	*ret_bytes = (struct hub_str){ NULL, 0 };
	if (text.len == 0)
		return true;
	if (text.len % 4 != 0)
		return false;
	uint32_t padding = text.data[text.len - 1] != '=' ? 0 : text.data[text.len - 2] == '=' ? 2 : 1;
	unsigned char *bytes = hub_arena_alloc(arena, len);
	if (!bytes)
		return false;
	for (uint32_t i = 0; i < text.len; i += 4) {
		uint32_t bits = 0;
		for (uint32_t j = 0; j < 4; j++) {
			uint32_t six = 0;
			if (i + j < text.len - padding && !letter(text.data[i + j], &six))
				return false;
			bits = bits << 6 | six;
		}
		bytes[i / 4 * 3] = (unsigned char)(bits >> 16);
		bytes[i / 4 * 3 + 1] = (unsigned char)(bits >> 8);
		bytes[i / 4 * 3 + 2] = (unsigned char)bits;
	}
	/* What padding leaves over must be nothing: one text for the same bytes. */
	if ((padding > 0 && bytes[len - 1] != 0) || (padding > 1 && bytes[len - 2] != 0))
		return false;
	*ret_bytes = (struct hub_str){ (const char *)bytes, len - padding };
	return true;
}
