/* hubctl slots: a hospital's sessions with their slots, its beds, and who waits for them. */
#include "base/calendar.h"
#include "hubctl/commands.h"
#include "hubctl/slots_beds.h"
#include "hubctl/slots_foreign.h"
#include "hubctl/state.h"
#include "hubctl/when.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "wire/record_json.h"

#include <stdlib.h>

enum { WAITING_DEFAULT = 10, WAITING_MAX = 100000 };

static const char state_topic[] = "referral-router.state";

struct question {
	struct hubctl *hubctl;
	struct hub_str prefix; /* of the keys that are wanted */
	const struct hub_session_state **sessions;
	uint32_t session_count;
	const struct hub_waiting_state **waiting;
	uint32_t waiting_count;
	struct hubctl_boards boards;
	struct hubctl_foreign foreign;
	int32_t partition;
	int64_t waiting_max;
};

static bool has_prefix(void *user, struct hub_str key)
{
	return hub_str_starts_with(key, ((struct question *)user)->prefix);
}

static int read_prefix(struct question *q, struct hub_str prefix, int32_t partition,
        const struct hubctl_state_entry **ret, uint32_t *ret_count, struct hub_error *err)
{
	struct hubctl_state_query query = { state_topic, partition, has_prefix, q };
	q->prefix = prefix;
	return hubctl_state_read(q->hubctl, &query, ret, ret_count, err);
}

static int by_start(const void *a, const void *b)
{
	const struct hub_session_state *const *x = a, *const *y = b;
	if ((*x)->starts_at != (*y)->starts_at)
		return (*x)->starts_at < (*y)->starts_at ? -1 : 1;
	return hub_str_cmp((*x)->session_id, (*y)->session_id);
}

static int read_sessions(struct question *q, struct hub_str org, struct hub_error *err)
{
	const struct hubctl_state_entry *entries;
	uint32_t count;
	struct hub_arena *arena = q->hubctl->arena;
	struct hub_str prefix = hub_arena_printf(arena, "session:%.*s:", HUB_STR_ARG(org));
	int result = read_prefix(q, prefix, -1, &entries, &count, err);
	if (result)
		return result;
	q->sessions = hub_arena_alloc(arena, (count + 1) * sizeof(const void *));
	for (uint32_t i = 0; q->sessions && i < count; i++) {
		if (entries[i].schema != &hub_session_state_schema)
			continue;
		q->sessions[q->session_count++] = entries[i].record;
		q->partition = entries[i].partition;
	}
	result = hubctl_boards_read(q->hubctl, org, &q->boards, err);
	if (result)
		return result;
	if (!q->session_count && !q->boards.count)
		return hub_error_set(err, HUB_E_NOT_FOUND, "",
		        "no session and no bed of \"%.*s\" is known; hubctl tail referral.events --record "
		        "SlotsOpened (or BedsReported) shows who has some",
		        HUB_STR_ARG(org));
	if (q->session_count)
		qsort(q->sessions, q->session_count, sizeof(const void *), by_start);
	else
		q->partition = q->boards.partition;
	return HUB_OK;
}

static struct hub_str item_of(const struct hub_session_state *session)
{
	return session->has_exam_item ? session->exam_item : HUB_STR("-");
}

static bool comes_first(const struct hub_waiting_state *waiting)
{
	return waiting->displaced || waiting->meets_criteria;
}

/* The waiting order of the router: displaced or meeting the criteria first, then urgency, then lead hospitals'
 * senders, then age. */
static int by_place(const void *a, const void *b)
{
	const struct hub_waiting_state *const *px = a, *const *py = b;
	const struct hub_waiting_state *x = *px, *y = *py;
	int order = hub_str_cmp(x->specialty, y->specialty);
	if (!order)
		order = (int)x->need - (int)y->need;
	if (!order)
		order = hub_str_cmp(x->item, y->item);
	if (!order)
		order = comes_first(y) - comes_first(x);
	if (!order)
		order = (int)x->urgency - (int)y->urgency;
	if (!order)
		order = y->lead_sender - x->lead_sender;
	if (!order)
		order = (x->requested_at > y->requested_at) - (x->requested_at < y->requested_at);
	return order ? order : hub_str_cmp(x->referral_id, y->referral_id);
}

static bool serves(const struct question *q, const struct hub_waiting_state *waiting)
{
	for (uint32_t i = 0; i < q->session_count; i++)
		if (hub_str_eq(q->sessions[i]->specialty, waiting->specialty) &&
		        q->sessions[i]->need == waiting->need &&
		        hub_str_eq(item_of(q->sessions[i]), waiting->item))
			return true;
	return hubctl_boards_serve(&q->boards, waiting);
}

