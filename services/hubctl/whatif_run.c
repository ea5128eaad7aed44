/* The steps of a partition once more. As it was: each input and timer in the recorded order, by the recorded clock. With
 * another policy: the recorded inputs at their recorded time, and timers fire when they are due. */
#include "hubctl/whatif_inside.h"

/* More timers between two inputs than a partition ever has. */
enum { TIMERS_MAX = 10 * 1000 * 1000, SILENT_MAX = 10 * 1000, TOPICS_MAX = 8 };

struct run {
	struct hubctl_replay replay;
	const struct hubctl_whatif_options *options;
	const struct hubctl_whatif_source *source;
	struct hubctl_whatif_result *result;
	bool other; /* the other policy decides */
	struct {
		struct hub_str name; /* full */
		uint64_t cause;
	} topics[TOPICS_MAX]; /* the core's inputs */
	int topic_count;
};

static void differ(struct run *run, const struct hubctl_whatif_step *step, const char *what)
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

static void judge(struct run *run, const struct hubctl_whatif_step *step, bool same)
{
	run->result->compared += (uint64_t)step->count;
	if (same)
		run->result->same += (uint64_t)step->count;
	else
		differ(run, step, "its decisions are not those that were recorded");
}

/* Fires the first timer if it says nothing, and so left no trace in the recording. */
static bool fire_silently(struct run *run, int64_t until_ms)
{
	struct hub_timer timer;
	if (!hubctl_replay_due(&run->replay, until_ms, &timer))
		return false;
	size_t mark = hub_table_mark(run->replay.table);
	if (hubctl_replay_fire(&run->replay, &timer) && run->replay.effects.count == 0)
		return true;
	hub_table_rollback(run->replay.table, mark);
	return false;
}

/* A timer that says nothing may have fired before this input or after it: the one which leads to what was recorded. */
static void decide_as_recorded(struct run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input, struct hub_str topic)
{
	struct hubctl_replay *replay = &run->replay;
	size_t start = hub_table_mark(replay->table);
	for (int silent = 0; silent < SILENT_MAX; silent++) {
		size_t mark = hub_table_mark(replay->table);
		if (hubctl_replay_decide(replay, input, topic) && hubctl_replay_agrees(replay, step)) {
			judge(run, step, true);
			return;
		}
		hub_table_rollback(replay->table, mark);
		if (!fire_silently(run, step->at_ms))
			break;
	}
	hub_table_rollback(replay->table, start);
	hubctl_replay_decide(replay, input, topic);
	judge(run, step, false);
}

static bool adapt(
        struct run *run, const struct hubctl_whatif_step *step, const struct hubctl_whatif_input *input)
{
	const struct hubctl_whatif_options *options = run->options;
	return !options->adapt ||
	       options->adapt(options->user, run->replay.table, step, input, run->replay.arena);
}

/* With another policy. */
static void say(
        struct run *run, const struct hubctl_whatif_step *step, const struct hubctl_whatif_input *input)
{
	if (!adapt(run, step, input))
		return;
	run->result->inputs++;
	if (!hubctl_replay_decide(&run->replay, input, run->topics[input->topic].name))
		run->result->dead++;
	hubctl_replay_tell(&run->replay);
}

/* What could not be said before. */
static void resume(struct run *run)
{
	const struct hubctl_whatif_options *options = run->options;
	struct hubctl_whatif_input input;
	while (options->resume && options->resume(options->user, &input)) {
		hubctl_replay_begin(&run->replay);
		say(run, NULL, &input);
	}
}

static void decide(
        struct run *run, const struct hubctl_whatif_step *step, const struct hubctl_whatif_input *input)
{
	struct hub_str topic = run->topics[input->topic].name;
	if (run->other) {
		say(run, step, input);
		resume(run);
		return;
	}
	run->result->inputs++;
	if (step->place == input->offset)
		decide_as_recorded(run, step, input, topic);
	else
		hubctl_replay_decide(&run->replay, input, topic);
	hubctl_replay_tell(&run->replay);
}

