/* Base64 as in RFC 4648, section 4, with padding, whose spare bits are zero. */
#ifndef HUB_WIRE_BASE64_H
#define HUB_WIRE_BASE64_H

#include "base/arena.h"
#include "base/buf.h"

void hub_base64_put(struct hub_str bytes, struct hub_buf *out);

/* Bytes in arena; false when text is not base64 or the arena is exhausted. */
bool hub_base64_parse(struct hub_str text, struct hub_arena *arena, struct hub_str *ret_bytes);

#endif
