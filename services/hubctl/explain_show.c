#include "hubctl/explain_show.h"

#include "hubctl/when.h"
#include "records/referral_event_refused.h"
#include "referral-router/allowed.h"

uint32_t hubctl_explain_may(const struct hubctl_story *story, struct hubctl_may may[HUBCTL_MAY_MAX])
{
	const struct hub_referral_state *state = story->state;
	if (!state)
		return 0;
	const struct hubctl_may all[HUBCTL_MAY_MAX] = {
		{ "sender", state->referral.from_org_id, { 0 } },
		{ "asked hospital", state->has_to_org_id ? state->to_org_id : (struct hub_str){ 0 }, { 0 } },
		{ "control centre",
		        story->now ? referral_policy_control_org(story->now, state->county_id)
		                   : (struct hub_str){ 0 },
		        { 0 } },
		{ "any hospital with the specialty", { 0 }, { 0 } },
	};
	static const unsigned who[HUBCTL_MAY_MAX] = { REFERRAL_WHO_SENDER, REFERRAL_WHO_ADDRESSED,
		REFERRAL_WHO_CONTROL, REFERRAL_WHO_HOSPITAL };
	uint32_t count = 0;
	for (uint32_t i = 0; i < HUBCTL_MAY_MAX; i++) {
		struct hub_str_array records =
		        referral_allowed(state->stage, state->referral.direction, who[i], story->arena);
		if (records.count == 0 || (who[i] == REFERRAL_WHO_ADDRESSED && !state->has_to_org_id))
			continue;
		may[count] = all[i];
		may[count++].records = records;
	}
	return count;
}

static const char *topic_word(const char *topic)
{
	if (strcmp(topic, "referral.events") == 0)
		return "event";
	if (strcmp(topic, "referral.decisions") == 0)
		return "decision";
	return strcmp(topic, "referral.transfers") == 0 ? "transfer" : "dead letter";
}

static struct hub_str clock_text(struct hub_arena *arena, int64_t at_ms)
{
	char text[HUBCTL_CLOCK_LEN];
	hubctl_clock(at_ms, text);
	return hub_arena_copy(arena, hub_str_from(text));
}

static struct hub_str fate_text(struct hub_arena *arena, const struct hubctl_candidate *c)
{
	const char *meaning = hubctl_reason_text(c->reason_code);
	switch (c->fate) {
	case HUBCTL_TAKEN:
		return HUB_STR("taken");
	case HUBCTL_BARRED:
		return hub_arena_printf(arena, "%.*s%s%s", HUB_STR_ARG(c->reason_code), meaning ? ", " : "",
		        meaning ? meaning : "");
	case HUBCTL_NOT_ASKED:
		return HUB_STR("not asked, since another one could take it first");
	case HUBCTL_NO_TRACE:
		break;
	}
	return HUB_STR("not mentioned by the decision");
}

static bool same_fate(const struct hubctl_candidate *a, const struct hubctl_candidate *b)
{
	return a->fate == b->fate && hub_str_eq(a->reason_code, b->reason_code);
}

/* One line for all candidates that met the same fate, in the order of the rules. */
static struct hub_str fate_line(
        struct hub_arena *arena, const struct hubctl_candidate *candidates, uint32_t first, uint32_t count)
{
	struct hub_buf line;
	hub_buf_init(&line, 1 << 16);
	hub_buf_text(&line, "- ");
	hub_buf_str(&line, fate_text(arena, &candidates[first]));
	for (uint32_t i = first; i < count; i++) {
		const struct hubctl_candidate *c = &candidates[i];
		if (same_fate(c, &candidates[first]))
			hub_buf_printf(&line, "%s %.*s %.*s %s", i == first ? ":" : ",",
			        HUB_STR_ARG(c->org_id), HUB_STR_ARG(c->name), c->path);
	}
	struct hub_str text = hub_arena_copy(arena, hub_buf_slice(&line));
	hub_buf_done(&line);
	return text;
}

static void put_candidates(
        struct hubctl_grid *grid, const struct hubctl_story *story, const struct hubctl_step *step)
{
	const struct hubctl_candidate *candidates;
	uint32_t count = hubctl_story_candidates(story, step, &candidates);
	struct hub_arena *arena = story->arena;
	hubctl_grid_note(grid, hub_arena_printf(arena,
	                               count ? "candidates by registry version %lld:"
	                                     : "no candidates by registry version %lld",
	                               (long long)step->decision->registry_version));
	for (uint32_t i = 0; i < count; i++) {
		bool told = false;
		for (uint32_t before = 0; before < i; before++)
			told = told || same_fate(&candidates[before], &candidates[i]);
		if (!told)
			hubctl_grid_note(grid, fate_line(arena, candidates, i, count));
	}
}

static void put_trace(
        struct hubctl_grid *grid, const struct hubctl_story *story, const struct hubctl_step *step)
{
	char trace_id[HUB_TRACE_ID_TEXT];
	if (hubctl_trace_id(&step->event, trace_id))
		hubctl_grid_note(grid, hub_arena_printf(story->arena, "trace %s", trace_id));
}

