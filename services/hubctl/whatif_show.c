#include "hubctl/whatif_show.h"

#include "hubctl/when.h"

#include <stddef.h>

enum { ROWS_MAX = 96, SHOWN_MAX = 20 };

/* What is counted, in the order of a table. */
struct row {
	const char *name; /* of CSV and JSON */
	const char *text;
	int64_t happened, other;
	bool duration; /* milliseconds */
};

struct rows {
	struct row items[ROWS_MAX];
	uint32_t count;
};

static const struct {
	const char *name;
	const char *text;
	size_t offset;
	bool duration;
} totals[] = {
#define TOTAL(field, text, duration)                                                                         \
	{                                                                                                    \
#field, text, offsetof(struct hubctl_totals, field), duration                                \
	}
	TOTAL(requested, "referrals asked for", false),
	TOTAL(placed, "placed", false),
	TOTAL(at_once, "  at once", false),
	TOTAL(left_county, "  outside the county", false),
	TOTAL(wait_median_ms, "  waited, median", true),
	TOTAL(wait_p90_ms, "  waited, nine of ten at most", true),
	TOTAL(wait_longest_ms, "  waited, longest", true),
	TOTAL(waiting, "still on a waiting list", false),
	TOTAL(unplaced, "nobody left to ask", false),
	TOTAL(not_placed, "ended without a hospital", false),
	TOTAL(expired, "answer times that passed", false),
	TOTAL(events_refused, "events refused", false),
	TOTAL(sessions, "sessions that ended", false),
	TOTAL(slots, "  their slots", false),
	TOTAL(slots_used_referred, "  used by referred patients", false),
	TOTAL(slots_used_own, "  used by own bookings", false),
	TOTAL(slots_unused, "  unused", false),
#undef TOTAL
};

static int64_t value_at(const struct hubctl_totals *t, size_t offset)
{
	int64_t value = 0;
	if (t)
		memcpy(&value, (const char *)t + offset, sizeof(value));
	return value;
}

static void add(struct rows *rows, struct row row)
{
	if (rows->count < ROWS_MAX)
		rows->items[rows->count++] = row;
}

static void add_paths(struct hubctl *hubctl, struct rows *rows, const struct hubctl_totals *a,
        const struct hubctl_totals *b)
{
	for (int path = 0; path < HUBCTL_PATHS; path++) {
		const char *name = hub_route_path_name((enum hub_route_path)path);
		if (!a->by_path[path] && !(b && b->by_path[path]))
			continue;
		struct hub_str text = hub_arena_printf(hubctl->arena, "  %s", name);
		struct hub_str key = hub_arena_printf(hubctl->arena, "placed_by_%s", name);
		add(rows, (struct row){
		                  key.data, text.data, a->by_path[path], b ? b->by_path[path] : 0, false });
	}
}

static int64_t reason_count(const struct hubctl_totals *t, struct hub_str code)
{
	for (uint32_t i = 0; t && i < t->reason_count; i++)
		if (hub_str_eq(t->reasons[i].code, code))
			return t->reasons[i].count;
	return 0;
}

static void add_reason(struct hubctl *hubctl, struct rows *rows, struct hub_str code, int64_t a, int64_t b)
{
	struct hub_str text = hub_arena_printf(hubctl->arena, "  %.*s", HUB_STR_ARG(code));
	struct hub_str key = hub_arena_printf(hubctl->arena, "refused_%.*s", HUB_STR_ARG(code));
	add(rows, (struct row){ key.data, text.data, a, b, false });
}

static void add_reasons(struct hubctl *hubctl, struct rows *rows, const struct hubctl_totals *a,
        const struct hubctl_totals *b)
{
	for (uint32_t i = 0; i < a->reason_count; i++)
		add_reason(hubctl, rows, a->reasons[i].code, a->reasons[i].count,
		        reason_count(b, a->reasons[i].code));
	for (uint32_t i = 0; b && i < b->reason_count; i++)
		if (!reason_count(a, b->reasons[i].code))
			add_reason(hubctl, rows, b->reasons[i].code, 0, b->reasons[i].count);
}

static void rows_of(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet, struct rows *rows)
{
	const struct hubctl_totals *a = sheet->happened, *b = sheet->other;
	rows->count = 0;
	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		add(rows, (struct row){ totals[i].name, totals[i].text, value_at(a, totals[i].offset),
		                  value_at(b, totals[i].offset), totals[i].duration });
		if (totals[i].offset == offsetof(struct hubctl_totals, at_once))
			add_paths(hubctl, rows, a, b);
		if (totals[i].offset == offsetof(struct hubctl_totals, events_refused))
			add_reasons(hubctl, rows, a, b);
	}
}

static struct hub_str amount(struct hubctl *hubctl, const struct row *row, int64_t value, bool signs)
{
	const char *sign = value < 0 ? "-" : signs && value > 0 ? "+" : "";
	int64_t size = value < 0 ? -value : value;
	char text[HUBCTL_DURATION_LEN];
	if (!row->duration)
		return hub_arena_printf(hubctl->arena, "%s%lld", sign, (long long)size);
	hubctl_duration(size, text);
	return hub_arena_printf(hubctl->arena, "%s%s", sign, text);
}

