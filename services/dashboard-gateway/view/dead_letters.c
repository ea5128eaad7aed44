/* /dead-letters: what could not be decided, without its content. */
#include "dashboard-gateway/view/collection.h"
#include "dashboard-gateway/view/letters.h"

#include <stdio.h>

static void put_letter(struct gateway_json *json, void *user, const void *item)
{
	const struct gateway_letter *letter = item;
	char id[48];
	(void)user;
	(void)snprintf(id, sizeof(id), "%d-%lld", letter->place.partition, (long long)letter->place.offset);
	gateway_json_object(json, NULL);
	gateway_json_text(json, "id", hub_str_from(id));
	gateway_json_time(json, "at", letter->at_ms);
	gateway_json_str(json, "daemon", letter->daemon);
	gateway_json_str(json, "topic", letter->topic);
	if (letter->partition < 0)
		gateway_json_null(json, "partition");
	else
		gateway_json_int(json, "partition", letter->partition);
	if (letter->offset < 0)
		gateway_json_null(json, "offset");
	else
		gateway_json_int(json, "offset", letter->offset);
	gateway_json_str(json, "reason", letter->reason);
	gateway_json_str(json, "detail", letter->detail);
	gateway_json_str(json, "key_county", letter->key);
	gateway_json_int(json, "size", letter->size);
	gateway_json_end_object(json);
}

/* Newest first; of one instant by place. */
int gateway_view_dead_letters(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr)
{
	static const char *const names[] = { "cursor", "limit", NULL };
	struct gateway_params all = { params, count };
	struct gateway_page page;
	const struct gateway_letter *letter;
	if (!gateway_sees_operations(viewer))
		return gateway_not_found(reterr, "resource");
	int code = gateway_params_check(&all, names, reterr);
	if (code == HUB_OK)
		code = gateway_page_init(&page, 'd', world->now_ms, &all, reterr);
	if (code != HUB_OK)
		return code;
	for (size_t at = 0; (letter = gateway_letters_each(world, viewer, &at));) {
		/* The partition's bytes make it unique. */
		struct hub_str id = { (const char *)&letter->place.partition,
			sizeof(letter->place.partition) };
		struct gateway_rank rank = { -letter->at_ms, -letter->place.offset, id };
		gateway_page_offer(&page, &rank, letter);
	}
	return gateway_json_collection(world, true, &page, put_letter, NULL, out, ret_next, reterr);
}
