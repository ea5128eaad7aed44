/* Shared by whatif_replay.c, whatif_step.c and whatif_run.c: the rules at work on one partition. */
#ifndef HUBCTL_WHATIF_INSIDE_H
#define HUBCTL_WHATIF_INSIDE_H

#include "hubctl/whatif.h"

enum { HUBCTL_TIMERS_MAX = 10 * 1000 * 1000 };

/* A partition's table under the rules, moved on by one input or timer at a time. */
struct hubctl_replay {
	const struct hubctl_whatif_options *options;
	struct hubctl_policies *policies; /* that decide now */
	int32_t partition;
	struct hub_table *table;
	struct hub_arena *arena; /* of one step */
	struct hub_buf scratch;
	struct hub_effects effects;
	struct hubctl_whatif_step
	        *step; /* whose decisions are made, which borrow its read; NULL: of nobody's */
	int64_t clock_ms;
	int64_t version; /* of the registry */
};

/* False: memory is out. */
bool hubctl_replay_init(
        struct hubctl_replay *replay, const struct hubctl_whatif_options *options, int32_t partition);
void hubctl_replay_done(struct hubctl_replay *replay);

/* What was done before can no longer be taken back. */
void hubctl_replay_settle(struct hubctl_replay *replay);

/* The memory of what was decided before is used again. */
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

/* One partition being run. */
struct hubctl_whatif_run {
	struct hubctl_replay replay;
	const struct hubctl_whatif_options *options;
	const struct hubctl_whatif_source *source;
	struct hubctl_whatif_result *result;
	bool other; /* the other policy decides */
	struct hubctl_whatif_topic {
		struct hub_str name; /* full */
		uint64_t cause;
	} topics[HUBCTL_WHATIF_TOPICS]; /* the core's inputs */
	int topic_count;
};

/* Decides the step's own input, if that leads to what was recorded; otherwise nothing has changed, and it is false. A timer
 * that says nothing left no trace: it fires before the input when what was recorded only follows then. */
bool hubctl_step_try_input(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input);

/* Fires the step's timer, and before it those that say nothing; false as above. */
bool hubctl_step_try_timer(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step);

/* Of count steps, all timers that fired together and were due at one time, the one that the table names first. */
uint32_t hubctl_step_first(
        struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count);

#endif
