/* The data of a stream event `referrals`: which rows changed after a number. */
#include "base/check.h"
#include "dashboard-gateway/view/referral_json.h"
#include "dashboard-gateway/view/stories.h"

static const struct gateway_referral *referral_of(const struct gateway_row *row)
{
	return row->kind == GATEWAY_REFERRAL ? (const struct gateway_referral *)(const void *)row : NULL;
}

static bool is_item(const struct gateway_showing *showing, const struct gateway_referral *referral)
{
	return !referral->row.gone &&
	       gateway_shows_referral(showing->viewer, showing->world->policy, referral);
}

/* Nobody may learn of a referral by hearing that it is gone: only who could have seen it is told. */
static bool was_seen(const struct gateway_showing *showing, const struct gateway_referral *referral)
{
	const struct gateway_world *world = showing->world;
	const struct gateway_stories *stories = world->stories;
	const struct gateway_viewer *viewer = showing->viewer;
	if (gateway_shows_referral(viewer, world->policy, referral))
		return true;
	return stories && (gateway_stories_was_near(stories, referral->referral_id, viewer) ||
	                          (gateway_stories_was_unplaced(stories, referral->referral_id) &&
	                                  gateway_could_claim(viewer, world->policy, referral)));
}

/* How many of them concern the viewer, at most limit; *ret_end: the first row behind. */
static uint32_t count_rows(const struct gateway_showing *showing, const struct gateway_row *first,
        uint32_t limit, const struct gateway_row **ret_end)
{
	const struct gateway_row *row = first;
	uint32_t count = 0;
	for (; row && count < limit; row = row->newer)
		if (referral_of(row) && was_seen(showing, referral_of(row)))
			count++;
	*ret_end = row;
	return count;
}

static void put_items(struct gateway_json *json, const struct gateway_showing *showing,
        const struct gateway_row *first, const struct gateway_row *end)
{
	gateway_json_array(json, "items");
	for (const struct gateway_row *row = first; row != end; row = row->newer) {
		if (!referral_of(row) || !is_item(showing, referral_of(row)))
			continue;
		hub_arena_reset(showing->arena);
		gateway_json_referral(json, showing, referral_of(row));
	}
	gateway_json_end_array(json);
}

static void put_removed(struct gateway_json *json, const struct gateway_showing *showing,
        const struct gateway_row *first, const struct gateway_row *end)
{
	gateway_json_array(json, "removed");
	for (const struct gateway_row *row = first; row != end; row = row->newer) {
		const struct gateway_referral *referral = referral_of(row);
		if (referral && !is_item(showing, referral) && was_seen(showing, referral))
			gateway_json_text(json, NULL, referral->referral_id);
	}
	gateway_json_end_array(json);
}

void gateway_view_changes(const struct gateway_world *world, const struct gateway_viewer *viewer,
        uint64_t after, uint32_t limit, struct hub_buf *out, uint64_t *ret_seq)
{
	struct gateway_showing showing = { world, viewer, NULL };
	const struct gateway_row *first = gateway_hot_after(world->hot, after), *end = NULL;
	uint32_t count = count_rows(&showing, first, limit, &end);
	*ret_seq = !end ? gateway_hot_seq(world->hot) : end->older ? end->older->seq : after;
	if (!count)
		return;
	showing.arena = hub_arena_new(GATEWAY_SHOWING_BYTES);
	hub_check(showing.arena != NULL);
	struct gateway_json json = gateway_json(out);
	gateway_json_object(&json, NULL);
	put_items(&json, &showing, first, end);
	put_removed(&json, &showing, first, end);
	gateway_json_end_object(&json);
	hub_arena_free(showing.arena);
}

bool gateway_view_concerns(
        const struct gateway_world *world, const struct gateway_viewer *viewer, uint64_t after)
{
	struct gateway_showing showing = { world, viewer, NULL };
	const struct gateway_row *row = gateway_hot_after(world->hot, after);
	for (; row; row = row->newer)
		if (referral_of(row) ? was_seen(&showing, referral_of(row)) : gateway_sees_row(viewer, row))
			return true;
	return false;
}
