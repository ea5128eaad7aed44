#include "hubctl/slots_beds.h"

#include "hubctl/commands.h"
#include "hubctl/state.h"
#include "hubctl/when.h"
#include "referral-router/board.h"
#include "wire/record_json.h"

static const char state_topic[] = "referral-router.state";

static bool has_prefix(void *user, struct hub_str key)
{
	return hub_str_starts_with(key, *(const struct hub_str *)user);
}

int hubctl_boards_read(
        struct hubctl *hubctl, struct hub_str org, struct hubctl_boards *ret, struct hub_error *err)
{
	const struct hubctl_state_entry *entries;
	uint32_t count;
	struct hub_str prefix = hub_arena_printf(hubctl->arena, "beds:%.*s:", HUB_STR_ARG(org));
	struct hubctl_state_query query = { state_topic, -1, has_prefix, &prefix };
	*ret = (struct hubctl_boards){ NULL, 0, -1 };
	int result = hubctl_state_read(hubctl, &query, &entries, &count, err);
	if (result)
		return result;
	ret->items = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(const void *));
	for (uint32_t i = 0; ret->items && i < count; i++) {
		if (entries[i].schema != &hub_bed_board_schema)
			continue;
		ret->items[ret->count++] = entries[i].record;
		ret->partition = entries[i].partition;
	}
	return HUB_OK;
}

bool hubctl_boards_serve(const struct hubctl_boards *boards, const struct hub_waiting_state *waiting)
{
	for (uint32_t i = 0; i < boards->count; i++)
		if (waiting->need == HUB_NEED_BED &&
		        hub_str_is(waiting->item, hub_bed_kind_name(boards->items[i]->bed_kind)))
			return true;
	return false;
}

void hubctl_boards_put(struct hubctl *hubctl, const struct hubctl_boards *boards)
{
	static const struct hubctl_column columns[] = {
		{ "BEDS", HUBCTL_KEEP, false },
		{ "ALL", HUBCTL_KEEP, true },
		{ "REPORTED", HUBCTL_KEEP, true },
		{ "PROMISED", HUBCTL_KEEP, true },
		{ "ARRIVED", HUBCTL_KEEP, true },
		{ "FREE", HUBCTL_KEEP, true },
		{ "REPORT OF", HUBCTL_KEEP, false },
	};
	if (!boards->count)
		return;
	struct hubctl_grid *grid =
	        hubctl_grid_new(hubctl->arena, columns, sizeof(columns) / sizeof(columns[0]));
	for (uint32_t i = 0; i < boards->count; i++) {
		const struct hub_bed_board *board = boards->items[i];
		char at[HUBCTL_CLOCK_LEN];
		hubctl_clock(board->reported_at, at);
		hubctl_grid_text(grid, hub_bed_kind_name(board->bed_kind));
		hubctl_grid_number(grid, board->total);
		hubctl_grid_number(grid, board->free);
		hubctl_grid_number(grid, board->held);
		hubctl_grid_number(grid, board->arrivals.count);
		hubctl_grid_number(grid, referral_board_free(board));
		hubctl_grid_cell(grid, hub_arena_printf(hubctl->arena, "%.16s", at));
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

json_t *hubctl_boards_json(const struct hubctl_boards *boards)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < boards->count; i++) {
		json_t *item = hub_record_to_json(&hub_bed_board_schema, boards->items[i], true);
		json_object_set_new(item, "left", json_integer(referral_board_free(boards->items[i])));
		json_array_append_new(list, item);
	}
	return list;
}