static void put_rows(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet)
{
	static const struct hubctl_column columns[] = {
		{ "COUNTED", HUBCTL_CUT, false },
		{ "HAPPENED", HUBCTL_KEEP, true },
		{ "WHAT IF", HUBCTL_KEEP, true },
		{ "CHANGE", HUBCTL_KEEP, true },
	};
	struct rows rows;
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, sheet->other ? 4 : 2);
	rows_of(hubctl, sheet, &rows);
	for (uint32_t i = 0; i < rows.count; i++) {
		const struct row *row = &rows.items[i];
		hubctl_grid_text(grid, row->text);
		hubctl_grid_cell(grid, amount(hubctl, row, row->happened, false));
		if (!sheet->other)
			continue;
		hubctl_grid_cell(grid, amount(hubctl, row, row->other, false));
		hubctl_grid_cell(grid, amount(hubctl, row, row->other - row->happened, true));
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

static void put_differences(struct hubctl *hubctl, const struct hubctl_whatif_result *result)
{
	for (uint32_t i = 0; i < result->difference_count && i < SHOWN_MAX; i++) {
		const struct hubctl_difference *d = &result->differences[i];
		char clock[HUBCTL_CLOCK_LEN];
		hubctl_clock(d->at_ms, clock);
		if (d->timer)
			hub_buf_printf(&hubctl->out, "  %s  timer of partition %d: %.*s\n", clock,
			        (int)d->partition, HUB_STR_ARG(d->what));
		else
			hub_buf_printf(&hubctl->out, "  %s  input %d:%lld: %.*s\n", clock, (int)d->partition,
			        (long long)d->place, HUB_STR_ARG(d->what));
	}
}

void hubctl_whatif_put(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet)
{
	const struct hubctl_whatif_result *result = sheet->result;
	put_rows(hubctl, sheet);
	hub_buf_printf(&hubctl->out, "\n%s and %s in %.1f s\n", hubctl_count(hubctl, result->inputs, "input"),
	        hubctl_count(hubctl, result->timers, "timer"), (double)sheet->elapsed_ms / 1000);
	if (sheet->other)
		hub_buf_printf(&hubctl->out, "%s of reference data otherwise\n",
		        hubctl_count(hubctl, sheet->changed, "record"));
	if (result->compared || result->different)
		hub_buf_printf(&hubctl->out, "by the recorded policy %s made again, %llu of them the same\n",
		        hubctl_count(hubctl, result->compared, "decision"), (unsigned long long)result->same);
	if (result->dead || result->unreadable)
		hub_buf_printf(&hubctl->out,
		        "%s that cannot be decided, %llu that this program does not know\n",
		        hubctl_count(hubctl, result->dead, "input"), (unsigned long long)result->unreadable);
	put_differences(hubctl, result);
}

static json_t *totals_json(const struct rows *rows, bool other)
{
	json_t *json = json_object();
	for (uint32_t i = 0; i < rows->count; i++)
		json_object_set_new(json, rows->items[i].name,
		        json_integer(other ? rows->items[i].other : rows->items[i].happened));
	return json;
}

static json_t *differences_json(const struct hubctl_whatif_result *result)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < result->difference_count; i++) {
		const struct hubctl_difference *d = &result->differences[i];
		json_t *item = json_object();
		json_object_set_new(item, "partition", json_integer(d->partition));
		json_object_set_new(item, d->timer ? "due_at" : "offset", json_integer(d->place));
		json_object_set_new(item, "at", json_integer(d->at_ms));
		json_object_set_new(item, "text", hubctl_json_text(d->what));
		json_array_append_new(list, item);
	}
	return list;
}

void hubctl_whatif_put_json(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet)
{
	const struct hubctl_whatif_result *result = sheet->result;
	struct rows rows;
	rows_of(hubctl, sheet, &rows);
	json_t *json = json_object();
	json_object_set_new(json, "happened", totals_json(&rows, false));
	json_object_set_new(json, "whatif", sheet->other ? totals_json(&rows, true) : json_null());
	json_object_set_new(json, "changed_records", json_integer(sheet->changed));
	json_object_set_new(json, "inputs", json_integer((json_int_t)result->inputs));
	json_object_set_new(json, "timers", json_integer((json_int_t)result->timers));
	json_object_set_new(json, "compared", json_integer((json_int_t)result->compared));
	json_object_set_new(json, "same", json_integer((json_int_t)result->same));
	json_object_set_new(json, "different_steps", json_integer((json_int_t)result->different));
	json_object_set_new(json, "undecidable", json_integer((json_int_t)result->dead));
	json_object_set_new(json, "unreadable", json_integer((json_int_t)result->unreadable));
	json_object_set_new(json, "differences", differences_json(result));
	json_object_set_new(json, "elapsed_ms", json_integer(sheet->elapsed_ms));
	hubctl_put_json(hubctl, json);
}

void hubctl_whatif_put_csv(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet)
{
	struct rows rows;
	rows_of(hubctl, sheet, &rows);
	hub_buf_text(&hubctl->out, sheet->other ? "counted,happened,whatif\n" : "counted,happened\n");
	for (uint32_t i = 0; i < rows.count; i++) {
		hub_buf_printf(
		        &hubctl->out, "%s,%lld", rows.items[i].name, (long long)rows.items[i].happened);
		if (sheet->other)
			hub_buf_printf(&hubctl->out, ",%lld", (long long)rows.items[i].other);
		hub_buf_text(&hubctl->out, "\n");
	}
}
