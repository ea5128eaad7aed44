/* hubctl worklist: what waits for an organisation, how long still, and what it may do (REF-17, REF-18).
 * hubctl allowed: the same question about one referral. */
#include "hubctl/commands.h"
#include "hubctl/desk.h"
#include "hubctl/when.h"

#include <stdlib.h>

enum { LIMIT_DEFAULT = 200, LIMIT_MAX = 1000000, NAMES_MAX = 4096 };

struct item {
	const struct hub_referral_state *state;
	struct hub_str_array may;
	const struct hub_due_timer *due; /* the first; NULL: nothing is due */
};

/* What anybody may do at any time is not what waits for them. */
static bool waits_for_us(const struct hub_str_array *may)
{
	for (uint32_t i = 0; i < may->count; i++)
		if (!hub_str_is(may->items[i], "ReferralCancelled"))
			return true;
	return false;
}

static const struct hub_due_timer *first_due(const struct hub_referral_state *state)
{
	const struct hub_due_timer *first = NULL;
	for (uint32_t i = 0; i < state->timers.count; i++)
		if (!first || state->timers.items[i].due_at < first->due_at)
			first = &state->timers.items[i];
	return first;
}

/* What is due first, then what is urgent, then what is old. */
static int by_need(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int64_t left = x->due ? x->due->due_at : INT64_MAX, right = y->due ? y->due->due_at : INT64_MAX;
	if (left != right)
		return left < right ? -1 : 1;
	if (x->state->referral.urgency != y->state->referral.urgency)
		return x->state->referral.urgency < y->state->referral.urgency ? -1 : 1;
	if (x->state->requested_at != y->state->requested_at)
		return x->state->requested_at < y->state->requested_at ? -1 : 1;
	return hub_str_cmp(x->state->referral.referral_id, y->state->referral.referral_id);
}

static struct hub_str names_of(struct hub_arena *arena, const struct hub_str_array *may)
{
	struct hub_buf names;
	hub_buf_init(&names, NAMES_MAX);
	for (uint32_t i = 0; i < may->count; i++)
		hub_buf_printf(&names, "%s%.*s", i ? ", " : "", HUB_STR_ARG(may->items[i]));
	struct hub_str text = hub_arena_copy(arena, hub_buf_slice(&names));
	hub_buf_done(&names);
	return text;
}

static struct hub_str left_text(struct hub_arena *arena, const struct hub_due_timer *due, int64_t now_ms)
{
	char text[HUBCTL_DURATION_LEN];
	if (!due)
		return HUB_STR("-");
	int64_t left = due->due_at - now_ms;
	hubctl_duration(left < 0 ? -left : left, text);
	return hub_arena_printf(arena, left < 0 ? "%s ago" : "in %s", text);
}

/* Whole names in every row do not fit a terminal, and most rows have the same: each set has a letter, and stands below. */
struct sets {
	struct hub_str names[26];
	uint32_t count;
};

static struct hub_str letter_of(struct hubctl *hubctl, struct sets *sets, const struct hub_str_array *may)
{
	struct hub_str names = names_of(hubctl->arena, may);
	uint32_t at = 0;
	while (at < sets->count && !hub_str_eq(sets->names[at], names))
		at++;
	if (at == sizeof(sets->names) / sizeof(sets->names[0]))
		return names;
	if (at == sets->count)
		sets->names[sets->count++] = names;
	return hub_arena_printf(hubctl->arena, "%c", 'a' + (int)at);
}

static void put_sets(struct hubctl *hubctl, const struct sets *sets)
{
	static const struct hubctl_column columns[] = { { "", HUBCTL_KEEP, false },
		{ "YOU MAY SEND", HUBCTL_WRAP, false } };
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 2);
	for (uint32_t i = 0; i < sets->count; i++) {
		hubctl_grid_cell(grid, hub_arena_printf(hubctl->arena, "%c", 'a' + (int)i));
		hubctl_grid_cell(grid, sets->names[i]);
	}
	hub_buf_text(&hubctl->out, "\n");
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

