/* The steps of a partition once more. As it was: each input and timer in the recorded order, by the recorded clock. With
 * another policy: the recorded inputs at their recorded time, and timers fire when they are due. */
#include "base/check.h"
#include "hubctl/whatif_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512 };

static void differ(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, const char *what)
{
	struct hubctl_whatif_result *result = run->result;
	result->different++;
	if (result->difference_count == run->options->keep || !result->differences)
		return;
	result->differences[result->difference_count++] = (struct hubctl_difference){
		.partition = run->replay.partition,
		.at_ms = step->at_ms,
		.place = step->place,
		.timer = step->timer,
		.what = hub_arena_copy(run->options->arena, hub_str_from(what)),
	};
}

/* What was made instead, for a person. */
static void differ_by(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	const struct hub_effects *effects = &run->replay.effects;
	char what[TEXT_MAX];
	int len = snprintf(
	        what, sizeof(what), "%d recorded (%d found), made again:", (int)step->count, (int)step->seen);
	for (uint32_t i = 0; i < effects->count && len > 0 && (size_t)len < sizeof(what); i++)
		len += snprintf(what + len, sizeof(what) - (size_t)len, "%s %s", i ? "," : "",
		        effects->outputs[i].schema->name);
	differ(run, step, what);
}

/* Told, and compared. */
static void finish(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, bool same)
{
	run->result->compared += (uint64_t)step->count;
	if (same)
		run->result->same += (uint64_t)step->count;
	else
		differ_by(run, step);
	hubctl_replay_tell(&run->replay);
}

/* With another policy. */
static void say(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input)
{
	const struct hubctl_whatif_options *options = run->options;
	if (options->adapt &&
	        !options->adapt(options->user, run->replay.table, step, input, run->replay.arena))
		return;
	run->result->inputs++;
	if (!hubctl_replay_decide(&run->replay, input, run->topics[input->topic].name))
		run->result->dead++;
	hubctl_replay_tell(&run->replay);
}

/* What could not be said before. */
static void resume(struct hubctl_whatif_run *run)
{
	const struct hubctl_whatif_options *options = run->options;
	struct hubctl_whatif_input input;
	while (options->resume && options->resume(options->user, &input)) {
		hubctl_replay_begin(&run->replay);
		say(run, NULL, &input);
	}
}

/* own: it is the step's; another one before it said nothing. */
static void input_again(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input, bool own)
{
	struct hubctl_replay *replay = &run->replay;
	hubctl_replay_settle(replay);
	hubctl_replay_begin(replay);
	if (own)
		hubctl_replay_clock(replay, step->at_ms);
	if (run->other) {
		say(run, step, input);
		resume(run);
		return;
	}
	run->result->inputs++;
	bool same = own && hubctl_step_try_input(run, step, input);
	if (!same)
		hubctl_replay_decide(replay, input, run->topics[input->topic].name);
	if (own)
		finish(run, step, same);
	else if (replay->effects.count)
		differ(run, step, "an input before it said nothing, made again it does");
}

/* With another policy timers fire by their time, before the input. */
static void fire_before(struct hubctl_whatif_run *run, int64_t before_ms)
{
	struct hubctl_replay *replay = &run->replay;
	struct hub_timer timer;
	for (int n = 0; n < HUBCTL_TIMERS_MAX; n++) {
		hubctl_replay_settle(&run->replay);
		hubctl_replay_begin(replay);
		if (!hubctl_replay_due(replay, before_ms - 1, &timer))
			return;
		hubctl_replay_clock(replay, timer.due_at_ms);
		if (!hubctl_replay_fire(replay, &timer))
			return; /* the daemon would stop its partition here */
		run->result->timers++;
		hubctl_replay_tell(replay);
		resume(run);
	}
}

static int topic_of(const struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	for (int i = 0; i < run->topic_count; i++)
		if (run->topics[i].cause == step->cause)
			return i;
	return -1;
}

/* The next readable input of a topic that was no dead letter, below that offset. */
static bool next_input(
        struct hubctl_whatif_run *run, int topic, int64_t below, struct hubctl_whatif_input *ret)
{
	while (run->source->next(run->source->user, (uint32_t)topic, below, ret)) {
		if (hubctl_recording_is_dead(run->options->recording, run->topics[topic].name,
		            run->replay.partition, ret->offset))
			continue;
		if (ret->schema)
			return true;
		run->result->unreadable++;
	}
	return false;
}

/* What had been read of each topic when the step was taken, and is not its own: it said nothing, such as a message of another
 * county that only changes what is kept here. */