static int read_waiting(struct question *q, struct hub_error *err)
{
	const struct hubctl_state_entry *entries;
	uint32_t count;
	struct hub_arena *arena = q->hubctl->arena;
	struct hub_str county_id =
	        q->session_count ? q->sessions[0]->county_id : q->boards.items[0]->county_id;
	struct hub_str prefix = hub_arena_printf(arena, "waiting:%.*s:", HUB_STR_ARG(county_id));
	int result = read_prefix(q, prefix, q->partition, &entries, &count, err);
	if (result)
		return result;
	uint32_t most = count + q->foreign.waiting_count;
	q->waiting = hub_arena_alloc(arena, (most + 1) * sizeof(const void *));
	for (uint32_t i = 0; q->waiting && i < count; i++)
		if (entries[i].schema == &hub_waiting_state_schema && serves(q, entries[i].record))
			q->waiting[q->waiting_count++] = entries[i].record;
	for (uint32_t i = 0; q->waiting && i < q->foreign.waiting_count; i++)
		if (serves(q, q->foreign.waiting[i]) &&
		        hub_str_eq(q->foreign.waiting[i]->county_id, county_id))
			q->waiting[q->waiting_count++] = q->foreign.waiting[i];
	if (q->waiting_count)
		qsort(q->waiting, q->waiting_count, sizeof(const void *), by_place);
	return HUB_OK;
}

struct counts {
	int32_t capacity, open, reserved, held, used;
};

static struct counts counts_of(const struct hub_session_state *s)
{
	struct counts c = {
		.open = s->reserved.open + s->common.open,
		.reserved = s->reserved.open,
		.held = s->reserved.held + s->common.held,
		.used = s->reserved.used_referred + s->common.used_referred + s->reserved.used_own +
		        s->common.used_own,
	};
	c.capacity = c.open + c.held + c.used;
	return c;
}

static bool shown(const struct question *q, const struct hub_session_state *session)
{
	return hubctl_arg(q->hubctl->args, "all") || session->phase == HUB_SESSION_PHASE_OPEN;
}

static struct hub_str minute(struct hub_arena *arena, int64_t at_ms)
{
	char text[HUBCTL_CLOCK_LEN];
	hubctl_clock(at_ms, text);
	return hub_arena_printf(arena, "%.16s", text);
}

static void put_counts(struct hubctl_grid *grid, const struct counts *c)
{
	hubctl_grid_number(grid, c->capacity);
	hubctl_grid_number(grid, c->open);
	hubctl_grid_number(grid, c->reserved);
	hubctl_grid_number(grid, c->held);
	hubctl_grid_number(grid, c->used);
}

static struct hub_str purpose(struct hub_arena *arena, const struct hub_session_state *s)
{
	bool open = s->phase == HUB_SESSION_PHASE_OPEN;
	return hub_arena_printf(arena, "%.*s %s%s%.*s%s%s%s", HUB_STR_ARG(s->specialty),
	        hub_need_name(s->need), s->has_exam_item ? " " : "", HUB_STR_ARG(s->exam_item),
	        s->expert ? " expert" : "", open ? "" : " ", open ? "" : hub_session_phase_name(s->phase));
}

static void put_session(
        struct question *q, struct hubctl_grid *grid, const struct hub_session_state *s, int32_t *day)
{
	struct hub_arena *arena = q->hubctl->arena;
	char starts[HUBCTL_CLOCK_LEN];
	struct counts c = counts_of(s);
	hubctl_clock(s->starts_at, starts);
	if (hub_day_of(s->starts_at) != *day)
		hubctl_grid_heading(grid, hub_arena_printf(arena, "%.10s", starts));
	*day = hub_day_of(s->starts_at);
	hubctl_grid_cell(grid, hub_arena_printf(arena, "%.5s", starts + 11));
	hubctl_grid_cell(grid, purpose(arena, s));
	put_counts(grid, &c);
	hubctl_grid_cell(grid, s->session_id);
}

static void put_sessions(struct question *q)
{
	static const struct hubctl_column columns[] = {
		{ "TIME", HUBCTL_KEEP, false },
		{ "FOR", HUBCTL_KEEP, false },
		{ "SLOTS", HUBCTL_KEEP, true },
		{ "OPEN", HUBCTL_KEEP, true },
		{ "RESERVED", HUBCTL_KEEP, true },
		{ "HELD", HUBCTL_KEEP, true },
		{ "USED", HUBCTL_KEEP, true },
		{ "SESSION", HUBCTL_CUT_START, false },
	};
	struct hubctl *hubctl = q->hubctl;
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 8);
	struct counts sum = { 0 };
	int32_t day = INT32_MIN;
	for (uint32_t i = 0; i < q->session_count; i++) {
		struct counts c = counts_of(q->sessions[i]);
		if (!shown(q, q->sessions[i]))
			continue;
		put_session(q, grid, q->sessions[i], &day);
		sum = (struct counts){ sum.capacity + c.capacity, sum.open + c.open,
			sum.reserved + c.reserved, sum.held + c.held, sum.used + c.used };
	}
	uint32_t rows = hubctl_grid_rows(grid);
	if (rows) {
		hubctl_grid_heading(grid, HUB_STR("all"));
		hubctl_grid_text(grid, "");
		hubctl_grid_text(grid, hubctl_count(hubctl, rows, "session"));
		put_counts(grid, &sum);
		hubctl_grid_text(grid, "");
		hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
	}
	if (rows < q->session_count)
		hub_buf_printf(&hubctl->out, "%s%s over or cancelled; --all shows them\n", rows ? "\n" : "",
		        hubctl_count(hubctl, q->session_count - rows, "session"));
}