static void put_items(struct hubctl *hubctl, const struct item *items, uint32_t count)
{
	static const struct hubctl_column columns[] = {
		{ "REFERRAL", HUBCTL_CUT_START, false },
		{ "STATE", HUBCTL_KEEP, false },
		{ "URGENCY", HUBCTL_KEEP, false },
		{ "FROM", HUBCTL_CUT_START, false },
		{ "DUE", HUBCTL_KEEP, false },
		{ "YOU MAY", HUBCTL_WRAP, false },
	};
	struct sets sets = { .count = 0 };
	int64_t now_ms = hubctl_now_ms();
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 6);
	for (uint32_t i = 0; i < count; i++) {
		const struct hub_referral_state *state = items[i].state;
		hubctl_grid_cell(grid, state->referral.referral_id);
		hubctl_grid_text(grid, hub_referral_stage_name(state->stage));
		hubctl_grid_text(grid, hub_urgency_name(state->referral.urgency));
		hubctl_grid_cell(grid, state->referral.from_org_id);
		hubctl_grid_cell(grid, left_text(hubctl->arena, items[i].due, now_ms));
		hubctl_grid_cell(grid, letter_of(hubctl, &sets, &items[i].may));
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
	put_sets(hubctl, &sets);
}

static json_t *names_json(const struct hub_str_array *may)
{
	json_t *names = json_array();
	for (uint32_t i = 0; i < may->count; i++)
		json_array_append_new(names, hubctl_json_text(may->items[i]));
	return names;
}

static json_t *item_json(const struct item *item)
{
	const struct hub_referral_state *state = item->state;
	json_t *json = json_object();
	json_object_set_new(json, "referral_id", hubctl_json_text(state->referral.referral_id));
	json_object_set_new(json, "county_id", hubctl_json_text(state->county_id));
	json_object_set_new(json, "state", json_string(hub_referral_stage_name(state->stage)));
	json_object_set_new(json, "urgency", json_string(hub_urgency_name(state->referral.urgency)));
	json_object_set_new(json, "specialty", hubctl_json_text(state->referral.specialty));
	json_object_set_new(json, "from_org_id", hubctl_json_text(state->referral.from_org_id));
	json_object_set_new(
	        json, "to_org_id", state->has_to_org_id ? hubctl_json_text(state->to_org_id) : json_null());
	json_object_set_new(json, "requested_at", json_integer(state->requested_at));
	json_object_set_new(json, "due", item->due ? hubctl_json_text(item->due->name) : json_null());
	json_object_set_new(json, "due_at", item->due ? json_integer(item->due->due_at) : json_null());
	json_object_set_new(json, "may_send", names_json(&item->may));
	return json;
}

static uint32_t overdue_of(const struct item *items, uint32_t count)
{
	uint32_t overdue = 0;
	for (uint32_t i = 0; i < count; i++)
		overdue += items[i].due && items[i].due->due_at < hubctl_now_ms();
	return overdue;
}

static void put_list(struct hubctl_desk *desk, const struct item *items, uint32_t count, uint32_t limit)
{
	struct hubctl *hubctl = desk->hubctl;
	uint32_t shown = count < limit ? count : limit, overdue = overdue_of(items, count);
	if (hubctl->json) {
		json_t *list = json_array(), *json = json_object();
		for (uint32_t i = 0; i < shown; i++)
			json_array_append_new(list, item_json(&items[i]));
		json_object_set_new(json, "org_id", hubctl_json_text(desk->org->org_id));
		json_object_set_new(json, "waiting", json_integer(count));
		json_object_set_new(json, "overdue", json_integer(overdue));
		json_object_set_new(json, "referrals", list);
		hubctl_put_json(hubctl, json);
		return;
	}
	if (count)
		put_items(hubctl, items, shown);
	hub_buf_printf(&hubctl->out, "%s%s for %.*s %.*s", count ? "\n" : "",
	        count ? hubctl_count(hubctl, count, "referral") : "nothing waits",
	        HUB_STR_ARG(desk->org->org_id), HUB_STR_ARG(desk->org->name));
	if (overdue)
		hub_buf_printf(&hubctl->out, ", %u overdue", overdue);
	if (shown < count)
		hub_buf_printf(&hubctl->out, "; the first %u are shown", shown);
	hub_buf_text(&hubctl->out, "\n");
}

