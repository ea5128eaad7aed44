/* Steps that were decided with one clock, and whose order the topics do not tell: what came of inputs of several topics lies
 * in several places. An order is searched in which each step leads to what was recorded; the table's journal takes back what
 * did not. */
#include "hubctl/whatif_inside.h"

#include "wire/framing.h"

#include <stdlib.h>

/* Tries before the search gives up: it needs about one a step where steps hardly touch each other. */
enum { TRIES_A_STEP = 64, TRIES_MIN = 20 * 1000, INPUT_MAX = 2 << 20 };

static const size_t memory_max = (size_t)1 << 30;

struct tied {
	const struct hubctl_whatif_step *step;
	struct hubctl_whatif_input input; /* its own, in the arena; schema NULL: there is none */
	int topic;                        /* -1: a timer, or of no topic of ours */
	struct tied *before;              /* the one of the same topic that comes first */
	bool done;
};

/* One place of the order that is searched. */
struct choice {
	size_t mark;     /* of the table before it */
	uint32_t chosen; /* of the steps */
	uint32_t next;   /* the first that was not tried here */
};

struct ties {
	struct hubctl_whatif_run *run;
	struct hub_arena *arena;
	struct tied *steps;
	struct choice *order;
	uint32_t count;
	/* Steps by topic, each in order; so many of them have come. */
	struct tied **of_topic[HUBCTL_WHATIF_TOPICS];
	uint32_t topic_count[HUBCTL_WHATIF_TOPICS], topic_done[HUBCTL_WHATIF_TOPICS];
};

uint32_t hubctl_ties_count(const struct hubctl_whatif_step *steps, uint32_t count)
{
	uint32_t n = 1;
	bool lanes = false;
	for (; n < count && steps[n].at_ms == steps[0].at_ms; n++)
		lanes = lanes || steps[n].lane != steps[0].lane;
	return lanes ? n : 1;
}

static bool hold(struct ties *ties, struct tied *tied, const struct hubctl_whatif_input *input)
{
	struct hub_buf bytes;
	if (input->offset != tied->step->place)
		return hubctl_silent_keep(ties->run, input);
	hub_buf_init(&bytes, INPUT_MAX);
	bool whole = hub_frame_encode(input->schema, input->record, &bytes, NULL) == 0;
	tied->input = *input;
	if (whole)
		whole = hub_frame_decode(ties->run->options->core->inputs[input->topic].records,
		                hub_arena_copy(ties->arena, hub_buf_slice(&bytes)), ties->arena,
		                &tied->input.schema, &tied->input.record, NULL) == 0;
	hub_buf_done(&bytes);
	return whole;
}

static int by_place(const void *a, const void *b)
{
	int64_t x = (*(struct tied *const *)a)->step->place, y = (*(struct tied *const *)b)->step->place;
	return (x > y) - (x < y);
}

/* Reads a topic's inputs in order, as the daemon did. */
static bool read_topic(struct ties *ties, int topic)
{
	struct hubctl_whatif_input input;
	struct tied **steps = ties->of_topic[topic];
	uint32_t count = ties->topic_count[topic];
	if (count)
		qsort(steps, count, sizeof(*steps), by_place);
	for (uint32_t i = 0; i < count; i++) {
		steps[i]->before = i ? steps[i - 1] : NULL;
		hubctl_silent_passed(ties->run, topic, steps[i]->step->place);
		while (hubctl_whatif_next(ties->run, steps[i]->step, topic, &input))
			if (!hold(ties, steps[i], &input))
				return false;
	}
	return true;
}

static bool read_inputs(struct ties *ties)
{
	struct hubctl_whatif_run *run = ties->run;
	for (int topic = 0; topic < run->topic_count; topic++) {
		ties->of_topic[topic] =
		        hub_arena_alloc(ties->arena, (ties->count + 1) * sizeof(*ties->of_topic[topic]));
		if (!ties->of_topic[topic])
			return false;
		for (uint32_t i = 0; i < ties->count; i++)
			if (ties->steps[i].topic == topic)
				ties->of_topic[topic][ties->topic_count[topic]++] = &ties->steps[i];
		if (!read_topic(ties, topic))
			return false;
	}
	hubctl_silent_read(run, -1);
	return true;
}

/* Inputs that said nothing come behind the steps of their topic that stand before them. */
static void note_done(struct ties *ties, struct tied *tied, bool done)
{
	tied->done = done;
	if (tied->topic < 0)
		return;
	uint32_t *count = &ties->topic_done[tied->topic];
	*count += done ? 1U : UINT32_MAX;
	ties->run->topics[tied->topic].silent_below =
	        *count < ties->topic_count[tied->topic] ? ties->of_topic[tied->topic][*count]->step->place
	                                                : INT64_MAX;
}

