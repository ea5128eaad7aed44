/* What Kafka forgets as time passes. */
#ifndef SIM_FORGET_H
#define SIM_FORGET_H

#include <stdint.h>

struct world;

/* Of a partition's changelog: what a newer record of its key replaces, and tombstones after a day. */
void forget_by_compaction(struct world *world, int32_t partition);

/* Inputs that are old. */
void forget_what_is_old(struct world *world);

/* After a long quiet: all inputs, and the offsets of the topic that nobody subscribes. */
void forget_all(struct world *world);

#endif
