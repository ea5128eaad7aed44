/* The hospitals: what they say, to whom it is addressed as far as they have heard; sent again, late or out of order; and
 * those whose events nobody should believe. */
#ifndef SIM_PUBLISHERS_H
#define SIM_PUBLISHERS_H

#include "dice.h"
#include "plan.h"

#include "base/buf.h"
#include "port/kafka_port.h"

struct world;

enum { SAID_MAX = ACTIONS_MAX };

struct said {
	int32_t partition;
	struct hub_str key, value;
};

struct publishers {
	struct world *world;
	struct hub_buf value;
	struct said said[SAID_MAX];
	uint32_t said_count;
	uint32_t events, referrals, sessions, reports, loads;
	struct said held; /* sent after the next one */
	bool has_held;
};

void publishers_init(struct publishers *publishers, struct world *world);
void publishers_done(struct publishers *publishers);

/* Whatever the action says. */
void publishers_act(struct publishers *publishers, const struct action *action);
/* What was held back goes out. */
void publishers_flush(struct publishers *publishers);

#endif
