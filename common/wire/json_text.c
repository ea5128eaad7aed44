#include "wire/json_text.h"

#include "wire/utf8.h"

/* Bytes of the UTF-8 sequence that begins at a byte that is not ASCII; 0: none does. */
static uint32_t sequence(struct hub_str text)
{
	for (uint32_t len = 2; len <= 4 && len <= text.len; len++)
		if (hub_utf8_valid_slowly((struct hub_str){ text.data, len }))
			return len;
	return 0;
}

static void put_escaped(struct hub_buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c ? memchr(from, c, sizeof(from) - 1) : NULL;
	if (at) {
		hub_buf_byte(out, '\\');
		hub_buf_byte(out, (uint8_t)to[at - from]);
	} else {
		hub_buf_printf(out, "\\u%04x", c);
	}
}

static bool plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<';
}

void hub_json_text(struct hub_str text, struct hub_buf *out)
{
	hub_buf_byte(out, '"');
	for (uint32_t at = 0; at < text.len;) {
		struct hub_str rest = { text.data + at, 0 };
		while (at + rest.len < text.len && plain((unsigned char)rest.data[rest.len]))
			rest.len++;
		hub_buf_str(out, rest);
		at += rest.len;
		if (at == text.len)
			break;
		rest = (struct hub_str){ text.data + at, text.len - at };
		uint32_t len = (unsigned char)rest.data[0] < 0x80 ? 0 : sequence(rest);
		if (len)
			hub_buf_bytes(out, rest.data, len);
		else if ((unsigned char)rest.data[0] < 0x80)
			put_escaped(out, (unsigned char)rest.data[0]);
		else
			hub_buf_text(out, "\\ufffd");
		at += len ? len : 1;
	}
	hub_buf_byte(out, '"');
}