static void begin_order(struct ties *ties)
{
	for (int topic = 0; topic < ties->run->topic_count; topic++) {
		ties->topic_done[topic] = 0;
		ties->run->topics[topic].silent_below =
		        ties->topic_count[topic] ? ties->of_topic[topic][0]->step->place : INT64_MAX;
	}
	for (uint32_t i = 0; i < ties->count; i++)
		ties->steps[i].done = false;
}

/* Whether step i may come now: what stands before it in its lane and in its topic has come. */
static bool may_come(const struct ties *ties, uint32_t i)
{
	const struct tied *tied = &ties->steps[i];
	if (tied->done || (tied->before && !tied->before->done))
		return false;
	/* Lanes stand one behind the other, each in order. */
	return i == 0 || ties->steps[i - 1].step->lane != tied->step->lane || ties->steps[i - 1].done;
}

static bool try(struct ties *ties, uint32_t i)
{
	struct hubctl_whatif_run *run = ties->run;
	const struct tied *tied = &ties->steps[i];
	size_t mark = hub_table_mark(run->replay.table);
	run->replay.version = tied->step->registry_version;
	run->replay.step = tied->step;
	if (tied->step->timer)
		return hubctl_step_try_timer(run, tied->step);
	if (!tied->input.schema)
		return false;
	hubctl_silent_flush(run, tied->topic, tied->step->place);
	hubctl_replay_begin(&run->replay);
	hubctl_replay_clock(&run->replay, tied->step->at_ms);
	if (hubctl_step_try_input(run, tied->step, &tied->input))
		return true;
	hubctl_silent_rollback(run, mark);
	return false;
}

/* Takes the next step that leads to what was recorded; false: there is none left at this place. */
static bool advance(struct ties *ties, struct choice *choice, uint64_t *tries)
{
	for (; choice->next < ties->count; choice->next++) {
		uint32_t i = choice->next;
		if (!may_come(ties, i))
			continue;
		if (*tries == 0)
			return false;
		--*tries;
		if (!try(ties, i))
			continue;
		choice->chosen = i;
		choice->next = i + 1;
		note_done(ties, &ties->steps[i], true);
		return true;
	}
	return false;
}

/* From the first place to the last, back where nothing fits. */
static bool search(struct ties *ties)
{
	struct hub_table *table = ties->run->replay.table;
	uint64_t tries = (uint64_t)ties->count * TRIES_A_STEP + TRIES_MIN;
	uint32_t at = 0;
	begin_order(ties);
	ties->order[0] = (struct choice){ .mark = hub_table_mark(table) };
	while (at < ties->count) {
		if (advance(ties, &ties->order[at], &tries)) {
			ties->order[++at] = (struct choice){ .mark = hub_table_mark(table) };
			continue;
		}
		if (at == 0 || tries == 0)
			break;
		at--;
		note_done(ties, &ties->steps[ties->order[at].chosen], false);
		hubctl_silent_rollback(ties->run, ties->order[at].mark);
	}
	bool found = at == ties->count;
	hubctl_silent_rollback(ties->run, ties->order[0].mark);
	for (uint32_t i = 0; !found && i < ties->count; i++)
		ties->order[i].chosen = i;
	return found;
}

/* In the order that was found, and told. */
static void carry_out(struct ties *ties)
{
	struct hubctl_whatif_run *run = ties->run;
	begin_order(ties);
	for (uint32_t n = 0; n < ties->count; n++) {
		struct tied *tied = &ties->steps[ties->order[n].chosen];
		hubctl_silent_settle(run);
		run->replay.version = tied->step->registry_version;
		run->replay.step = tied->step;
		if (tied->step->timer) {
			hubctl_whatif_timer_again(run, tied->step);
		} else if (!tied->input.schema) {
			hubctl_whatif_differ(run, tied->step, "its input is not in the log any more");
		} else {
			hubctl_silent_flush(run, tied->topic, tied->step->place);
			hubctl_whatif_input_again(run, tied->step, &tied->input);
		}
		note_done(ties, tied, true);
	}
}

void hubctl_ties_take(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count)
{
	struct ties ties = { .run = run, .arena = hub_arena_new(memory_max), .count = count };
	hubctl_silent_settle(run);
	if (ties.arena) {
		ties.steps = hub_arena_alloc(ties.arena, count * sizeof(*ties.steps));
		ties.order = hub_arena_alloc(ties.arena, (count + 1) * sizeof(*ties.order));
	}
	for (uint32_t i = 0; ties.steps && i < count; i++) {
		ties.steps[i].step = &steps[i];
		ties.steps[i].topic = steps[i].timer ? -1 : hubctl_whatif_topic(run, &steps[i]);
	}
	if (ties.steps && ties.order && read_inputs(&ties)) {
		run->silent_closed = true;
		search(&ties);
		carry_out(&ties);
		run->silent_closed = false;
	} else {
		hubctl_whatif_differ(run, steps, "the steps of its moment need more memory than there is");
	}
	hub_arena_free(ties.arena);
}
