/* A string of JSON (RFC 8259). Pure. */
#ifndef HUB_WIRE_JSON_TEXT_H
#define HUB_WIRE_JSON_TEXT_H

#include "base/buf.h"

/* Appends text in quotes. What is not UTF-8 shows U+FFFD; '<' is escaped, so that no text can open a tag anywhere. */
void hub_json_text(struct hub_str text, struct hub_buf *out);

#endif
