/* Texts that many rows share (organisations, counties, specialties, sessions, timers), kept once and counted: a
 * text goes when its last row lets it go, so weeks of new ids leave nothing behind. Pure. */
#ifndef DASHBOARD_GATEWAY_HOT_WORDS_H
#define DASHBOARD_GATEWAY_HOT_WORDS_H

#include "base/str.h"

#include <stddef.h>

struct gateway_words;

struct gateway_words *gateway_words_new(void);        /* never NULL (memory aborts) */
void gateway_words_free(struct gateway_words *words); /* accepts NULL; with whatever is still taken */

/* The kept copy of text, taken once more. The empty slice stays what it is. */
struct hub_str gateway_words_take(struct gateway_words *words, struct hub_str text);
/* What take gave is let go once. */
void gateway_words_drop(struct gateway_words *words, struct hub_str word);

size_t gateway_words_count(const struct gateway_words *words);

#endif
