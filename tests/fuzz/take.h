/* Takes a fuzzer's bytes apart; past their end everything is 0 and empty. */
#ifndef TESTS_FUZZ_TAKE_H
#define TESTS_FUZZ_TAKE_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t take_byte(struct bytes *bytes)
{
	if (bytes->left == 0)
		return 0;
	bytes->left--;
	return *bytes->at++;
}

static inline struct hub_str take(struct bytes *bytes, size_t count)
{
	uint32_t len = (uint32_t)(count < bytes->left ? count : bytes->left);
	struct hub_str taken = { (const char *)bytes->at, len };
	bytes->at += len;
	bytes->left -= len;
	return taken;
}

/* Of a length that two bytes say, high one first. */
static inline struct hub_str take_text(struct bytes *bytes)
{
	size_t count = (size_t)take_byte(bytes) << 8;
	return take(bytes, count | take_byte(bytes));
}

static inline struct hub_str take_rest(struct bytes *bytes)
{
	return take(bytes, bytes->left);
}

#endif
