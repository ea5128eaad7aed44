/* A growing byte buffer with a limit given at construction. Passing it is sticky and checked once, by whoever
 * reads the result (hub_buf_failed). */
#ifndef HUB_BASE_BUF_H
#define HUB_BASE_BUF_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub_buf {
	char *data; /* owned */
	size_t len;
	size_t room;
	size_t limit;
	bool failed;
};

/* In place; limit in bytes. Nothing is allocated yet. */
void hub_buf_init(struct hub_buf *buf, size_t limit);

/* Frees the bytes; the buffer may be used again as after init. */
void hub_buf_done(struct hub_buf *buf);

/* Length 0, failure cleared, memory kept. */
void hub_buf_reset(struct hub_buf *buf);

/* Makes room for n more bytes; false (and failed) when past the limit or out of memory. */
bool hub_buf_reserve(struct hub_buf *buf, size_t n);

void hub_buf_bytes(struct hub_buf *buf, const void *bytes, size_t n);
void hub_buf_str(struct hub_buf *buf, struct hub_str text);
void hub_buf_text(struct hub_buf *buf, const char *text);
void hub_buf_byte(struct hub_buf *buf, uint8_t byte);
void hub_buf_printf(struct hub_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* value in decimal, as %lld; much cheaper than printf. */
void hub_buf_decimal(struct hub_buf *buf, int64_t value);

static inline struct hub_str hub_buf_slice(const struct hub_buf *buf)
{
	return (struct hub_str){ buf->data, (uint32_t)buf->len };
}

static inline bool hub_buf_failed(const struct hub_buf *buf)
{
	return buf->failed;
}

#endif