/* An exit code. */
static int list(struct hubctl_desk *desk, uint32_t limit, struct hub_error *err)
{
	const struct hub_referral_state *const *states;
	uint32_t count, kept = 0;
	int result = hubctl_desk_referrals(desk, &states, &count, err);
	if (result)
		return hubctl_fail(desk->hubctl, err);
	struct item *items = hub_arena_alloc(desk->hubctl->arena, (count + 1) * sizeof(*items));
	for (uint32_t i = 0; items && i < count; i++) {
		struct hub_str_array may = hubctl_desk_may(desk, states[i]);
		if (waits_for_us(&may))
			items[kept++] = (struct item){ states[i], may, first_due(states[i]) };
	}
	if (kept)
		qsort(items, kept, sizeof(*items), by_need);
	put_list(desk, items, kept, limit);
	return items && overdue_of(items, kept) ? HUBCTL_ATTENTION : HUBCTL_DONE;
}

int hubctl_worklist(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hubctl_desk desk;
	int64_t limit;
	if (hubctl_arg_number(hubctl->args, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, &err))
		return hubctl_usage(hubctl, &err);
	int code = hubctl_desk_open(hubctl, hubctl->args->operands[0], &desk, &err)
	                   ? hubctl_fail(hubctl, &err)
	                   : list(&desk, (uint32_t)limit, &err);
	hubctl_desk_close(&desk);
	return code;
}

static void put_allowed(struct hubctl_desk *desk, const char *stage, bool ended, const struct item *item)
{
	struct hubctl *hubctl = desk->hubctl;
	if (hubctl->json) {
		json_t *json = json_object();
		json_object_set_new(json, "referral_id", json_string(hubctl->args->operands[0]));
		json_object_set_new(json, "org_id", hubctl_json_text(desk->org->org_id));
		json_object_set_new(json, "state", json_string(stage));
		json_object_set_new(json, "ended", json_boolean(ended));
		json_object_set_new(
		        json, "due_at", item->due ? json_integer(item->due->due_at) : json_null());
		json_object_set_new(json, "may_send", names_json(&item->may));
		hubctl_put_json(hubctl, json);
		return;
	}
	hub_buf_printf(&hubctl->out, "%s: %s%s\n", hubctl->args->operands[0], stage, ended ? " (ended)" : "");
	if (item->may.count == 0)
		hub_buf_printf(
		        &hubctl->out, "%.*s may send nothing about it\n", HUB_STR_ARG(desk->org->org_id));
	for (uint32_t i = 0; i < item->may.count; i++)
		hub_buf_printf(&hubctl->out, "  %.*s\n", HUB_STR_ARG(item->may.items[i]));
	if (item->due)
		hub_buf_printf(&hubctl->out, "%.*s due %.*s\n", HUB_STR_ARG(item->due->name),
		        HUB_STR_ARG(left_text(hubctl->arena, item->due, hubctl_now_ms())));
}

int hubctl_allowed(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hubctl_desk desk;
	const struct hub_referral_state *state = NULL;
	const struct hub_referral_stub *stub = NULL;
	int result = hubctl_desk_open(hubctl, hubctl->args->operands[1], &desk, &err);
	if (!result)
		result = hubctl_desk_referral(&desk, hubctl->args->operands[0], &state, &stub, &err);
	if (!result) {
		struct item item = { .state = state };
		if (state) {
			item.may = hubctl_desk_may(&desk, state);
			item.due = first_due(state);
		}
		put_allowed(&desk,
		        state ? hub_referral_stage_name(state->stage)
		              : hub_final_state_name(stub->final_state),
		        !state, &item);
	}
	hubctl_desk_close(&desk);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
