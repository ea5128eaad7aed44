/* POST /dead-letters/{id}/replays: a dead letter goes back where it came from, as it is. */
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/views.h"
#include "dashboard-gateway/view/json.h"

#include <stdio.h>

enum { BYTES = 4096, RETRY_S = 3 };

static void reply(struct gateway_exchange *exchange, int32_t partition, int64_t offset)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	const struct gateway_letter *letter;
	struct gateway_place place;
	struct hub_str topic = { NULL, 0 };
	struct hub_buf body;
	size_t at = 0;
	if (!gateway_letters_find(&world, &exchange->identity.viewer, exchange->subject, &place, NULL))
		while ((letter = gateway_letters_each(&world, &exchange->identity.viewer, &at)))
			if (letter->place.partition == place.partition &&
			        letter->place.offset == place.offset)
				topic = letter->topic;
	hub_buf_init(&body, BYTES);
	struct gateway_json json = gateway_json(&body);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "id", exchange->subject);
	gateway_json_text(&json, "topic", topic);
	gateway_json_int(&json, "partition", partition);
	gateway_json_int(&json, "offset", offset);
	gateway_json_end_object(&json);
	gateway_header(exchange, "Cache-Control", "no-store");
	gateway_reply_json(exchange, 202, &body);
}

/* Only what another try may mend is said to be tried again. */
static void refuse(struct gateway_exchange *exchange, const struct hub_error *err)
{
	const struct gateway_problem away = {
		.id = GATEWAY_PROBLEM_KAFKA_AWAY,
		.detail = err->text,
		.retry_s = RETRY_S,
	};
	if (err->code == HUB_E_NOT_FOUND)
		gateway_refuse_plainly(
		        exchange, GATEWAY_PROBLEM_NOT_FOUND, "the letter is not in the topic any more");
	else if (err->code == HUB_E_REFUSED)
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NOT_REPLAYABLE, err->text);
	else if (err->code == HUB_E_INVALID)
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NO_WAY_BACK, err->text);
	else
		gateway_refuse(exchange, &away);
}

static void on_replayed(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	if (err->code)
		refuse(user, err);
	else
		reply(user, partition, offset);
}

void gateway_handle_replay(struct gateway_exchange *exchange)
{
	struct gateway *gateway = exchange->gateway;
	struct gateway_world world = gateway_world(gateway);
	struct gateway_place place;
	struct hub_error err = { 0 };
	if (gateway_refuse_unready(exchange, &world))
		return;
	int code = gateway_letters_find(&world, &exchange->identity.viewer, exchange->subject, &place, &err);
	if (code) {
		gateway_refuse_view(exchange, HUB_E_NOT_FOUND, &err);
		return;
	}
	snprintf(exchange->event_ref, sizeof(exchange->event_ref), "%.*s", HUB_STR_ARG(exchange->subject));
	gateway_feed_replay(
	        gateway->feed, place, (int)gateway->options->publish_timeout_ms, on_replayed, exchange);
}
