/* A place in what the gateway has told, "<epoch>.<seq>": Stream-Position, ETags and SSE ids are made of it. Pure. */
#ifndef DASHBOARD_GATEWAY_HOT_REVISION_H
#define DASHBOARD_GATEWAY_HOT_REVISION_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct gateway_revision {
	uint64_t epoch; /* of the process that counted */
	uint64_t seq;   /* gateway_hot_seq */
};

enum { GATEWAY_REVISION_MAX = 41 /* two numbers and the point */ };

/* Written to text, not NUL-terminated. */
struct hub_str gateway_revision_format(struct gateway_revision revision, char text[GATEWAY_REVISION_MAX]);

/* False: not what format writes (no signs, no zeros in front, nothing around it). */
bool gateway_revision_parse(struct hub_str text, struct gateway_revision *ret);

#endif
