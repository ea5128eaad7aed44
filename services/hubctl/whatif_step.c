/* One step as it was recorded. */
#include "hubctl/whatif_inside.h"

enum { SILENT_MAX = 10 * 1000 };

/* Fires the first timer if it says nothing, and so left no trace in the recording. */
static bool fire_silently(struct hubctl_whatif_run *run, int64_t until_ms)
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

bool hubctl_step_try_input(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input)
{
	struct hubctl_replay *replay = &run->replay;
	struct hub_str topic = run->topics[input->topic].name;
	size_t start = hub_table_mark(replay->table);
	for (int silent = 0; silent < SILENT_MAX; silent++) {
		size_t mark = hub_table_mark(replay->table);
		if (hubctl_replay_decide(replay, input, topic) && hubctl_replay_agrees(replay, step))
			return true;
		hub_table_rollback(replay->table, mark);
		if (!fire_silently(run, step->at_ms))
			break;
	}
	hub_table_rollback(replay->table, start);
	return false;
}

static bool is_own(const struct hub_timer *timer, const struct hubctl_whatif_step *step)
{
	return timer->due_at_ms == step->place &&
	       hubctl_cause_of_timer(timer->entity, timer->name) == step->cause;
}

bool hubctl_step_try_timer(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *step)
{
	struct hubctl_replay *replay = &run->replay;
	size_t start = hub_table_mark(replay->table);
	struct hub_timer timer;
	for (int n = 0; n < HUBCTL_TIMERS_MAX; n++) {
		hubctl_replay_begin(replay);
		if (!hubctl_replay_due(replay, step->at_ms, &timer))
			break;
		bool own = is_own(&timer, step);
		hubctl_replay_clock(replay, own ? step->at_ms : timer.due_at_ms);
		if (!hubctl_replay_fire(replay, &timer))
			break;
		if (own && hubctl_replay_agrees(replay, step))
			return true;
		if (own || replay->effects.count)
			break;
	}
	hub_table_rollback(replay->table, start);
	return false;
}

uint32_t hubctl_step_first(
        struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count)
{
	struct hub_timer timer;
	for (int silent = 0; silent < SILENT_MAX; silent++) {
		hubctl_replay_begin(&run->replay);
		if (!hubctl_replay_due(&run->replay, steps->at_ms, &timer))
			break;
		for (uint32_t i = 0; i < count; i++)
			if (is_own(&timer, &steps[i]))
				return i;
		hubctl_replay_clock(&run->replay, timer.due_at_ms);
		if (!fire_silently(run, steps->at_ms))
			break;
	}
	return 0;
}
