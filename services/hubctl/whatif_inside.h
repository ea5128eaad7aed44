/* Shared by whatif_replay.c, whatif_step.c, whatif_ties.c and whatif_run.c: the rules at work on one partition. */
#ifndef HUBCTL_WHATIF_INSIDE_H
#define HUBCTL_WHATIF_INSIDE_H

#include "hubctl/whatif.h"

enum { HUBCTL_WHATIF_TOPICS = 8, HUBCTL_TIMERS_MAX = 10 * 1000 * 1000 };

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

struct hubctl_silent;

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
		int64_t taken;   /* the newest input that was decided: its offset + 1 */
		int64_t *places; /* of its steps, ascending; place_at: the first that was not taken yet */
		uint32_t place_count, place_at;
		int64_t silent_below;   /* where its first step stands that has not been taken among ties */
	} topics[HUBCTL_WHATIF_TOPICS]; /* the core's inputs */
	int topic_count;
	struct hubctl_silent *silent, **silent_last; /* inputs that said nothing, read and not settled */
	uint32_t silent_count;
	bool silent_closed; /* none is read: steps that come before them have not been taken */
};

/* Which of the core's inputs a step comes from; -1: none of them. */
int hubctl_whatif_topic(const struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step);

/* Decides the step's own input, if that leads to what was recorded; otherwise nothing has changed, and it is false. A timer
 * that says nothing left no trace: it fires before the input when what was recorded only follows then. */
bool hubctl_step_try_input(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input);

/* Fires the step's timer, and before it those that say nothing; false as above. */
bool hubctl_step_try_timer(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step);

/* Notes that a step did not come out as recorded. */
void hubctl_whatif_differ(
        struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, const char *what);

/* The next readable input that was no dead letter, of the step's topic, up to the step's own. */
bool hubctl_whatif_next(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, int topic,
        struct hubctl_whatif_input *ret);

/* One of those once more, told and (when it is the step's own) compared; the step's timer. */
void hubctl_whatif_input_again(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input);
void hubctl_whatif_timer_again(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step);

/* How many of the steps from the first one on were decided with one clock, in an order that the topics do not tell: their
 * decisions lie in several places. 1: none. */
uint32_t hubctl_ties_count(const struct hubctl_whatif_step *steps, uint32_t count);

/* Takes those, in an order in which each leads to what was recorded; if there is none (or it was not found) in that of
 * the recording, with its differences. */
void hubctl_ties_take(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count);

/* whatif_silent.c. False: memory is out. */
bool hubctl_silent_init(
        struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count);
void hubctl_silent_done(struct hubctl_whatif_run *run);

/* Settles, or takes back, the table and with it the inputs that were decided since. */
void hubctl_silent_settle(struct hubctl_whatif_run *run);
void hubctl_silent_rollback(struct hubctl_whatif_run *run, size_t mark);

/* The step at that place of a topic is being taken. */
void hubctl_silent_passed(struct hubctl_whatif_run *run, int topic, int64_t place);

/* Decides the next input that said nothing and is not of later than until_ms; none is read of topic `but` (-1: of all).
 * False: there is none (or it would say something), and nothing has changed. */
bool hubctl_silent_try(struct hubctl_whatif_run *run, int but, int64_t until_ms);

/* Reads what lies in each topic before its next step, but for topic `but`; keeps one that was read otherwise. */
void hubctl_silent_read(struct hubctl_whatif_run *run, int but);
bool hubctl_silent_keep(struct hubctl_whatif_run *run, const struct hubctl_whatif_input *input);

/* Decides those of a topic that stand before a step of it. */
void hubctl_silent_flush(struct hubctl_whatif_run *run, int topic, int64_t below);

#endif
