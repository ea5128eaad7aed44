#include "hubctl/slots_foreign.h"

#include "hubctl/state.h"
#include "hubctl/when.h"
#include "wire/record_json.h"

#include <stdlib.h>

static bool is_foreign(void *user, struct hub_str key)
{
	(void)user;
	return hub_str_starts_with(key, HUB_STR("foreign_hold:"));
}

static int by_age(const void *a, const void *b)
{
	const struct hub_foreign_hold_state *const *x = a, *const *y = b;
	int order = ((*x)->requested_at > (*y)->requested_at) - ((*x)->requested_at < (*y)->requested_at);
	return order ? order : hub_str_cmp((*x)->transfer_id, (*y)->transfer_id);
}

/* As one of ours stands on the list. */
static const struct hub_waiting_state *place_of(
        struct hub_arena *arena, const struct hub_foreign_hold_state *hold)
{
	struct hub_waiting_state *place = hub_arena_alloc(arena, sizeof(*place));
	if (place)
		*place = (struct hub_waiting_state){ .county_id = hold->county_id,
			.specialty = hold->referral.specialty,
			.need = hold->referral.need,
			.item = hold->referral.has_exam_item ? hold->referral.exam_item : HUB_STR("-"),
			.referral_id = hold->transfer_id,
			.displaced = hold->displaced,
			.urgency = hold->referral.urgency,
			.requested_at = hold->requested_at,
			.waits_for = HUB_WAITS_FOR_SLOT,
			.lead_sender = hold->lead_sender };
	return place;
}

int hubctl_foreign_read(struct hubctl *hubctl, int32_t partition, struct hub_str org_id,
        struct hubctl_foreign *ret, struct hub_error *reterr)
{
	struct hubctl_state_query query = { "referral-router.state", partition, is_foreign, NULL };
	const struct hubctl_state_entry *entries;
	uint32_t count;
	*ret = (struct hubctl_foreign){ .held_count = 0 };
	int result = hubctl_state_read(hubctl, &query, &entries, &count, reterr);
	if (result)
		return result;
	ret->held = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(void *));
	ret->waiting = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(void *));
	for (uint32_t i = 0; ret->held && ret->waiting && i < count; i++) {
		const struct hub_foreign_hold_state *hold = entries[i].record;
		if (entries[i].schema != &hub_foreign_hold_state_schema)
			continue;
		if (hold->phase == HUB_FOREIGN_HOLD_PHASE_HELD && hub_str_eq(hold->org_id, org_id))
			ret->held[ret->held_count++] = hold;
		else if (hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING)
			ret->waiting[ret->waiting_count++] = place_of(hubctl->arena, hold);
	}
	if (ret->held_count)
		qsort(ret->held, ret->held_count, sizeof(void *), by_age);
	return HUB_OK;
}

void hubctl_foreign_put(struct hubctl *hubctl, const struct hubctl_foreign *foreign)
{
	static const struct hubctl_column columns[] = {
		{ "TRANSFER", HUBCTL_CUT_START, false },
		{ "COUNTY", HUBCTL_KEEP, false },
		{ "SESSION", HUBCTL_CUT_START, false },
		{ "SINCE", HUBCTL_KEEP, false },
	};
	if (!foreign->held_count)
		return;
	hub_buf_printf(&hubctl->out, "\nHeld for other counties: %u\n", foreign->held_count);
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 4);
	for (uint32_t i = 0; i < foreign->held_count; i++) {
		const struct hub_foreign_hold_state *hold = foreign->held[i];
		char text[HUBCTL_CLOCK_LEN];
		hubctl_clock(hold->requested_at, text);
		hubctl_grid_cell(grid, hold->transfer_id);
		hubctl_grid_cell(grid, hold->home_county_id);
		hubctl_grid_cell(grid, hold->session_id);
		hubctl_grid_cell(grid, hub_arena_printf(hubctl->arena, "%.16s", text));
	}
	hubctl_grid_print(grid, hubctl->width, 2, &hubctl->out);
}

json_t *hubctl_foreign_json(const struct hubctl_foreign *foreign)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < foreign->held_count; i++) {
		json_t *item = hub_record_to_json(&hub_foreign_hold_state_schema, foreign->held[i], true);
		json_object_del(item, "referral");
		json_array_append_new(list, item);
	}
	return list;
}
