#include "dashboard-gateway/hot/revision.h"

#include "base/copy.h"

enum { BASE = 10, NUMBER_MAX = 20 };

static char *put_number(char *at, uint64_t value)
{
	char digits[NUMBER_MAX];
	char *end = digits + NUMBER_MAX, *first = end;
	do
		*--first = (char)('0' + value % BASE);
	while (value /= BASE);
	return hub_copy(at, first, (size_t)(end - first));
}

struct hub_str gateway_revision_format(struct gateway_revision revision, char text[GATEWAY_REVISION_MAX])
{
	char *at = put_number(text, revision.epoch);
	*at++ = '.';
	at = put_number(at, revision.seq);
	return (struct hub_str){ text, (uint32_t)(at - text) };
}

static bool parse_number(struct hub_str text, uint64_t *ret)
{
	if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
		return false;
	*ret = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(*ret, (uint64_t)BASE, ret) ||
		        __builtin_add_overflow(*ret, (uint64_t)(text.data[i] - '0'), ret))
			return false;
	}
	return true;
}

bool gateway_revision_parse(struct hub_str text, struct gateway_revision *ret)
{
	struct gateway_revision revision;
	const char *point = text.len ? memchr(text.data, '.', text.len) : NULL;
	if (!point)
		return false;
	uint32_t len = (uint32_t)(point - text.data);
	if (!parse_number((struct hub_str){ text.data, len }, &revision.epoch) ||
	        !parse_number((struct hub_str){ point + 1, text.len - len - 1 }, &revision.seq))
		return false;
	*ret = revision;
	return true;
}