static bool same_list(const struct hub_waiting_state *a, const struct hub_waiting_state *b)
{
	return hub_str_eq(a->specialty, b->specialty) && a->need == b->need && hub_str_eq(a->item, b->item);
}

static void put_list(struct question *q, uint32_t first, uint32_t end)
{
	static const struct hubctl_column columns[] = {
		{ "", HUBCTL_KEEP, true },
		{ "REFERRAL", HUBCTL_CUT_START, false },
		{ "URGENCY", HUBCTL_KEEP, false },
		{ "SINCE", HUBCTL_KEEP, false },
		{ "FOR", HUBCTL_KEEP, false },
	};
	struct hubctl *hubctl = q->hubctl;
	const struct hub_waiting_state *head = q->waiting[first];
	hub_buf_printf(&hubctl->out, "\nWaiting for %.*s %s%s%.*s in %.*s: %u\n",
	        HUB_STR_ARG(head->specialty), hub_need_name(head->need),
	        hub_str_is(head->item, "-") ? "" : " ", hub_str_is(head->item, "-") ? 0 : (int)head->item.len,
	        head->item.data, HUB_STR_ARG(head->county_id), end - first);
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 5);
	for (uint32_t i = first; i < end && i - first < q->waiting_max; i++) {
		hubctl_grid_number(grid, i - first + 1);
		hubctl_grid_cell(grid, q->waiting[i]->referral_id);
		hubctl_grid_text(grid, hub_urgency_name(q->waiting[i]->urgency));
		hubctl_grid_cell(grid, minute(hubctl->arena, q->waiting[i]->requested_at));
		hubctl_grid_text(grid, q->waiting[i]->displaced ? "SLOT (session cancelled: first)"
		                       : q->waiting[i]->meets_criteria
		                               ? "BED (meets the criteria: first)"
		                               : hub_waits_for_name(q->waiting[i]->waits_for));
	}
	hubctl_grid_print(grid, hubctl->width, 2, &hubctl->out);
}

static void put_waiting(struct question *q)
{
	if (q->waiting_count == 0)
		hub_buf_text(&q->hubctl->out, "\nNobody waits.\n");
	for (uint32_t first = 0, end; first < q->waiting_count; first = end) {
		for (end = first + 1; end < q->waiting_count && same_list(q->waiting[first], q->waiting[end]);
		        end++)
			;
		put_list(q, first, end);
	}
}

static void put_json(struct question *q)
{
	json_t *sessions = json_array();
	json_t *waiting = json_array();
	for (uint32_t i = 0; i < q->session_count; i++) {
		if (!shown(q, q->sessions[i]))
			continue;
		struct counts c = counts_of(q->sessions[i]);
		json_t *item = hub_record_to_json(&hub_session_state_schema, q->sessions[i], true);
		json_object_del(item, "event_hashes");
		json_object_set_new(item, "capacity", json_integer(c.capacity));
		json_object_set_new(item, "open", json_integer(c.open));
		json_object_set_new(item, "held", json_integer(c.held));
		json_object_set_new(item, "used", json_integer(c.used));
		json_array_append_new(sessions, item);
	}
	for (uint32_t i = 0; i < q->waiting_count; i++)
		json_array_append_new(
		        waiting, hub_record_to_json(&hub_waiting_state_schema, q->waiting[i], true));
	json_t *json = json_object();
	json_object_set_new(json, "sessions", sessions);
	json_object_set_new(json, "beds", hubctl_boards_json(&q->boards));
	json_object_set_new(json, "waiting", waiting);
	json_object_set_new(json, "held_for_other_counties", hubctl_foreign_json(&q->foreign));
	hubctl_put_json(q->hubctl, json);
}

int hubctl_slots(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct question q = { .hubctl = hubctl };
	if (hubctl_arg_number(hubctl->args, "waiting", 1, WAITING_MAX, WAITING_DEFAULT, &q.waiting_max, &err))
		return hubctl_usage(hubctl, &err);
	int result = read_sessions(&q, hub_str_from(hubctl->args->operands[0]), &err);
	if (!result)
		result = hubctl_foreign_read(
		        hubctl, q.partition, hub_str_from(hubctl->args->operands[0]), &q.foreign, &err);
	if (!result)
		result = read_waiting(&q, &err);
	if (result)
		return hubctl_fail(hubctl, &err);
	if (hubctl->json) {
		put_json(&q);
		return HUBCTL_DONE;
	}
	put_sessions(&q);
	if (q.session_count && q.boards.count)
		hub_buf_byte(&hubctl->out, '\n');
	hubctl_boards_put(hubctl, &q.boards);
	hubctl_foreign_put(hubctl, &q.foreign);
	put_waiting(&q);
	return HUBCTL_DONE;
}
