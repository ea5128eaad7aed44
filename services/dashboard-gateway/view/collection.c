#include "dashboard-gateway/view/collection.h"

#include "dashboard-gateway/hot/revision.h"

void gateway_json_revision(
        struct gateway_json *json, const char *name, const struct gateway_world *world, uint64_t seq)
{
	char text[GATEWAY_REVISION_MAX];
	struct gateway_revision revision = { world->epoch, seq };
	gateway_json_text(json, name, gateway_revision_format(revision, text));
}

void gateway_json_head(struct gateway_json *json, const struct gateway_world *world, bool needs_history)
{
	const struct gateway_feed_state *feed = &world->feed;
	const struct {
		const char *code;
		bool now;
	} missing[] = {
		{ "redis_away", feed->redis_away },
		{ "kafka_away", feed->kafka_away },
		{ "joining", !feed->ready || feed->whole < feed->partitions },
		{ "history", needs_history && feed->history_percent < 100 },
	};
	bool complete = true;
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		complete = complete && !missing[i].now;
	gateway_json_time(json, "as_of", world->now_ms);
	gateway_json_revision(json, "revision", world, gateway_hot_seq(world->hot));
	gateway_json_bool(json, "complete", complete);
	gateway_json_array(json, "incomplete");
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (missing[i].now)
			gateway_json_text(json, NULL, hub_str_from(missing[i].code));
	gateway_json_end_array(json);
}

int gateway_json_done(const struct gateway_json *json, struct hub_error *reterr)
{
	return hub_buf_failed(json->out)
	               ? hub_error_set(reterr, HUB_E_TOO_LARGE, "", "the answer is too large")
	               : HUB_OK;
}

int gateway_not_found(struct hub_error *reterr, const char *what)
{
	return hub_error_set(
	        reterr, HUB_E_NOT_FOUND, "", "there is no such %s, or it is not yours to see", what);
}

int gateway_json_collection(const struct gateway_world *world, bool needs_history, struct gateway_page *page,
        gateway_item_fn *put, void *user, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr)
{
	struct gateway_json json = gateway_json(out);
	hub_buf_reset(ret_next);
	gateway_page_finish(page, ret_next);
	gateway_json_object(&json, NULL);
	gateway_json_head(&json, world, needs_history);
	gateway_json_int(&json, "total", page->total);
	gateway_json_array(&json, "items");
	for (uint32_t i = 0; i < page->count; i++)
		put(&json, user, page->items[i].item);
	gateway_json_end_array(&json);
	gateway_json_str(&json, "next", hub_buf_slice(ret_next));
	gateway_json_end_object(&json);
	return gateway_json_done(&json, reterr);
}