/* With another policy timers fire by their time, before the input. */
static void fire_before(struct run *run, int64_t before_ms)
{
	struct hubctl_replay *replay = &run->replay;
	struct hub_timer timer;
	for (int n = 0; n < TIMERS_MAX; n++) {
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

/* Which of the core's inputs a step comes from; -1: none of them. */
static int topic_of(const struct run *run, const struct hubctl_whatif_step *step)
{
	for (int i = 0; i < run->topic_count; i++)
		if (run->topics[i].cause == step->cause)
			return i;
	return -1;
}

/* The step's input, and before it those of its topic that said nothing. */
static void take_input(struct run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_replay *replay = &run->replay;
	struct hubctl_whatif_input input;
	bool found = false;
	int topic = topic_of(run, step);
	if (topic < 0) {
		differ(run, step, "its input is of a topic that the router does not read");
		return;
	}
	struct hub_str name = run->topics[topic].name;
	while (run->source->next(run->source->user, (uint32_t)topic, step->place + 1, &input)) {
		hubctl_replay_begin(replay);
		if (input.offset == step->place) {
			hubctl_replay_clock(replay, step->at_ms);
			found = true;
		}
		if (hubctl_recording_is_dead(run->options->recording, name, replay->partition, input.offset))
			continue;
		if (input.schema)
			decide(run, step, &input);
		else
			run->result->unreadable++;
	}
	if (!found)
		differ(run, step, "its input is not in the log any more");
}

/* The step's timer, and before it those that said nothing. */
static void take_timer(struct run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_replay *replay = &run->replay;
	struct hub_timer timer;
	for (int n = 0; n < TIMERS_MAX; n++) {
		hubctl_replay_begin(replay);
		if (!hubctl_replay_due(replay, step->at_ms, &timer))
			break;
		bool own = timer.due_at_ms == step->place &&
		           hubctl_cause_of_timer(timer.entity, timer.name) == step->cause;
		hubctl_replay_clock(replay, own ? step->at_ms : timer.due_at_ms);
		if (!hubctl_replay_fire(replay, &timer))
			break;
		run->result->timers++;
		hubctl_replay_tell(replay);
		if (own) {
			judge(run, step, hubctl_replay_agrees(replay, step));
			return;
		}
		if (replay->effects.count)
			differ(run, step, "a timer fired before it that was not recorded");
	}
	judge(run, step, false);
}

static void take_step(struct run *run, const struct hubctl_whatif_step *step)
{
	const struct hubctl_whatif_options *options = run->options;
	struct hubctl_replay *replay = &run->replay;
	if (!run->other && options->other && step->at_ms >= options->from_ms) {
		run->other = true;
		replay->policies = options->other;
	}
	if (run->other)
		fire_before(run, step->at_ms);
	replay->version = step->registry_version;
	replay->step = run->other ? NULL : step;
	if (!step->timer)
		take_input(run, step);
	else if (!run->other)
		take_timer(run, step);
}

static void name_topics(struct run *run)
{
	const struct hub_core_topic *inputs = run->options->core->inputs;
	for (int i = 0; i < TOPICS_MAX && inputs[i].name; i++) {
		run->topics[i].name =
		        hub_arena_printf(run->options->arena, "%s%s", run->options->prefix, inputs[i].name);
		run->topics[i].cause = hubctl_cause_of_topic(run->topics[i].name);
		run->topic_count = i + 1;
	}
}

bool hubctl_whatif_run(const struct hubctl_whatif_options *options, int32_t partition,
        const struct hubctl_whatif_source *source, struct hubctl_whatif_result *result)
{
	struct run run = { .options = options, .source = source, .result = result };
	uint32_t count;
	const struct hubctl_whatif_step *steps =
	        hubctl_recording_steps(options->recording, partition, &count);
	if (!result->differences)
		result->differences =
		        hub_arena_alloc(options->arena, (options->keep + 1) * sizeof(*result->differences));
	name_topics(&run);
	bool there = hubctl_replay_init(&run.replay, options, partition) && result->differences;
	for (uint32_t i = 0; there && i < count && steps[i].at_ms < options->to_ms; i++)
		take_step(&run, &steps[i]);
	hubctl_replay_done(&run.replay);
	return there;
}
