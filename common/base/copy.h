/* memcpy for what is nearly always short: no call for up to 16 bytes. */
#ifndef HUB_BASE_COPY_H
#define HUB_BASE_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* from may be NULL when n is 0. They do not overlap. Returns the end of what was written. */
static inline char *hub_copy(char *to, const char *from, size_t n)
{
	enum { WORD = sizeof(uint64_t), HALF = sizeof(uint32_t) };
	uint64_t words[2];
	uint32_t halves[2];
	if (n > 2 * WORD) {
		memcpy(to, from, n);
	} else if (n >= WORD) { /* both ends, which may share bytes */
		memcpy(&words[0], from, WORD);
		memcpy(&words[1], from + n - WORD, WORD);
		memcpy(to, &words[0], WORD);
		memcpy(to + n - WORD, &words[1], WORD);
	} else if (n >= HALF) {
		memcpy(&halves[0], from, HALF);
		memcpy(&halves[1], from + n - HALF, HALF);
		memcpy(to, &halves[0], HALF);
		memcpy(to + n - HALF, &halves[1], HALF);
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
	}
	return to + n;
}

#endif
