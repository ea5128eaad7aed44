/* Where a daemon's partitions stand by their committed offsets and by their changelog, and whether the two belong
 * together: the same check that the daemon makes when it is assigned a partition (runtime/position.h). */
#ifndef HUBCTL_POSITIONS_H
#define HUBCTL_POSITIONS_H

#include "hubctl/hubctl.h"
#include "port/kafka_port.h"
#include "runtime/position.h"

struct hubctl_position {
	struct hub_committed committed[HUB_INPUTS_MAX]; /* by input */
	struct hub_position position;                   /* the newest in the changelog */
	bool found, empty;                              /* a position; no record at all */
	struct hub_error damage;                        /* why it cannot be decoded; code 0: it can */
	int64_t at;                                     /* its offset in the changelog; -1 */
};

struct hubctl_positions {
	const char *daemon;
	struct hub_topics topics; /* full names */
	struct hubctl_position *partitions;
	uint32_t count;
};

/* In place, of the router; arrays in hubctl->arena. Errors as hub_kafka_group_positions. */
int hubctl_positions_init(struct hubctl *hubctl, struct hubctl_positions *ret, struct hub_error *reterr);
void hubctl_positions_done(struct hubctl_positions *positions);

/* Asks for the committed offsets, once those of open transactions have settled. Before the changelog is read, whose
 * end then covers them. */
int hubctl_positions_ask(struct hubctl *hubctl, struct hubctl_positions *positions, struct hub_error *reterr);

/* Takes in a record of the changelog. */
void hubctl_positions_note(struct hubctl_positions *positions, const struct hub_kafka_event *event);

/* Reads the changelog for nothing else. */
int hubctl_positions_read(
        struct hubctl *hubctl, struct hubctl_positions *positions, struct hub_error *reterr);

/* 0: they agree. HUB_E_INVALID says how they do not. */
int hubctl_position_check(
        const struct hubctl_positions *positions, uint32_t partition, struct hub_error *reterr);

#endif
