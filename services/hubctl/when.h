/* Times as an operator writes them. Pure: the caller says what time it is. */
#ifndef HUBCTL_WHEN_H
#define HUBCTL_WHEN_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

/* "2026-02-09T08:30[:00][Z|+08:00]" (without a zone: Asia/Shanghai), "2026-02-09" (its midnight there),
 * "now", "today", "yesterday", "-2h" ("-30m", "-3d", "-90s": before now_ms). HUB_E_INVALID otherwise.
 * Milliseconds UTC. */
int hubctl_when(struct hub_str text, int64_t now_ms, int64_t *ret_ms, struct hub_error *reterr);

/* A duration in two units at most, for people: "45 s", "2 h 5 min", "3 d". Writes at most 24 bytes with the
 * NUL. */
enum { HUBCTL_DURATION_LEN = 24 };
void hubctl_duration(int64_t ms, char text[HUBCTL_DURATION_LEN]);

/* "2026-02-09 08:30:00", Asia/Shanghai: what tables show. */
enum { HUBCTL_CLOCK_LEN = 20 };
void hubctl_clock(int64_t at_ms, char text[HUBCTL_CLOCK_LEN]);

#endif
