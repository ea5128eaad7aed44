/* /referrals, /referrals/{id} and its allowed-events. */
#include "base/check.h"
#include "dashboard-gateway/view/event_fields.h"
#include "dashboard-gateway/view/referral_json.h"
#include "dashboard-gateway/view/rows.h"
#include "dashboard-gateway/view/worklists.h"

static struct hub_arena *new_arena(void)
{
	struct hub_arena *arena = hub_arena_new(GATEWAY_SHOWING_BYTES);
	hub_check(arena != NULL);
	return arena;
}

static void select_page(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_referral_query *query, struct gateway_page *page)
{
	const struct gateway_referral *referral;
	for (size_t at = 0; (referral = gateway_referrals_each(world, viewer, &at));) {
		if (!gateway_referral_query_takes(query, world, viewer, referral))
			continue;
		struct gateway_rank rank = gateway_referral_query_rank(query, world, referral, page->at_ms);
		gateway_page_offer(page, &rank, referral);
	}
}

static void put_item(struct gateway_json *json, void *user, const void *item)
{
	const struct gateway_showing *showing = user;
	hub_arena_reset(showing->arena);
	gateway_json_referral(json, showing, item);
}

int gateway_view_referrals(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr)
{
	struct gateway_params given = { params, count };
	struct gateway_referral_query query;
	struct gateway_page page;
	int code = gateway_referral_query_read(&given, &query, reterr);
	if (code == HUB_OK)
		code = gateway_page_init(&page, (char)('a' + (int)query.sort), world->now_ms, &given, reterr);
	if (code != HUB_OK)
		return code;
	select_page(world, viewer, &query, &page);
	struct gateway_showing showing = { world, viewer, new_arena() };
	code = gateway_json_collection(world, false, &page, put_item, &showing, out, ret_next, reterr);
	hub_arena_free(showing.arena);
	return code;
}

int gateway_view_referral(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str referral_id, struct hub_buf *out, struct hub_error *reterr)
{
	const struct gateway_referral *referral = gateway_referral_for(world, viewer, referral_id);
	if (!referral)
		return gateway_not_found(reterr, "referral");
	struct gateway_showing showing = { world, viewer, new_arena() };
	struct gateway_json json = gateway_json(out);
	gateway_json_referral(&json, &showing, referral);
	hub_arena_free(showing.arena);
	return gateway_json_done(&json, reterr);
}

int gateway_view_allowed(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str referral_id, struct hub_buf *out, struct hub_error *reterr)
{
	const struct gateway_referral *referral = gateway_referral_for(world, viewer, referral_id);
	if (!referral)
		return gateway_not_found(reterr, "referral");
	struct gateway_showing showing = { world, viewer, new_arena() };
	struct hub_str_array allowed = gateway_allowed(&showing, referral);
	struct gateway_json json = gateway_json(out);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "referral_id", referral->referral_id);
	gateway_json_str(&json, "org_id", viewer->org_id);
	gateway_json_text(&json, "state", referral->state);
	gateway_json_revision(&json, "revision", world, referral->row.seq);
	gateway_json_array(&json, "allowed");
	for (uint32_t i = 0; i < allowed.count; i++)
		gateway_json_event_fields(&json, allowed.items[i]);
	gateway_json_end_array(&json);
	gateway_json_end_object(&json);
	hub_arena_free(showing.arena);
	return gateway_json_done(&json, reterr);
}
