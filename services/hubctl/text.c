#include "hubctl/text.h"

#include "wire/utf8.h"

struct range {
	uint32_t first, last;
};

/* East Asian wide and fullwidth blocks (Unicode TR11), merged; pictographs included. */
static const struct range wide[] = {
	{ 0x1100, 0x115f },
	{ 0x2e80, 0x303e },
	{ 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },
	{ 0x4e00, 0xa4cf },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },
	{ 0xff01, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f },
	{ 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

static const struct range joined[] = { { 0x0300, 0x036f }, { 0x200b, 0x200f }, { 0xfe00, 0xfe0f } };

static bool among(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static const uint32_t broken = 0xfffd;

/* The character at text[at] and its bytes; a broken sequence is one byte of U+FFFD. */
static uint32_t character(struct hub_str text, uint32_t at, uint32_t *ret_bytes)
{
	const unsigned char *p = (const unsigned char *)text.data + at;
	uint32_t left = text.len - at;
	uint32_t n = p[0] < 0x80   ? 1
	             : p[0] < 0xc2 ? 0
	             : p[0] < 0xe0 ? 2
	             : p[0] < 0xf0 ? 3
	             : p[0] < 0xf5 ? 4
	                           : 0;
	*ret_bytes = 1;
	if (n == 0 || n > left)
		return broken;
	uint32_t c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	if (!hub_utf8_valid((struct hub_str){ text.data + at, n }))
		return broken;
	for (uint32_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*ret_bytes = n;
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ? broken : c;
}

static uint32_t columns_of(uint32_t c)
{
	if (among(c, joined, sizeof(joined) / sizeof(joined[0])))
		return 0;
	return among(c, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

uint32_t hubctl_text_fit(struct hub_str text, uint32_t columns)
{
	uint32_t used = 0;
	uint32_t at = 0;
	while (at < text.len) {
		uint32_t bytes;
		used += columns_of(character(text, at, &bytes));
		if (used > columns)
			break;
		at += bytes;
	}
	return at;
}

uint32_t hubctl_text_width(struct hub_str text)
{
	uint32_t width = 0;
	for (uint32_t at = 0, bytes; at < text.len; at += bytes)
		width += columns_of(character(text, at, &bytes));
	return width;
}

void hubctl_text_put(struct hub_buf *out, struct hub_str text)
{
	for (uint32_t at = 0, bytes; at < text.len; at += bytes) {
		if (character(text, at, &bytes) == broken)
			hub_buf_text(out, "\xef\xbf\xbd");
		else
			hub_buf_bytes(out, text.data + at, bytes);
	}
}

static struct hub_str rest_of(struct hub_str text, uint32_t at)
{
	return (struct hub_str){ text.data + at, text.len - at };
}

/* Where to break: after the last space that fits; in the middle only when a word alone is too long. */
static uint32_t break_at(struct hub_str text, uint32_t width)
{
	uint32_t fit = hubctl_text_fit(text, width);
	if (fit == text.len || text.data[fit] == ' ')
		return fit;
	for (uint32_t i = fit; i > 0; i--)
		if (text.data[i - 1] == ' ')
			return i;
	return fit ? fit : 1;
}

void hubctl_text_wrap(struct hub_buf *out, struct hub_str text, uint32_t width, uint32_t indent)
{
	while (text.len) {
		uint32_t n = break_at(text, width);
		struct hub_str line = { text.data, n };
		while (line.len && line.data[line.len - 1] == ' ')
			line.len--;
		hubctl_text_put(out, line);
		text = rest_of(text, n);
		while (text.len && text.data[0] == ' ')
			text = rest_of(text, 1);
		if (text.len)
			hub_buf_printf(out, "\n%*s", (int)indent, "");
	}
}
