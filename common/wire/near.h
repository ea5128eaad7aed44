/* "Did you mean": the name that somebody who typed another one probably meant. */
#ifndef HUB_WIRE_NEAR_H
#define HUB_WIRE_NEAR_H

#include "base/str.h"

struct hub_near {
	struct hub_str typed;
	const char *best; /* NULL: nothing is near */
	uint32_t distance;
};

/* Starts a search for what typed may have meant. */
struct hub_near hub_near_start(struct hub_str typed);

/* Offers a candidate. Keeps it when it is nearer than those before and near at all: at most a third of its
 * letters have to be changed, added, removed or swapped with the next. */
void hub_near_offer(struct hub_near *near, const char *candidate);

#endif
