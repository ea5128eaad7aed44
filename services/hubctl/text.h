/* Text as a terminal shows it: columns, not bytes (a Chinese character takes two), and no control characters,
 * since what is printed was written by others. Pure. */
#ifndef HUBCTL_TEXT_H
#define HUBCTL_TEXT_H

#include "base/buf.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Terminal columns that text takes. */
uint32_t hubctl_text_width(struct hub_str text);

/* Bytes of the longest start of text that takes at most columns. */
uint32_t hubctl_text_fit(struct hub_str text, uint32_t columns);

/* Appends text; control characters and broken UTF-8 become U+FFFD. */
void hubctl_text_put(struct hub_buf *out, struct hub_str text);

/* Appends text word-wrapped to width columns; each line but the first begins with indent spaces. */
void hubctl_text_wrap(struct hub_buf *out, struct hub_str text, uint32_t width, uint32_t indent);

#endif
