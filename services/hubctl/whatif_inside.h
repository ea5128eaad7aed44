/* Shared by whatif_replay.c and whatif_run.c: the rules at work on one partition. */
#ifndef HUBCTL_WHATIF_INSIDE_H
#define HUBCTL_WHATIF_INSIDE_H

#include "hubctl/whatif.h"

/* A partition's table under the rules, moved on by one input or timer at a time. */
struct hubctl_replay {
	const struct hubctl_whatif_options *options;
	struct hubctl_policies *policies; /* that decide now */
	int32_t partition;
	struct hub_table *table;
	struct hub_arena *arena; /* of one step */
	struct hub_buf scratch;
	struct hub_effects effects;
	const struct hubctl_whatif_step *step; /* whose decisions are made; NULL: of nobody's */
	int64_t clock_ms;
	int64_t version; /* of the registry */
};

/* False: memory is out. */
bool hubctl_replay_init(
        struct hubctl_replay *replay, const struct hubctl_whatif_options *options, int32_t partition);
void hubctl_replay_done(struct hubctl_replay *replay);

/* Begins a step: what was done before is settled, and its memory is used again. */
void hubctl_replay_begin(struct hubctl_replay *replay);

/* It is at_ms now, or later: the clock never goes back. */
void hubctl_replay_clock(struct hubctl_replay *replay, int64_t at_ms);

/* Decides an input; what it says is in replay->effects until the next begin. False: it is a dead letter, nothing has
 * changed. */
bool hubctl_replay_decide(
        struct hubctl_replay *replay, const struct hubctl_whatif_input *input, struct hub_str topic);

/* Fires the first timer, which is `timer` (slices in replay->arena). False as above. */
bool hubctl_replay_fire(struct hubctl_replay *replay, const struct hub_timer *timer);

/* The first timer that is due at until_ms or before, its slices in replay->arena. */
bool hubctl_replay_due(struct hubctl_replay *replay, int64_t until_ms, struct hub_timer *ret);

/* Whether what was said is what the step says. */
bool hubctl_replay_agrees(struct hubctl_replay *replay, const struct hubctl_whatif_step *step);

/* Tells options->decided. */
void hubctl_replay_tell(struct hubctl_replay *replay);

#endif
