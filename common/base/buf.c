#include "base/buf.h"

#include "base/decimal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void hub_buf_init(struct hub_buf *buf, size_t limit)
{
	*buf = (struct hub_buf){ .limit = limit };
}

void hub_buf_done(struct hub_buf *buf)
{
	free(buf->data);
	*buf = (struct hub_buf){ .limit = buf->limit };
}

void hub_buf_reset(struct hub_buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

bool hub_buf_reserve(struct hub_buf *buf, size_t n)
{
	if (buf->failed || n > buf->limit - buf->len) {
		buf->failed = true;
		return false;
	}
	if (n <= buf->room - buf->len)
		return true;
	size_t room = buf->room ? buf->room : 256;
	while (room - buf->len < n)
		room *= 2;
	char *data = realloc(buf->data, room);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->room = room;
	return true;
}

void hub_buf_bytes(struct hub_buf *buf, const void *bytes, size_t n)
{
	if (n == 0 || !hub_buf_reserve(buf, n))
		return;
	memcpy(buf->data + buf->len, bytes, n);
	buf->len += n;
}

void hub_buf_str(struct hub_buf *buf, struct hub_str text)
{
	hub_buf_bytes(buf, text.data, text.len);
}

void hub_buf_text(struct hub_buf *buf, const char *text)
{
	hub_buf_bytes(buf, text, strlen(text));
}

void hub_buf_byte(struct hub_buf *buf, uint8_t byte)
{
	hub_buf_bytes(buf, &byte, 1);
}

void hub_buf_printf(struct hub_buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len >= 0 && hub_buf_reserve(buf, (size_t)len + 1)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void hub_buf_decimal(struct hub_buf *buf, int64_t value)
{
	char digits[HUB_DECIMAL_MAX];
	hub_buf_str(buf, hub_decimal(value, digits));
}
