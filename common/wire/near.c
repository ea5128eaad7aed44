#include "wire/near.h"

enum { LONGEST = 48 };

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Optimal string alignment distance, without regard to case. */
static uint32_t distance(struct hub_str a, struct hub_str b)
{
	uint32_t rows[3][LONGEST + 1] = { { 0 } };
	for (uint32_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (uint32_t i = 1; i <= a.len; i++) {
		uint32_t *now = rows[i % 3];
		const uint32_t *before = rows[(i + 2) % 3];
		now[0] = i;
		for (uint32_t j = 1; j <= b.len; j++) {
			char x = lower(a.data[i - 1]);
			char y = lower(b.data[j - 1]);
			now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.data[j - 2]) && y == lower(a.data[i - 2]))
				now[j] = least(now[j], rows[(i + 1) % 3][j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

struct hub_near hub_near_start(struct hub_str typed)
{
	return (struct hub_near){ .typed = typed, .distance = UINT32_MAX };
}

void hub_near_offer(struct hub_near *near, const char *candidate)
{
	struct hub_str name = hub_str_from(candidate);
	if (near->typed.len == 0 || near->typed.len > LONGEST || name.len > LONGEST)
		return;
	uint32_t d = distance(near->typed, name);
	uint32_t most = name.len / 3 > 0 ? name.len / 3 : 1;
	if (d <= most && d < near->distance) {
		near->distance = d;
		near->best = candidate;
	}
}
