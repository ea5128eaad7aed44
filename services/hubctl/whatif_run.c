/* The steps of a partition once more. As it was: each input and timer in the recorded order, by the recorded clock. With
 * another policy: the recorded inputs at their recorded time, and timers fire when they are due. */
#include "hubctl/whatif_inside.h"

#include <stdio.h>

enum { TEXT_MAX = 512 };

void hubctl_whatif_differ(
        struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, const char *what)
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
	hubctl_whatif_differ(run, step, what);
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

void hubctl_whatif_input_again(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input)
{
	bool own = step->place == input->offset;
	hubctl_replay_begin(&run->replay);
	if (own)
		hubctl_replay_clock(&run->replay, step->at_ms);
	if (run->other) {
		say(run, step, input);
		resume(run);
		return;
	}
	run->result->inputs++;
	bool same = own && hubctl_step_try_input(run, step, input);
	if (!same)
		hubctl_replay_decide(&run->replay, input, run->topics[input->topic].name);
	if (own)
		finish(run, step, same);
	else
		hubctl_replay_tell(&run->replay);
}

/* With another policy timers fire by their time, before the input. */
static void fire_before(struct hubctl_whatif_run *run, int64_t before_ms)
{
	struct hubctl_replay *replay = &run->replay;
	struct hub_timer timer;
	for (int n = 0; n < HUBCTL_TIMERS_MAX; n++) {
		hubctl_silent_settle(run);
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

int hubctl_whatif_topic(const struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	for (int i = 0; i < run->topic_count; i++)
		if (run->topics[i].cause == step->cause)
			return i;
	return -1;
}

bool hubctl_whatif_next(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step, int topic,
        struct hubctl_whatif_input *ret)
{
	while (run->source->next(run->source->user, (uint32_t)topic, step->place + 1, ret)) {
		if (hubctl_recording_is_dead(run->options->recording, run->topics[topic].name,
		            run->replay.partition, ret->offset))
			continue;
		run->topics[topic].taken = ret->offset + 1;
		if (ret->schema)
			return true;
		run->result->unreadable++;
	}
	return false;
}

/* The step's input, and before it those of its topic that said nothing. */
static void take_input(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_whatif_input input;
	int topic = hubctl_whatif_topic(run, step);
	if (topic < 0) {
		hubctl_whatif_differ(run, step, "its input is of a topic that the router does not read");
		return;
	}
	/* Steps of one moment come in any order when nothing is compared: a later input of the topic has taken it along. */
	bool found = run->other && run->topics[topic].taken > step->place;
	hubctl_silent_passed(run, topic, step->place);
	hubctl_silent_flush(run, topic, step->place);
	while (hubctl_whatif_next(run, step, topic, &input)) {
		hubctl_silent_settle(run);
		hubctl_whatif_input_again(run, step, &input);
		found = found || input.offset == step->place;
	}
	if (!found)
		hubctl_whatif_differ(run, step, "its input is not in the log any more");
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

void hubctl_whatif_timer_again(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	bool same = hubctl_step_try_timer(run, step);
	run->result->timers++;
	if (!same)
		fire_anyhow(run, step);
	finish(run, step, same);
}

static void take_step(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_replay *replay = &run->replay;
	if (run->other)
		fire_before(run, step->at_ms);
	hubctl_silent_settle(run);
	replay->version = step->registry_version;
	replay->step = run->other ? NULL : step;
	if (!step->timer)
		take_input(run, step);
	else if (!run->other)
		hubctl_whatif_timer_again(run, step);
}

static uint32_t take(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count)
{
	const struct hubctl_whatif_options *options = run->options;
	if (!run->other && options->other && steps->at_ms >= options->from_ms) {
		run->other = true;
		run->replay.policies = options->other;
	}
	uint32_t tied = run->other ? 1 : hubctl_ties_count(steps, count);
	if (tied > 1)
		hubctl_ties_take(run, steps, tied);
	else
		take_step(run, steps);
	return tied;
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
	const struct hubctl_whatif_step *steps =
	        hubctl_recording_steps(options->recording, partition, &count);
	if (!result->differences)
		result->differences =
		        hub_arena_alloc(options->arena, (options->keep + 1) * sizeof(*result->differences));
	name_topics(&run);
	bool there = hubctl_replay_init(&run.replay, options, partition) && result->differences &&
	             hubctl_silent_init(&run, steps, count);
	for (uint32_t i = 0; there && i < count && steps[i].at_ms < options->to_ms;)
		i += take(&run, &steps[i], count - i);
	hubctl_silent_done(&run);
	hubctl_replay_done(&run.replay);
	return there;
}