static void put_story(struct hubctl *hubctl, const struct hubctl_story *story)
{
	static const struct hubctl_column columns[] = {
		{ "WHEN", HUBCTL_KEEP, false },
		{ "WHERE", HUBCTL_KEEP, false },
		{ "WHAT", HUBCTL_WRAP, false },
	};
	struct hubctl_grid *grid = hubctl_grid_new(story->arena, columns, 3);
	for (uint32_t i = 0; i < story->step_count; i++) {
		const struct hubctl_step *step = &story->steps[i];
		hubctl_grid_cell(grid, clock_text(story->arena, step->seen.at_ms));
		hubctl_grid_cell(
		        grid, hub_arena_printf(story->arena, "%s %d:%lld", topic_word(step->seen.topic),
		                      step->event.at.partition, (long long)step->event.offset));
		hubctl_grid_cell(grid, hubctl_step_text(story, step));
		if (hubctl_arg(hubctl->args, "traces"))
			put_trace(grid, story, step);
		if (hubctl_step_places(step))
			put_candidates(grid, story, step);
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

/* Why there is no state. */
static const char *absence(const struct hubctl_story *story)
{
	bool decided = false;
	bool refused = false;
	for (uint32_t i = 0; i < story->step_count; i++) {
		const struct hubctl_step *step = &story->steps[i];
		bool refusal = step->seen.schema == &hub_referral_event_refused_schema;
		decided = decided || (step->decision && !refusal);
		refused = refused || refusal;
	}
	if (decided)
		return "ended, and forgotten since";
	return refused ? "refused, so the hub keeps nothing of it" : "not decided yet";
}

static void put_head(struct hubctl *hubctl, const struct hubctl_story *story)
{
	struct hub_buf *out = &hubctl->out;
	const struct hub_referral *r = story->referral;
	hub_buf_printf(out, "%.*s: ", HUB_STR_ARG(story->referral_id));
	if (story->state) {
		hub_buf_text(out, hub_referral_stage_name(story->state->stage));
		if (story->state->has_to_org_id)
			hub_buf_printf(
			        out, ", %.*s", HUB_STR_ARG(hubctl_story_org(story, story->state->to_org_id)));
	} else if (story->stub) {
		hub_buf_printf(out, "%s (ended)", hub_final_state_name(story->stub->final_state));
	} else {
		hub_buf_text(out, absence(story));
	}
	if (r)
		hub_buf_printf(out,
		        "\n%s %s %s %.*s, diagnosis %.*s, from %.*s\ncounty %.*s, consortium %.*s",
		        hub_direction_name(r->direction), hub_urgency_name(r->urgency),
		        hub_need_name(r->need), HUB_STR_ARG(r->specialty), HUB_STR_ARG(r->diagnosis),
		        HUB_STR_ARG(hubctl_story_org(story, r->from_org_id)), HUB_STR_ARG(story->county_id),
		        HUB_STR_ARG(story->consortium_id));
	hub_buf_text(out, "\n\n");
}

static void put_may(struct hubctl *hubctl, const struct hubctl_story *story)
{
	static const struct hubctl_column columns[] = {
		{ "WHO", HUBCTL_KEEP, false },
		{ "", HUBCTL_CUT, false },
		{ "MAY SEND", HUBCTL_WRAP, false },
	};
	struct hubctl_may may[HUBCTL_MAY_MAX];
	uint32_t count = hubctl_explain_may(story, may);
	if (story->stub)
		hub_buf_text(&hubctl->out, "\nIt has ended: nothing may come next.\n");
	if (count == 0)
		return;
	struct hubctl_grid *grid = hubctl_grid_new(story->arena, columns, 3);
	for (uint32_t i = 0; i < count; i++) {
		struct hub_buf names;
		hub_buf_init(&names, 4096);
		for (uint32_t n = 0; n < may[i].records.count; n++)
			hub_buf_printf(&names, "%s%.*s", n ? ", " : "", HUB_STR_ARG(may[i].records.items[n]));
		hubctl_grid_text(grid, may[i].role);
		hubctl_grid_cell(grid,
		        may[i].org_id.len ? hubctl_story_org(story, may[i].org_id) : (struct hub_str){ 0 });
		hubctl_grid_cell(grid, hub_arena_copy(story->arena, hub_buf_slice(&names)));
		hub_buf_done(&names);
	}
	hub_buf_text(&hubctl->out, "\n");
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

static void put_deadlines(struct hubctl *hubctl, const struct hubctl_story *story)
{
	static const struct hubctl_column columns[] = {
		{ "DEADLINE", HUBCTL_KEEP, false },
		{ "DUE", HUBCTL_KEEP, false },
		{ "", HUBCTL_KEEP, false },
		{ "REMINDED", HUBCTL_KEEP, true },
	};
	if (!story->state || story->state->timers.count == 0)
		return;
	int64_t now = hubctl_now_ms();
	struct hubctl_grid *grid = hubctl_grid_new(story->arena, columns, 4);
	for (uint32_t i = 0; i < story->state->timers.count; i++) {
		const struct hub_due_timer *timer = &story->state->timers.items[i];
		char left[HUBCTL_DURATION_LEN];
		int64_t ms = timer->due_at - now;
		hubctl_duration(ms < 0 ? -ms : ms, left);
		hubctl_grid_cell(grid, timer->name);
		hubctl_grid_cell(grid, clock_text(story->arena, timer->due_at));
		hubctl_grid_cell(grid, hub_arena_printf(story->arena, ms < 0 ? "%s ago" : "in %s", left));
		hubctl_grid_number(grid, timer->times);
	}
	hub_buf_text(&hubctl->out, "\n");
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

void hubctl_explain_text(struct hubctl *hubctl, const struct hubctl_story *story)
{
	put_head(hubctl, story);
	put_story(hubctl, story);
	put_may(hubctl, story);
	put_deadlines(hubctl, story);
}
