/* Inputs that said nothing: a message of another county that only changes what is kept here. Only their neighbours in their
 * own topic tell when they were decided; so they are, as timers that say nothing, where what was recorded follows from it. */
#include "hubctl/whatif_inside.h"

#include "hubctl/fields.h"
#include "wire/framing.h"

#include <stdlib.h>

enum { INPUT_MAX = 2 << 20, WAITING_MAX = 1000 };

struct hubctl_silent {
	struct hubctl_whatif_input input; /* in arena */
	struct hub_arena *arena;
	struct hubctl_silent *next;
	size_t mark; /* of the table before it was decided */
	bool done;
};

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

bool hubctl_silent_init(struct hubctl_whatif_run *run, const struct hubctl_whatif_step *steps, uint32_t count)
{
	run->silent_last = &run->silent;
	for (int topic = 0; topic < run->topic_count; topic++) {
		struct hubctl_whatif_topic *t = &run->topics[topic];
		t->silent_below = INT64_MAX;
		t->places = malloc((count + 1) * sizeof(*t->places));
		if (!t->places)
			return false;
		for (uint32_t i = 0; i < count; i++)
			if (!steps[i].timer && steps[i].cause == t->cause)
				t->places[t->place_count++] = steps[i].place;
		if (t->place_count)
			qsort(t->places, t->place_count, sizeof(*t->places), by_number);
	}
	return true;
}

static void remove_first(struct hubctl_whatif_run *run, struct hubctl_silent **at)
{
	struct hubctl_silent *gone = *at;
	*at = gone->next;
	if (!*at)
		run->silent_last = at;
	run->silent_count--;
	hub_arena_free(gone->arena);
	free(gone);
}

void hubctl_silent_done(struct hubctl_whatif_run *run)
{
	while (run->silent)
		remove_first(run, &run->silent);
	for (int topic = 0; topic < run->topic_count; topic++)
		free(run->topics[topic].places);
}

void hubctl_silent_settle(struct hubctl_whatif_run *run)
{
	hubctl_replay_settle(&run->replay);
	for (struct hubctl_silent **at = &run->silent; *at;) {
		if ((*at)->done)
			remove_first(run, at);
		else
			at = &(*at)->next;
	}
}

void hubctl_silent_rollback(struct hubctl_whatif_run *run, size_t mark)
{
	hub_table_rollback(run->replay.table, mark);
	for (struct hubctl_silent *s = run->silent; s; s = s->next)
		s->done = s->done && s->mark < mark;
}

void hubctl_silent_passed(struct hubctl_whatif_run *run, int topic, int64_t place)
{
	struct hubctl_whatif_topic *t = &run->topics[topic];
	while (t->place_at < t->place_count && t->places[t->place_at] <= place)
		t->place_at++;
}

bool hubctl_silent_keep(struct hubctl_whatif_run *run, const struct hubctl_whatif_input *input)
{
	struct hubctl_silent *s = calloc(1, sizeof(*s));
	struct hub_buf bytes;
	bool whole = false;
	hub_buf_init(&bytes, INPUT_MAX);
	if (s && (s->arena = hub_arena_new(2 * INPUT_MAX)) &&
	        hub_frame_encode(input->schema, input->record, &bytes, NULL) == 0) {
		s->input = *input;
		whole = hub_frame_decode(run->options->core->inputs[input->topic].records,
		                hub_arena_copy(s->arena, hub_buf_slice(&bytes)), s->arena, &s->input.schema,
		                &s->input.record, NULL) == 0;
	}
	hub_buf_done(&bytes);
	if (!whole) {
		hub_arena_free(s ? s->arena : NULL);
		free(s);
		return false;
	}
	*run->silent_last = s;
	run->silent_last = &s->next;
	run->silent_count++;
	return true;
}

/* What lies in each topic before its next step; not in that of the step at hand, whose input comes before. */
void hubctl_silent_read(struct hubctl_whatif_run *run, int but)
{
	struct hubctl_whatif_input input;
	for (int topic = 0; topic < run->topic_count; topic++) {
		const struct hubctl_whatif_topic *t = &run->topics[topic];
		if (topic == but || t->place_at == t->place_count)
			continue; /* behind its last step nobody knows whether it was decided at all */
		const struct hubctl_whatif_step until = { .place = t->places[t->place_at] - 1 };
		while (run->silent_count < WAITING_MAX && hubctl_whatif_next(run, &until, topic, &input) &&
		        hubctl_silent_keep(run, &input))
			;
	}
}

static void decide(struct hubctl_whatif_run *run, struct hubctl_silent *s)
{
	s->mark = hub_table_mark(run->replay.table);
	s->done = true;
	hubctl_replay_begin(&run->replay);
	hubctl_replay_decide(&run->replay, &s->input, run->topics[s->input.topic].name);
}

bool hubctl_silent_try(struct hubctl_whatif_run *run, int but, int64_t until_ms)
{
	if (!run->silent_closed)
		hubctl_silent_read(run, but);
	for (struct hubctl_silent *s = run->silent; s; s = s->next) {
		const struct hubctl_whatif_input *input = &s->input;
		if (s->done || input->offset >= run->topics[input->topic].silent_below ||
		        hubctl_long_of(input->schema, input->record, "occurred_at", INT64_MAX) > until_ms)
			continue;
		decide(run, s);
		if (run->replay.effects.count == 0)
			return true;
		hubctl_silent_rollback(run, s->mark);
		return false;
	}
	return false;
}

void hubctl_silent_flush(struct hubctl_whatif_run *run, int topic, int64_t below)
{
	for (struct hubctl_silent *s = run->silent; s; s = s->next)
		if (!s->done && s->input.topic == (uint32_t)topic && s->input.offset < below)
			decide(run, s);
}
