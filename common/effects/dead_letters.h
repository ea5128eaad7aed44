/* The reasons for which an input cannot be decided (I-6). All of them in dead_letters.def. Pure. */
#ifndef HUB_EFFECTS_DEAD_LETTERS_H
#define HUB_EFFECTS_DEAD_LETTERS_H

#include "base/str.h"
#include "wire/header.h"

/* Texts are static. */
struct hub_dead_letter_reason {
	const char *reason;  /* as in the header hub_dlq_reason */
	const char *meaning; /* for a person */
	const char *remedy;
};

/* The row of a reason, or NULL. */
const struct hub_dead_letter_reason *hub_dead_letter_reason(struct hub_str reason);

/* Sent back as it is it would only die again, and take its partition's time: what stopped it must be mended first. */
bool hub_dead_letter_comes_back(struct hub_str reason);

/* The record was larger than an input may be: the letter holds neither its value nor its headers and can never go back. */
bool hub_dead_letter_left_out(const struct hub_header *headers, uint32_t count);

/* Headers whose names begin so are the hub's own: what an input brings of them is nobody's word about a letter. */
bool hub_dead_letter_owns(struct hub_str header_name);

/* What a letter goes back with: its own headers, without those about its death, and where it lay ("topic/partition/offset").
 * ret has room for count + 1; slices are borrowed. Returns how many there are. */
uint32_t hub_dead_letter_headers(
        const struct hub_header *headers, uint32_t count, struct hub_str lay, struct hub_header *ret);

#endif