static void take_silent(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, int own)
{
	struct hubctl_whatif_input input;
	for (int topic = 0; topic < run->topic_count; topic++) {
		int64_t below = topic == own ? step->place : step->read[topic];
		while (next_input(run, topic, below, &input))
			input_again(run, step, &input, false);
	}
}

static void take_input(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_whatif_input input;
	int own = topic_of(run, step);
	if (own < 0) {
		differ(run, step, "its input is of a topic that the router does not read");
		return;
	}
	take_silent(run, step, own);
	if (next_input(run, own, step->place + 1, &input))
		input_again(run, step, &input, true);
	else
		differ(run, step, "its input is not in the log any more");
}

/* The first timer fires anyhow, so that it does not stand in the way of the next. */
static void fire_anyhow(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_replay *replay = &run->replay;
	struct hub_timer timer;
	hubctl_replay_begin(replay);
	if (!hubctl_replay_due(replay, step->at_ms, &timer))
		return;
	hubctl_replay_clock(replay, step->at_ms);
	hubctl_replay_fire(replay, &timer);
}

static void timer_again(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	bool same = hubctl_step_try_timer(run, step);
	run->result->timers++;
	if (!same)
		fire_anyhow(run, step);
	finish(run, step, same);
}

static void take_step(struct hubctl_whatif_run *run, struct hubctl_whatif_step *step)
{
	struct hubctl_replay *replay = &run->replay;
	if (run->other)
		fire_before(run, step->at_ms);
	hubctl_replay_settle(replay);
	replay->version = step->registry_version;
	replay->step = run->other ? NULL : step;
	if (!step->timer) {
		take_input(run, step);
		return;
	}
	take_silent(run, step, -1);
	if (!run->other)
		timer_again(run, step);
}

static bool fired_together(const struct hubctl_whatif_step *a, const struct hubctl_whatif_step *b)
{
	return a->timer && b->timer && a->seq == b->seq && a->place == b->place &&
	       memcmp(a->read, b->read, sizeof(a->read)) == 0;
}

/* Of timers that fired together and were due at one time the table knows which came first. */
static void take_together(struct hubctl_whatif_run *run, struct hubctl_whatif_step *steps, uint32_t count)
{
	struct hubctl_whatif_step *left = malloc(count * sizeof(*left));
	hub_check(left != NULL);
	memcpy(left, steps, count * sizeof(*left));
	take_silent(run, steps, -1);
	for (; count; count--) {
		hubctl_replay_settle(&run->replay);
		run->replay.version = steps->registry_version;
		run->replay.step = steps; /* whoever of them says nothing says it of nobody */
		uint32_t first = hubctl_step_first(run, left, count);
		take_step(run, &left[first]);
		left[first] = left[count - 1];
	}
	run->replay.step = NULL; /* it was one of those */
	free(left);
}

static uint32_t take(struct hubctl_whatif_run *run, struct hubctl_whatif_step *steps, uint32_t count)
{
	const struct hubctl_whatif_options *options = run->options;
	uint32_t together = 1;
	if (!run->other && options->other && steps->at_ms >= options->from_ms) {
		run->other = true;
		run->replay.policies = options->other;
	}
	while (!run->other && together < count && fired_together(steps, &steps[together]))
		together++;
	if (together > 1)
		take_together(run, steps, together);
	else
		take_step(run, steps);
	return together;
}

static void name_topics(struct hubctl_whatif_run *run)
{
	const struct hub_core_topic *inputs = run->options->core->inputs;
	for (int i = 0; i < HUBCTL_WHATIF_TOPICS && inputs[i].name; i++) {
		run->topics[i].name =
		        hub_arena_printf(run->options->arena, "%s%s", run->options->prefix, inputs[i].name);
		run->topics[i].cause = hubctl_cause_of_topic(run->topics[i].name);
		run->topic_count = i + 1;
	}
}

bool hubctl_whatif_run(const struct hubctl_whatif_options *options, int32_t partition,
        const struct hubctl_whatif_source *source, struct hubctl_whatif_result *result)
{
	struct hubctl_whatif_run run = { .options = options, .source = source, .result = result };
	uint32_t count;
	struct hubctl_whatif_step *steps = hubctl_recording_steps(options->recording, partition, &count);
	if (!result->differences)
		result->differences =
		        hub_arena_alloc(options->arena, (options->keep + 1) * sizeof(*result->differences));
	name_topics(&run);
	bool there = hubctl_replay_init(&run.replay, options, partition) && result->differences;
	for (uint32_t i = 0; there && i < count && steps[i].at_ms < options->to_ms;)
		i += take(&run, &steps[i], count - i);
	hubctl_replay_done(&run.replay);
	return there;
}
